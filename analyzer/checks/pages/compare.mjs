import assert from "node:assert/strict";

import { texts } from "./browser.mjs";
import { CLEAN, MIXED, MIXED_LATER } from "./sources.mjs";

const ids = (page, list) => texts(page, `section[aria-labelledby=${list}] .id`);

export const checks = [
  [
    "compare: moved lines stay, what is new and what is fixed is told apart",
    async ({ browser, service }) => {
      const before = await service.scan({ "shop.py": MIXED });
      const after = await service.scan({ "shop.py": MIXED_LATER });
      const page = await browser.page(`/compare?base=${before.id}&head=${after.id}`);
      assert.deepEqual((await ids(page, "new")).sort(), ["B301", "B403"]);
      assert.deepEqual(await ids(page, "fixed"), ["B101"]);
      assert.match(await page.locator("#unchanged").innerText(), new RegExp(`${before.files[0].report.findings.length - 1}$`));
      await page.getByText("Show the unchanged findings").click();
      const places = await texts(page, "section[aria-labelledby=unchanged] .places");
      assert.ok(places.every((place) => /line \d+ before: line \d+/.test(place)), places.join());
      const change = await texts(page, ".cards .change");
      assert.equal(change.length, 4);
    },
  ],
  [
    "compare: a scan leads to the comparison with the one before",
    async ({ browser, service }) => {
      await service.scan({ "again.py": MIXED });
      const after = await service.scan({ "again.py": CLEAN });
      const page = await browser.page(`/scans/${after.id}`);
      await page.getByRole("link", { name: "Compare with the scan before" }).click();
      assert.deepEqual(await ids(page, "new"), []);
      assert.ok((await ids(page, "fixed")).length >= 4);
      await page.getByRole("link", { name: "Swap" }).click();
      assert.ok((await ids(page, "new")).length >= 4);
    },
  ],
  [
    "compare: two scans chosen in the list, a third lets the first go",
    async ({ browser, service }) => {
      for (const name of ["pick_1.py", "pick_2.py", "pick_3.py"]) {
        await service.scan({ [name]: MIXED });
      }
      const page = await browser.page("/?name=pick_&sort=name-asc");
      const boxes = page.getByRole("checkbox");
      for (let i = 0; i < 3; i += 1) {
        await boxes.nth(i).check();
      }
      assert.equal(await boxes.nth(0).isChecked(), false);
      await page.getByRole("button", { name: "Compare the two chosen" }).click();
      assert.deepEqual(await texts(page, ".sides dd a bdi"), ["pick_2.py", "pick_3.py"]);
    },
  ],
  [
    "compare: one scan alone leads to the form, with a word",
    async ({ browser, service }) => {
      const scan = await service.scan({ "alone.py": CLEAN });
      const page = await browser.page(`/compare?scan=${scan.id}`, { javaScriptEnabled: false });
      assert.match((await texts(page, ".notice"))[0], /Choose two/);
      await page.getByRole("button", { name: "Compare" }).click();
      assert.equal(await page.locator(".sides").count(), 1);
    },
  ],
];
