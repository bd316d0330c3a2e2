import assert from "node:assert/strict";

import { DESK, PHONE, axe, texts } from "./browser.mjs";
import { BROKEN, CLEAN, MIXED, MIXED_LATER } from "./sources.mjs";

/** Every kind of page, with something on it. */
export async function everyPage(service) {
  const before = await service.scan({ "every.py": MIXED });
  const after = await service.scan({ "every.py": MIXED_LATER });
  const broken = await service.scan({ "broken.py": BROKEN });
  const wide = await service.scan({ "wide.py": `x = "${"wide ".repeat(400)}"\nassert x\n` });
  const project = await service.scan(
    { "app/main.py": MIXED, "app/clean.py": CLEAN, [`app/${"deep/".repeat(12)}broken.py`]: BROKEN },
    "project",
  );
  return {
    dashboard: "/",
    filtered: "/?name=every&severity=low&least=0&most=100&sort=security-asc",
    "nothing-found": "/?name=there-is-no-such-name",
    upload: "/upload",
    scan: `/scans/${after.id}`,
    broken: `/scans/${broken.id}`,
    wide: `/scans/${wide.id}`,
    project: `/scans/${project.id}`,
    file: `/scans/${project.id}/files/0`,
    compare: `/compare?base=${before.id}&head=${after.id}`,
    choose: "/compare",
    trends: "/trends?name=every",
    checks: "/checks",
    check: "/checks/B101",
    report: "/report",
    sent: `/report?sent=${after.id}`,
    error: "/nowhere",
  };
}

/** Where the focus is, in a word. */
const focused = (page) =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    return element === document.body ? null : element.outerHTML.slice(0, 200);
  });

export const checks = [
  [
    "keyboard: the skip link is first, and leads to the content",
    async ({ browser }) => {
      const page = await browser.page("/");
      await page.keyboard.press("Tab");
      assert.match(await focused(page), /Skip to the content/);
      assert.ok((await page.locator(".skip").boundingBox()).y >= 0, "it is seen when focused");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      assert.ok(await page.evaluate(() => document.querySelector("main").contains(document.activeElement)));
    },
  ],
  [
    "keyboard: on every page the focus walks in order, is seen, and comes out again",
    async ({ browser, service }) => {
      for (const [name, address] of Object.entries(await everyPage(service))) {
        const page = await browser.page();
        page.expectsRefusal = true;
        await page.goto(address);
        let last = -1;
        let steps = 0;
        for (; steps < 400; steps += 1) {
          await page.keyboard.press("Tab");
          const at = await page.evaluate(() => {
            const { activeElement: element } = document;
            if (element === document.body || element === null) {
              return null;
            }
            const style = getComputedStyle(element);
            return {
              place: [...document.querySelectorAll("*")].indexOf(element),
              html: element.outerHTML.slice(0, 120),
              outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
            };
          });
          if (at === null) {
            break;
          }
          assert.ok(at.outline, `${name}: no outline on ${at.html}`);
          assert.ok(at.place >= last, `${name}: out of order at ${at.html}`);
          last = at.place;
        }
        assert.ok(steps > 5 && steps < 400, `${name}: ${steps} steps`);
        await page.close();
      }
    },
  ],
  [
    "keyboard: from the list to a finding's line without a mouse",
    async ({ browser, service }) => {
      const scan = await service.scan({ "keyboard_only.py": MIXED });
      const page = await browser.page("/");
      const tabTo = async (what) => {
        for (let i = 0; i < 200; i += 1) {
          await page.keyboard.press("Tab");
          const html = await focused(page);
          if (html?.includes(what)) {
            return;
          }
        }
        assert.fail(`never came to ${what}`);
      };
      await tabTo('id="name"');
      await page.keyboard.type("keyboard_only");
      await page.keyboard.press("Enter");
      await page.waitForURL(/name=keyboard_only/);
      await tabTo(`/scans/${scan.id}`);
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/scans/${scan.id}`);
      await tabTo("#L");
      await page.keyboard.press("Enter");
      await page.waitForURL(/#L\d+$/);
      await page.keyboard.press("Tab");
      assert.ok(await focused(page), "the focus goes on from there");
    },
  ],
  [
    "phone: at 360 pixels no page is wider than the screen, and all of it can be reached",
    async ({ browser, service }) => {
      for (const [name, address] of Object.entries(await everyPage(service))) {
        const page = await browser.page(undefined, { viewport: PHONE, hasTouch: true });
        page.expectsRefusal = true;
        await page.goto(address);
        const wide = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          const inside = (element) => element.closest(".source, .scroll, .sample, .snippet");
          const beyond = [...document.querySelectorAll("main *, header *")].filter(
            (element) =>
              !inside(element) &&
              !element.closest(".unseen-but-read") &&
              element.getBoundingClientRect().right > clientWidth + 1,
          );
          return { scrollWidth, clientWidth, beyond: beyond.map((e) => e.outerHTML.slice(0, 100)) };
        });
        assert.deepEqual(wide.beyond, [], name);
        assert.ok(wide.scrollWidth <= wide.clientWidth, `${name}: ${wide.scrollWidth} pixels wide`);
        await page.close();
      }
    },
  ],
  [
    "phone: what a finger must hit is large enough",
    async ({ browser, service }) => {
      for (const [name, address] of Object.entries(await everyPage(service))) {
        const page = await browser.page(undefined, { viewport: PHONE, hasTouch: true });
        page.expectsRefusal = true;
        await page.goto(address);
        const small = await page.evaluate(() =>
          [...document.querySelectorAll("button, .button, select, input:not([type=hidden]), nav a")]
            .filter((element) => element.getClientRects().length > 0)
            .map((element) => ({ html: element.outerHTML.slice(0, 100), ...element.getBoundingClientRect().toJSON() }))
            .filter(({ height, width }) => height < 24 || width < 24)
            .map(({ html, height, width }) => `${html} ${width} × ${height}`),
        );
        assert.deepEqual(small.filter((html) => !html.includes("checkbox")), [], name);
        await page.close();
      }
    },
  ],
  [
    "dark: the pages are dark where the reader's system is",
    async ({ browser }) => {
      const luminance = async (colorScheme) => {
        const page = await browser.page("/", { colorScheme });
        const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        return colour.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
      };
      assert.ok((await luminance("light")) > 700);
      assert.ok((await luminance("dark")) < 100);
    },
  ],
  [
    "motion: nothing moves for those who asked for that",
    async ({ browser }) => {
      const page = await browser.page("/", { reducedMotion: "reduce" });
      const moving = await page.evaluate(
        () =>
          [...document.querySelectorAll("*")].filter((element) => {
            const style = getComputedStyle(element);
            return style.transitionDuration !== "0s" || style.animationName !== "none";
          }).length,
      );
      assert.equal(moving, 0);
    },
  ],
  [
    "print: a scan is whole on paper",
    async ({ browser, service }) => {
      const scan = await service.scan({ "printed.py": MIXED });
      const page = await browser.page(`/scans/${scan.id}`);
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.locator("header nav").isVisible(), false);
      assert.equal(await page.locator(".note").first().isVisible(), true);
      assert.ok((await page.pdf()).length > 10_000);
    },
  ],
  ...[
    ["light", DESK],
    ["dark", DESK],
    ["light", PHONE],
    ["dark", PHONE],
  ].map(([colorScheme, viewport]) => [
    `axe: no page has a violation, ${colorScheme}, ${viewport.width} pixels wide`,
    async ({ browser, service }) => {
      const found = [];
      for (const [name, address] of Object.entries(await everyPage(service))) {
        const page = await browser.page(undefined, { colorScheme, viewport });
        page.expectsRefusal = true;
        await page.goto(address);
        for (const details of await page.locator("details").all()) {
          await details.evaluate((element) => (element.open = true));
        }
        found.push(...(await axe(page)).map((violation) => `${name}: ${violation}`));
        await page.close();
      }
      assert.deepEqual(found, []);
    },
  ]),
  [
    "zoom: text twice as large still fits",
    async ({ browser, service }) => {
      const scan = await service.scan({ "zoomed.py": MIXED });
      const page = await browser.page(`/scans/${scan.id}`, { viewport: { width: 640, height: 450 } });
      const { width, inner } = await page.evaluate(() => ({
        width: document.documentElement.scrollWidth,
        inner: document.documentElement.clientWidth,
      }));
      assert.ok(width <= inner);
      assert.deepEqual(await texts(page, "h1"), ["zoomed.py"]);
    },
  ],
];
