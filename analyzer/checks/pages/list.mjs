import assert from "node:assert/strict";

import { texts } from "./browser.mjs";
import { CLEAN, MIXED } from "./sources.mjs";

const names = (page) => texts(page, ".scans tbody th a");

export const checks = [
  [
    "list: by name, by severity, by score, and all of it again",
    async ({ browser, service }) => {
      await service.scan({ "needle_bad.py": MIXED });
      await service.scan({ "needle_good.py": CLEAN });
      const page = await browser.page("/");
      await page.getByLabel("Name").fill("NEEDLE");
      await page.getByRole("button", { name: "Apply" }).click();
      assert.deepEqual(await names(page), ["needle_good.py", "needle_bad.py"]);
      await page.getByLabel("Findings").selectOption("high");
      await page.getByRole("button", { name: "Apply" }).click();
      assert.deepEqual(await names(page), ["needle_bad.py"]);
      await page.getByLabel("Findings").selectOption("");
      await page.getByLabel("Security score, at least").fill("100");
      await page.getByRole("button", { name: "Apply" }).click();
      assert.deepEqual(await names(page), ["needle_good.py"]);
      await page.getByRole("link", { name: "Clear" }).click();
      assert.ok((await names(page)).length > 2);
    },
  ],
  [
    "list: by date",
    async ({ browser, service }) => {
      await service.scan({ "today.py": CLEAN });
      const page = await browser.page("/");
      const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
      await page.getByLabel("From").fill(day(1));
      await page.getByRole("button", { name: "Apply" }).click();
      assert.deepEqual(await texts(page, ".empty h2"), ["No scan is like that"]);
      await page.getByLabel("From").fill(day(-1));
      await page.getByLabel("To", { exact: true }).fill(day(0));
      await page.getByRole("button", { name: "Apply" }).click();
      assert.ok((await names(page)).includes("today.py"));
    },
  ],
  [
    "list: sorted by a column, and the other way round",
    async ({ browser, service }) => {
      for (const name of ["sorted_b.py", "sorted_a.py", "sorted_c.py"]) {
        await service.scan({ [name]: CLEAN });
      }
      const page = await browser.page("/?name=sorted_");
      const column = page.getByRole("columnheader", { name: "Scan" });
      await column.getByRole("link").click();
      assert.deepEqual(await names(page), ["sorted_a.py", "sorted_b.py", "sorted_c.py"]);
      assert.equal(await column.getAttribute("aria-sort"), "ascending");
      await column.getByRole("link").click();
      assert.deepEqual(await names(page), ["sorted_c.py", "sorted_b.py", "sorted_a.py"]);
      assert.equal(await column.getAttribute("aria-sort"), "descending");
    },
  ],
  [
    "list: pages, forth and back, show each scan once",
    async ({ browser, service }) => {
      for (let i = 0; i < 60; i += 1) {
        await service.scan({ [`paged_${String(i).padStart(2, "0")}.py`]: CLEAN });
      }
      const page = await browser.page("/?name=paged_&sort=name-asc");
      const seen = await names(page);
      assert.equal(seen.length, 25);
      assert.equal(await page.getByRole("link", { name: "Previous page" }).count(), 0);
      for (const length of [25, 10]) {
        await page.getByRole("link", { name: "Next page" }).click();
        const found = await names(page);
        assert.equal(found.length, length);
        seen.push(...found);
      }
      assert.equal(await page.getByRole("link", { name: "Next page" }).count(), 0);
      assert.deepEqual(seen, [...new Set(seen)].sort());
      await page.getByRole("link", { name: "Previous page" }).click();
      assert.deepEqual(await names(page), seen.slice(25, 50));
    },
  ],
  [
    "trends: the chart says what the table says",
    async ({ browser, service }) => {
      const first = await service.scan({ "trend.py": MIXED });
      const second = await service.scan({ "trend.py": CLEAN });
      const page = await browser.page("/trends?name=trend.py");
      const chart = page.getByRole("img", { name: "Security score" });
      const words = await chart.locator("desc").first().textContent();
      assert.ok(words.includes(`From ${first.scores.security} on`), words);
      assert.ok(words.includes(`to ${second.scores.security} on`), words);
      assert.equal(await chart.locator("circle").count(), 2);
      const dots = await chart.locator("circle").evaluateAll((all) => all.map((dot) => dot.cy.baseVal.value));
      assert.ok(dots[1] < dots[0], "the better score is drawn higher");
      const rows = await texts(page, ".scans tbody tr");
      assert.match(rows[0], new RegExp(`\\b${second.scores.security} \\+`));
      assert.match(rows[1], new RegExp(`\\b${first.scores.security}\\b`));
      await page.locator(".scans").getByRole("link", { name: "Compare" }).first().click();
      await page.waitForURL(/\/compare/);
    },
  ],
  [
    "checks: searched by number and by word",
    async ({ browser }) => {
      const page = await browser.page("/checks");
      const all = await page.locator(".checks tbody tr").count();
      assert.ok(all > 30, `${all} checks`);
      await page.getByLabel("Number or word").fill("B101");
      await page.getByRole("button", { name: "Search" }).click();
      assert.deepEqual(await texts(page, ".checks tbody th a"), ["B101"]);
      await page.getByRole("link", { name: "B101" }).click();
      assert.match(await page.locator("h1").innerText(), /B101 assert_used/);
      await page.goto("/checks?text=pickle");
      const found = await page.locator(".checks tbody tr").count();
      assert.ok(found > 0 && found < all);
    },
  ],
];
