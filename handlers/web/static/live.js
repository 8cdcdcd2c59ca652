// An incident's page and the list, kept as they are now.

import { follow } from "./socket.js";
import { localTimes } from "./times.js";

const live = document.getElementById("live");
const WORDS = { live: "Live", away: "Reconnecting…", gone: "Ended" };

function show(state) {
  live.hidden = false;
  live.classList.toggle("away", state !== "live");
  if (live.textContent !== WORDS[state]) live.textContent = WORDS[state];
}

export function followIncident(room) {
  const number = room.dataset.incident;
  const timeline = document.getElementById("timeline");
  let cursor = Number(room.dataset.after);

  const hears = {
    entry(seq, data, socket) {
      if (seq <= cursor) return; // shown already
      if (seq !== cursor + 1) return socket.close(); // a line is missing: ask again from the cursor
      cursor = seq;
      const line = piece(data.html);
      line.classList.add("fresh");
      if (line.dataset.corrects) document.getElementById(`line-${line.dataset.corrects}`)?.classList.add("corrected");
      localTimes(line);
      timeline.prepend(line);
    },
    card: (seq, data) => replace(document.getElementById("card"), data, document.querySelector("#card > .card")?.dataset.mark),
    alerts(seq, data) {
      const aside = document.getElementById("aside");
      replace(aside, data, aside.dataset.mark);
      aside.dataset.mark = data.mark;
    },
  };
  follow(
    () => `/ws/incidents/${number}?after=${cursor}`,
    ({ type, seq, data }, socket) => hears[type]?.(seq, data, socket),
    show,
  );
}

export function followList(list) {
  let late = null;
  let first = true;

  async function refresh() {
    late = null;
    const address = new URL(location.href);
    if (address.pathname !== "/") address.search = "";
    address.pathname = "/";
    address.searchParams.set("part", "list");
    const response = await fetch(address).catch(() => null);
    if (!response?.ok) return;
    const focused = document.activeElement.closest?.("#list a")?.getAttribute("href");
    const now = await response.text();
    if (now === list.dataset.shown) return;
    list.dataset.shown = now;
    list.innerHTML = now; // made and escaped by our own server
    localTimes(list);
    if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    if (list.querySelector(".incidents")) document.querySelector("section.empty")?.remove();
  }

  follow(
    () => "/ws/incidents",
    ({ type }) => {
      if (type !== "list") return;
      late ??= setTimeout(refresh, first ? 0 : 500);
      first = false;
    },
    show,
  );
}

function piece(html) {
  const made = document.createElement("template");
  made.innerHTML = html; // made and escaped by our own server
  return made.content.firstElementChild;
}

// Puts new HTML in place; whoever had the keyboard on a button still has it, folds stay unfolded.
function replace(place, data, shown) {
  if (data.mark === shown) return;
  const active = document.activeElement;
  const command = place.contains(active) ? active.value ?? active.textContent : null;
  const open = [...place.querySelectorAll("details")].map((fold) => fold.open);
  place.innerHTML = data.html;
  localTimes(place);
  for (const [index, fold] of [...place.querySelectorAll("details")].entries()) fold.open = open[index] ?? false;
  if (command === null) return;
  const stops = [...place.querySelectorAll("button, a, summary")];
  (stops.find((one) => (one.value || one.textContent) === command) ?? stops[0])?.focus({ preventScroll: true });
}
