// Walks through Microsoft's Agents Playground: PLAYGROUND BOT PICTURES. Each step waits for what a person would see, and keeps a picture of it.
import { chromium } from "playwright-core";

const [playground, bot, pictures] = process.argv.slice(2);
const LIMIT = 60000;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, locale: "en-US", timezoneId: "Europe/Berlin" });
page.setDefaultTimeout(LIMIT);

process.on("uncaughtException", async (error) => {
  await page.screenshot({ path: `${pictures}/failed.png` }); // what a person would see in its place
  console.error(String(error));
  process.exit(1);
});
const seen = (text) => page.getByText(text).last().waitFor();
const keep = async (name) => {
  await page.waitForTimeout(700); // the pane scrolls to what is new
  await page.screenshot({ path: `${pictures}/${name}.png` });
  console.log(`${name}: seen`);
};
const happens = async (kind) => {
  const answer = await fetch(`${bot}/step/${kind}`, { method: "POST" });
  if (!answer.ok) throw new Error(`${kind}: ${answer.status} ${await answer.text()}`);
};
const write = async (text) => {
  await page.getByRole("textbox").click();
  await page.keyboard.type(text);
  await page.getByRole("button", { name: "Send Message" }).click();
};

await page.goto(playground, { waitUntil: "commit" });
await page.getByText("conversationUpdate").first().waitFor();

await write("details");
await seen("What Microsoft says");
await keep("command");

await happens("head");
await seen("It began at");
await keep("proactive");

await happens("edit");
await seen("10 of 10 test messages were refused");
await keep("edit");

await page.getByRole("button", { name: "I'm on it" }).last().click();
await seen("Alex Wilber is on it");
await keep("button");

await page.getByRole("button", { name: "Details" }).last().click();
await page.getByText("How we know").nth(1).waitFor();
await keep("details");

await browser.close();
