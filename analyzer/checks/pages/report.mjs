import assert from "node:assert/strict";

import { texts } from "./browser.mjs";
import { CLEAN } from "./sources.mjs";

export const checks = [
  [
    "report: a bug report reaches the topic",
    async ({ browser, service }) => {
      const scan = await service.scan({ "wrong.py": CLEAN });
      const page = await browser.page("/report");
      const before = service.published.length;
      await page.getByLabel("In a line").fill("The score is wrong");
      await page.getByLabel("What happened").fill("I expected 100.\nIt was <b>99</b>.");
      await page.getByLabel("Scan").fill(`${service.url}/scans/${scan.id}#L1`);
      await page.getByLabel("Where to answer").fill("ops@example.com");
      await page.getByRole("button", { name: "Send" }).click();
      await page.waitForURL(/\/report\?sent=/);
      assert.match((await texts(page, ".notice"))[0], /Thank you/);
      const [message] = service.published.slice(before);
      assert.equal(message.Action, "Publish");
      assert.match(message.Subject, /The score is wrong/);
      for (const part of ["It was <b>99</b>.", scan.id, "ops@example.com"]) {
        assert.ok(message.Message.includes(part), part);
      }
    },
  ],
  [
    "report: without JavaScript, and what is missing is said on the form as it was filled in",
    async ({ browser, service }) => {
      const page = await browser.page("/report", { javaScriptEnabled: false });
      page.expectsRefusal = true;
      await page.getByLabel("In a line").fill("A <title>");
      await page.getByLabel("What happened").fill("Something");
      await page.getByLabel("Scan").fill("no scan");
      await page.getByRole("button", { name: "Send" }).click();
      assert.match((await texts(page, ".notice.bad"))[0], /neither an id/);
      assert.equal(await page.getByLabel("In a line").inputValue(), "A <title>");
      await page.getByLabel("Scan").fill("");
      const before = service.published.length;
      await page.getByRole("button", { name: "Send" }).click();
      assert.match((await texts(page, ".notice"))[0], /Thank you/);
      assert.equal(service.published.length, before + 1);
    },
  ],
];
