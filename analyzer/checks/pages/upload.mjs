import assert from "node:assert/strict";

import { texts } from "./browser.mjs";
import { CLEAN, MIXED, zip } from "./sources.mjs";

const file = (name, text) => ({ name, mimeType: "text/x-python", buffer: Buffer.from(text) });

/** Drops files on the page, as a hand with a mouse does. */
async function drop(page, files) {
  const transfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) {
      transfer.items.add(new File([text], name));
    }
    return transfer;
  }, files);
  for (const type of ["dragenter", "dragover"]) {
    await page.dispatchEvent("main", type, { dataTransfer: transfer });
  }
  assert.equal(await page.locator(".drop.over").count(), 1, "the form shows where to drop");
  await page.dispatchEvent("main", "drop", { dataTransfer: transfer });
}

export const checks = [
  [
    "upload: the first page of an empty service says what to do",
    async ({ browser }) => {
      const page = await browser.page("/");
      assert.deepEqual(await texts(page, ".empty h2"), ["No scans yet"]);
    },
  ],
  [
    "upload: one file by the form leads to its scan",
    async ({ browser }) => {
      const page = await browser.page("/upload");
      await page.setInputFiles("#files", file("mixed.py", MIXED));
      await page.getByRole("button", { name: "Scan" }).click();
      await page.waitForURL(/\/scans\/[0-9a-f-]+$/);
      assert.deepEqual(await texts(page, "h1"), ["mixed.py"]);
    },
  ],
  [
    "upload: without JavaScript the same form leads to the same page",
    async ({ browser }) => {
      const page = await browser.page("/", { javaScriptEnabled: false });
      await page.setInputFiles("#files", file("plain.py", MIXED));
      await page.getByRole("button", { name: "Scan" }).click();
      await page.waitForURL(/\/scans\/[0-9a-f-]+$/);
      assert.deepEqual(await texts(page, "h1"), ["plain.py"]);
      assert.ok((await page.locator(".note").count()) >= 4);
      await page.reload();
      assert.deepEqual(await texts(page, "h1"), ["plain.py"], "a reload sends nothing again");
    },
  ],
  [
    "upload: several files dropped on the page are one scan, with progress on the way",
    async ({ browser }) => {
      const page = await browser.page("/");
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 20,
        downloadThroughput: 1 << 20,
        uploadThroughput: 150 << 10,
      });
      const large = `${CLEAN}${"# a comment that takes its time\n".repeat(6000)}`;
      await drop(page, [
        ["large.py", large],
        ["mixed.py", MIXED],
      ]);
      await page.locator(".drop-progress").waitFor();
      assert.match((await texts(page, ".drop-state"))[0], /2 files/);
      await page.waitForFunction(() => {
        const { value } = document.querySelector("progress");
        return value > 0 && value < 100;
      });
      await page.waitForURL(/\/scans\/[0-9a-f-]+$/, { timeout: 30_000 });
      assert.deepEqual((await texts(page, ".files tbody th a")).sort(), ["large.py", "mixed.py"]);
    },
  ],
  [
    "upload: a .zip is a project with the paths it has",
    async ({ browser }) => {
      const page = await browser.page("/upload");
      const buffer = zip({ "app/main.py": MIXED, "app/clean.py": CLEAN, "README.md": "no Python" });
      await page.setInputFiles("#files", { name: "project.zip", mimeType: "application/zip", buffer });
      await page.getByRole("button", { name: "Scan" }).click();
      await page.waitForURL(/\/scans\/[0-9a-f-]+$/);
      assert.deepEqual(await texts(page, "h1"), ["project.zip"]);
      assert.deepEqual((await texts(page, ".files tbody th a")).sort(), ["app/clean.py", "app/main.py"]);
      await page.getByRole("link", { name: "app/main.py", exact: true }).click();
      assert.deepEqual(await texts(page, "h1"), ["app/main.py"]);
      assert.ok((await page.locator(".note").count()) >= 4);
    },
  ],
  [
    "upload: what is refused is said, with and without JavaScript, and nothing is kept",
    async ({ browser, service }) => {
      const count = async () => (await (await fetch(`${service.url}/api/scans?limit=100`)).json()).scans.length;
      const before = await count();
      for (const javaScriptEnabled of [true, false]) {
        const page = await browser.page("/upload", { javaScriptEnabled });
        page.expectsRefusal = true;
        await page.setInputFiles("#files", file("notes.txt", "no Python"));
        await page.getByRole("button", { name: "Scan" }).click();
        const alert = page.getByRole("alert").filter({ hasText: "notes.txt" });
        await alert.waitFor();
        assert.match(await alert.innerText(), /\.py/);
        assert.ok(await page.getByRole("button", { name: "Scan" }).isEnabled());
      }
      assert.equal(await count(), before);
    },
  ],
  [
    "upload: a file beyond the limit is refused before it is sent",
    async ({ browser }) => {
      const page = await browser.page("/upload");
      let asked = 0;
      page.on("request", (request) => (asked += request.method() === "POST"));
      await page.setInputFiles("#files", file("huge.py", "#".repeat(17 << 20)));
      await page.getByRole("button", { name: "Scan" }).click();
      await page.getByRole("alert").filter({ hasText: "larger" }).waitFor();
      assert.equal(asked, 0);
    },
  ],
];
