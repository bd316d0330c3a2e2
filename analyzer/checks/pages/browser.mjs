// Chromium, and an ear for everything that a page complains of.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 900 };

export class Browser {
  static async open(url) {
    const browser = new Browser();
    browser.url = url;
    browser.folder = await mkdtemp(join(tmpdir(), "codedetect-chromium-"));
    // A profile of its own, empty: a persistent context is how Playwright takes its folder.
    browser.first = await chromium.launchPersistentContext(browser.folder, {
      executablePath: "/usr/bin/chromium",
      args: FLAGS,
    });
    browser.chromium = browser.first.browser();
    browser.complaints = [];
    browser.contexts = [];
    return browser;
  }

  /** A new page in a new context, at an address of the service. */
  async page(address, options = {}) {
    const context = await this.chromium.newContext({
      baseURL: this.url,
      viewport: DESK,
      acceptDownloads: true,
      ...options,
    });
    this.contexts.push(context);
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    const page = await context.newPage();
    this.listen(page);
    if (address) {
      await page.goto(address);
    }
    return page;
  }

  listen(page) {
    page.on("console", (message) => {
      // An answer that refuses an upload is an error to the console, and wanted here.
      const refused = /Failed to load resource.*status of (4\d\d)/.test(message.text());
      if (["error", "warning"].includes(message.type()) && !(refused && page.expectsRefusal)) {
        this.complaints.push(`${page.url()}: ${message.text()}`);
      }
    });
    page.on("pageerror", (error) => this.complaints.push(`${page.url()}: ${error}`));
    page.on("dialog", (dialog) => {
      this.complaints.push(`${page.url()}: a dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(this.url) && !request.url().startsWith("data:")) {
        this.complaints.push(`${page.url()}: asks ${request.url()}`);
      }
    });
  }

  assertNothingWentWrong() {
    const complaints = this.complaints.splice(0);
    assert.deepEqual(complaints, [], "a page complains");
  }

  async closePages() {
    this.complaints.length = 0;
    await Promise.all(this.contexts.splice(0).map((context) => context.close()));
  }

  async close() {
    await this.first.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What axe finds against WCAG 2.2 AA and its best practices. */
export async function axe(page) {
  // By the debugger's way in: the page's policy lets no script be added to it.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} (${node.failureSummary})`),
  );
}

/** The texts of all elements of a selector, blanks made one. */
export async function texts(page, selector) {
  const found = await page.locator(selector).allInnerTexts();
  return found.map((text) => text.replace(/\s+/g, " ").trim());
}
