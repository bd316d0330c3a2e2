// Runs every check, one after the other, and counts. `run.mjs WORD` runs those with WORD in
// their name; SCREENSHOTS=FOLDER keeps a picture of each page as a person sees it.

import { start } from "./service.mjs";
import { Browser } from "./browser.mjs";
import * as access from "./access.mjs";
import * as compare from "./compare.mjs";
import * as list from "./list.mjs";
import * as report from "./report.mjs";
import * as safety from "./safety.mjs";
import * as scan from "./scan.mjs";
import * as upload from "./upload.mjs";

const checks = [upload, scan, list, compare, report, safety, access].flatMap((part) => part.checks);
const wanted = process.argv[2] ?? "";

const service = await start();
const browser = await Browser.open(service.url);
let passed = 0;
let failed = 0;
for (const [name, check] of checks) {
  if (!name.includes(wanted)) {
    continue;
  }
  const began = performance.now();
  try {
    await check({ browser, service });
    browser.assertNothingWentWrong();
    passed += 1;
    console.log(`ok      ${name} (${Math.round(performance.now() - began)} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${String(error.stack ?? error).replace(/^/gm, "        ")}`);
  }
  await browser.closePages();
}
if (process.env.SCREENSHOTS) {
  const { photograph } = await import("./photographs.mjs");
  await photograph({ browser, service }, process.env.SCREENSHOTS);
}
await browser.close();
await service.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
