// Pictures of every page, for eyes.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { DESK, PHONE } from "./browser.mjs";
import { everyPage } from "./access.mjs";

const WAYS = [
  ["desk-light", { colorScheme: "light", viewport: DESK }],
  ["desk-dark", { colorScheme: "dark", viewport: DESK }],
  ["phone-light", { colorScheme: "light", viewport: PHONE }],
  ["phone-dark", { colorScheme: "dark", viewport: PHONE }],
];

export async function photograph({ browser, service }, folder) {
  await mkdir(folder, { recursive: true });
  const pages = await everyPage(service);
  for (const [way, options] of WAYS) {
    for (const [name, address] of Object.entries(pages)) {
      const page = await browser.page(address, options);
      await page.screenshot({ path: join(folder, `${name}-${way}.png`), fullPage: true });
      await page.close();
    }
  }
}
