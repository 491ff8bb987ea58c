// Draws pages of chat messages in Debian's chromium: one JSON job a line in, one JSON line of what was seen out.
// A job: {page: html, width, picture?: path, scripts: [paths]}; seen: what is wider than its box, and the words.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const FLAGS = ["--disable-lcd-text", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];

function look() {
  const wide = [...document.querySelectorAll("body *")].filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth);
  const root = document.documentElement;
  return {
    wide: wide.map((one) => one.innerText.slice(0, 80)),
    overflows: root.scrollWidth > root.clientWidth,
    dressed: document.querySelectorAll("a, strong, em, code, ul, ol").length,
    words: document.body.innerText,
  };
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
try {
  const context = await browser.newContext({ locale: "en-US", timezoneId: "UTC", offline: true });
  for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
    const job = JSON.parse(line);
    const page = await context.newPage();
    await page.setViewportSize({ width: job.width, height: 200 });
    await page.setContent(job.page);
    for (const path of job.scripts) await page.addScriptTag({ path });
    await page.addScriptTag({ content: job.script });
    const seen = await page.evaluate(look);
    if (job.picture) await page.screenshot({ path: job.picture, fullPage: true });
    console.log(JSON.stringify(seen));
    await page.close();
  }
} finally {
  await browser.close();
}
