// Draws messages as Slack would: reads {theme, title, groups, messages: [{blocks, time}]} as JSON, prints a page.
import { readFileSync } from "node:fs";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Message } from "slack-blocks-to-jsx";

const { theme, title, groups, messages } = JSON.parse(readFileSync(0, "utf8"));
const style = readFileSync(new URL("node_modules/slack-blocks-to-jsx/dist/style.css", import.meta.url), "utf8");
const logo = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="8" fill="#1f2937"/>' +
    '<path d="M8 12h20v13H8zl10 8 10-8" fill="none" stroke="#fff" stroke-width="2"/></svg>',
);
const data = { user_groups: groups };
const drawn = messages.map(({ blocks, time }) =>
  createElement(Message, { key: time, blocks, logo, name: "mailstatus", time: new Date(time), theme, data }),
);
const page = { light: "#ffffff", dark: "#1a1d21" }[theme];
process.stdout.write(
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style>${style}
body { margin: 0; padding: 12px; background: ${page}; font-family: sans-serif; } body > * + * { margin-top: 12px; }</style>
${drawn.map(renderToStaticMarkup).join("\n")}</html>\n`,
);
