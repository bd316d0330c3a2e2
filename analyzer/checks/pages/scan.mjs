import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { texts } from "./browser.mjs";
import { BROKEN, CLEAN, MIXED } from "./sources.mjs";

const lineOf = (source, part) => source.split("\n").findIndex((line) => line.includes(part)) + 1;

export const checks = [
  [
    "scan: findings stand below their lines, with severity in words",
    async ({ browser, service }) => {
      const scan = await service.scan({ "mixed.py": MIXED });
      const page = await browser.page(`/scans/${scan.id}`);
      const found = scan.files[0].report.findings;
      assert.equal(await page.locator(".note").count(), found.length);
      for (const finding of found) {
        const note = page
          .locator(`#L${finding.line} ~ .note`)
          .filter({ hasText: finding.test_id })
          .first();
        const above = await note.evaluate((element) => {
          let line = element.previousElementSibling;
          while (line.classList.contains("note")) {
            line = line.previousElementSibling;
          }
          return line.id;
        });
        assert.equal(above, `L${finding.line}`);
        const text = await note.innerText();
        assert.ok(text.includes(finding.text.split("\n")[0]), text);
        assert.ok(text.toLowerCase().includes(finding.severity.toLowerCase()), text);
      }
      const shell = lineOf(MIXED, "shell=True");
      assert.ok(found.some((finding) => finding.line === shell && finding.severity === "HIGH"));
    },
  ],
  [
    "scan: the source is there word by word, and coloured",
    async ({ browser, service }) => {
      const scan = await service.scan({ "mixed.py": MIXED });
      const page = await browser.page(`/scans/${scan.id}`);
      const shown = await page.locator(".l code").allTextContents();
      assert.equal(`${shown.join("\n")}\n`, MIXED);
      const colour = (selector) =>
        page.locator(selector).first().evaluate((element) => getComputedStyle(element).color);
      const plain = await colour(".l code");
      for (const ink of ["k", "s", "d"]) {
        assert.notEqual(await colour(`code .${ink}`), plain, ink);
      }
    },
  ],
  [
    "scan: a link in the list of findings leads to its line",
    async ({ browser, service }) => {
      const scan = await service.scan({ "mixed.py": `${"x = 1\n".repeat(200)}${MIXED}` });
      const page = await browser.page(`/scans/${scan.id}`);
      const link = page.locator(".places a").first();
      const line = (await link.innerText()).replace("line ", "");
      await link.click();
      assert.ok(page.url().endsWith(`#L${line}`));
      assert.ok(await page.locator(`#L${line}`).evaluate((element) => {
        const box = element.getBoundingClientRect();
        return box.top >= 0 && box.bottom <= innerHeight;
      }));
    },
  ],
  [
    "scan: only the graver findings, by a link",
    async ({ browser, service }) => {
      const scan = await service.scan({ "mixed.py": MIXED });
      const page = await browser.page(`/scans/${scan.id}`);
      const high = scan.files[0].report.findings.filter(({ severity }) => severity === "HIGH");
      assert.ok(high.length > 0 && high.length < scan.files[0].report.findings.length);
      await page.getByRole("link", { name: `High ${high.length}`, exact: true }).click();
      await page.waitForURL(/severity=high/);
      assert.equal(await page.locator(".note").count(), high.length);
      assert.equal(await page.locator(".note:not(.high)").count(), 0);
    },
  ],
  [
    "scan: complexity by function and the figures of the file",
    async ({ browser, service }) => {
      const scan = await service.scan({ "mixed.py": MIXED });
      const page = await browser.page(`/scans/${scan.id}`);
      const { complexity, raw, maintainability } = scan.files[0].report;
      const rows = await texts(page, "#complexity tbody tr");
      assert.equal(rows.length, complexity.length);
      for (const block of complexity) {
        const name = block.class ? `${block.class}.${block.name}` : block.name;
        assert.ok(rows.some((row) => row.includes(name) && row.includes(` ${block.complexity} `)), name);
      }
      const figures = (await texts(page, ".figures div")).join("\n");
      assert.match(figures, new RegExp(`Logical lines ${raw.lloc}\\b`));
      assert.ok(figures.includes(maintainability.index.toFixed(2)), figures);
    },
  ],
  [
    "scan: each finding leads to what its check looks for",
    async ({ browser, service }) => {
      const scan = await service.scan({ "mixed.py": MIXED });
      const page = await browser.page(`/scans/${scan.id}`);
      const addresses = await page
        .locator(".group .id")
        .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      assert.ok(addresses.length >= 4);
      for (const address of addresses) {
        const answer = await page.goto(address);
        assert.equal(answer.status(), 200, address);
        assert.ok((await page.locator("h1").innerText()).includes(address.split("/").pop()));
        assert.ok((await page.locator(".source").count()) >= 1, `${address} has an example`);
      }
    },
  ],
  [
    "scan: a file that does not parse says why and where, and is shown",
    async ({ browser, service }) => {
      const scan = await service.scan({ "broken.py": BROKEN });
      const page = await browser.page(`/scans/${scan.id}`);
      assert.match((await texts(page, ".notice.bad"))[0], /could not be analysed/);
      // Each analysis that failed says where.
      await page.locator(".notice.bad a").first().click();
      assert.match(page.url(), /#L3$/);
      assert.equal(`${(await page.locator(".l code").allTextContents()).join("\n")}\n`, BROKEN);
      assert.ok((await page.locator("code .c").count()) > 0);
    },
  ],
  [
    "scan: a clean file says that nothing was found",
    async ({ browser, service }) => {
      const scan = await service.scan({ "clean.py": CLEAN });
      const page = await browser.page(`/scans/${scan.id}`);
      assert.match((await texts(page, "#findings"))[0], /No check found anything/);
    },
  ],
  [
    "scan: exports are downloads that say the same",
    async ({ browser, service }) => {
      const scan = await service.scan({ "mixed.py": MIXED });
      const page = await browser.page(`/scans/${scan.id}`);
      const found = scan.files[0].report.findings.length;
      const save = async (name) => {
        const waiting = page.waitForEvent("download");
        await page.getByRole("link", { name, exact: true }).click();
        return readFile(await (await waiting).path(), "utf8");
      };
      assert.equal(JSON.parse(await save("JSON")).files[0].findings.length, found);
      const sarif = JSON.parse(await save("SARIF"));
      assert.equal(sarif.version, "2.1.0");
      assert.equal(sarif.runs[0].results.length, found);
      assert.equal((await save("CSV")).trim().split("\r\n").length, found + 1);
      assert.equal(await save("Download as text"), MIXED);
    },
  ],
  [
    "scan: a long file is shown in parts, and links lead to the right one",
    async ({ browser, service }) => {
      const scan = await service.scan({ "long.py": `${"x = 1\n".repeat(4100)}assert x\n` });
      const page = await browser.page(`/scans/${scan.id}`);
      assert.equal(await page.locator(".l").count(), 2000);
      await page.locator(".places a").first().click();
      await page.waitForURL(/from=4001#L4101$/);
      assert.ok(await page.locator("#L4101").isVisible());
      await page.getByRole("link", { name: "Earlier lines" }).click();
      assert.ok(await page.locator("#L2001").count());
    },
  ],
];
