// The page works without this file; with it, nothing has to be loaded again.

import { ring } from "./alarm.js";
import { complete } from "./complete.js";
import { keys } from "./keys.js";
import { followIncident, followList } from "./live.js";
import { posting } from "./post.js";
import { localTimes } from "./times.js";

localTimes(document);
setInterval(() => localTimes(document), 30_000);

posting();
keys();
complete(document.getElementById("command"), document.getElementById("choices"));

const room = document.querySelector(".room[data-incident]");
const list = document.getElementById("list");
if (room) followIncident(room);
else if (list) followList(list);
ring();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
}
