import assert from "node:assert/strict";

import { texts } from "./browser.mjs";
import { MIXED } from "./sources.mjs";

// Names that are taken: markup itself is refused on upload, so it comes as entities, which must not become markup either.
const NAMES = [
  "&lt;img src=x onerror=alert(1)&gt;.py",
  "'&quot;&gt;&lt;script&gt;alert(2)&lt;&sol;script&gt;.py",
  "javascript&colon;alert(3).py",
  "it's `${7+7}` & {{ 7+7 }}.py",
];

// What addresses can ask for is not refused: it is shown.
const TEXTS = ["<img src=x onerror=alert(1)>", '"><script>alert(2)</script>', "gpj.\u202eyp.exe", "a\u200bb&amp;<b>b</b>"];

const SOURCE = `x = "</code></div><script>alert(4)</script><img src=x onerror=alert(5)>"
# \u202e reversed \u2066
password = "'\\"><svg onload=alert(6)>"
`;

const HEADERS = { "x-content-type-options": "nosniff", "x-frame-options": "DENY" };

export const checks = [
  [
    "safety: names and sources with markup are text on every page that shows them",
    async ({ browser, service }) => {
      const scans = [];
      for (const name of NAMES) {
        scans.push(await service.scan({ [name]: SOURCE }, name));
      }
      const project = await service.scan(Object.fromEntries(NAMES.map((name) => [name, SOURCE])), NAMES[0]);
      const addresses = [
        "/",
        "/trends",
        "/compare",
        `/compare?base=${scans[0].id}&head=${scans[1].id}`,
        `/scans/${project.id}`,
        `/scans/${project.id}/files/1`,
        ...TEXTS.flatMap((text) => [
          `/?name=${encodeURIComponent(text)}`,
          `/trends?name=${encodeURIComponent(text)}`,
          `/checks?text=${encodeURIComponent(text)}`,
          `/report?scan=${encodeURIComponent(text)}`,
        ]),
        ...scans.map(({ id }) => `/scans/${id}`),
      ];
      for (const address of addresses) {
        const page = await browser.page(address);
        assert.equal(await page.locator("main img, main script, main b b, main [onload]").count(), 0, address);
        assert.equal(await page.locator("script:not([src])").count(), 0, address);
        assert.ok(!(await page.locator("main").innerText()).includes("\u202e"), address);
        await page.close();
      }
      const page = await browser.page(`/scans/${scans[0].id}`);
      assert.match((await texts(page, ".l code"))[0], /<script>alert\(4\)<\/script>/);
      assert.match((await texts(page, ".l code"))[1], /U\+202E reversed/);
    },
  ],
  [
    "safety: every answer has its protection, and sources are plain text",
    async ({ service }) => {
      const scan = await service.scan({ "a.py": SOURCE });
      for (const address of ["/", "/upload", `/scans/${scan.id}`, "/nowhere", `/api/scans/${scan.id}/source`]) {
        const answer = await fetch(service.url + address, { headers: { accept: "text/html" } });
        const policy = answer.headers.get("content-security-policy");
        assert.match(policy, /default-src 'self'/, address);
        assert.ok(!/unsafe/.test(policy), address);
        for (const [name, value] of Object.entries(HEADERS)) {
          assert.equal(answer.headers.get(name), value, address);
        }
      }
      const source = await fetch(`${service.url}/api/scans/${scan.id}/source`);
      assert.match(source.headers.get("content-type"), /^text\/plain/);
      assert.match(source.headers.get("content-disposition"), /^attachment/);
      assert.equal(await source.text(), SOURCE);
    },
  ],
  [
    "safety: assets are kept for ever under a name of their content, pages are asked for again",
    async ({ service }) => {
      const answer = await fetch(service.url);
      const html = await answer.text();
      const assets = [...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, address]) => address);
      assert.ok(assets.length >= 5);
      for (const address of assets) {
        const asset = await fetch(service.url + address);
        assert.equal(asset.status, 200, address);
        assert.match(asset.headers.get("cache-control"), /immutable/);
        assert.match(address, /\.[0-9a-f]{12}\./);
      }
      const cookie = answer.headers.get("set-cookie").split(";")[0];
      const first = await fetch(service.url, { headers: { cookie } });
      const again = await fetch(service.url, {
        headers: { cookie, "if-none-match": first.headers.get("etag") },
      });
      assert.equal(again.status, 304);
      assert.equal((await fetch(`${service.url}/static/page.000000000000.css`)).status, 404);
    },
  ],
  [
    "safety: a form without its token, or with another's, is refused",
    async ({ service }) => {
      const form = (token) => {
        const body = new FormData();
        if (token) {
          body.append("csrf_token", token);
        }
        body.append("files", new Blob([MIXED]), "a.py");
        return body;
      };
      const cookieOf = (answer) => answer.headers.get("set-cookie").split(";")[0];
      const mine = cookieOf(await fetch(service.url));
      const other = cookieOf(await fetch(service.url)).split("=").slice(1).join("=");
      for (const token of [undefined, "made-up", other]) {
        const answer = await fetch(`${service.url}/upload`, {
          method: "POST",
          body: form(token),
          headers: { cookie: mine },
          redirect: "manual",
        });
        assert.equal(answer.status, 403, String(token));
      }
      const token = mine.split("=").slice(1).join("=");
      const answer = await fetch(`${service.url}/upload`, {
        method: "POST",
        body: form(token),
        headers: { cookie: mine },
        redirect: "manual",
      });
      assert.equal(answer.status, 303);
    },
  ],
  [
    "safety: an error is a page that says what to do",
    async ({ browser }) => {
      const page = await browser.page();
      page.expectsRefusal = true;
      for (const address of ["/nowhere", "/scans/none", "/scans/0190aaaa-0000-7000-8000-000000000000", "/checks/B000"]) {
        const answer = await page.goto(address);
        assert.equal(answer.status(), 404, address);
        assert.deepEqual(await texts(page, "h1"), ["There is nothing here"], address);
        assert.equal(await page.getByRole("link", { name: "All scans" }).count(), 1);
      }
    },
  ],
];
