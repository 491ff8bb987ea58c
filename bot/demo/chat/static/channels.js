"use strict";
// Asks once a second what is new; the server renders and escapes, this only puts it in place.
const show = (id, html) => {
  const stream = document.getElementById(id);
  const atEnd = stream.scrollHeight - stream.scrollTop - stream.clientHeight < 80;
  if (stream.dataset.html === html) return;
  stream.dataset.html = html;
  stream.innerHTML = html;
  if (atEnd) stream.scrollTop = stream.scrollHeight;
};

const post = (path, fields) => fetch(path, { method: "POST", body: new URLSearchParams(fields) });

let seen = "";
const look = async () => {
  try {
    const answer = await fetch(`/now?seen=${encodeURIComponent(seen)}`);
    const now = await answer.json();
    document.getElementById("now").textContent = now.time;
    document.getElementById("caption").textContent = now.caption;
    document.body.classList.remove("lost");
    if (now.revision !== seen) {
      show("slack", now.slack);
      show("teams", now.teams);
      seen = now.revision;
    }
  } catch {
    document.body.classList.add("lost");
  }
};

document.getElementById("type").addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = document.getElementById("words");
  await post("/type", { words: words.value });
  words.value = "";
  await look();
  const stream = document.getElementById("slack");
  stream.scrollTop = stream.scrollHeight;
});

document.getElementById("slack").addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-action]");
  if (!button) return;
  await post("/press", { ts: button.dataset.ts, action: button.dataset.action });
  await look();
});

for (const stream of document.querySelectorAll(".stream")) stream.scrollTop = stream.scrollHeight;
look();
setInterval(look, 1000);
