// Single keys, which can be turned off; never while somebody types.

const OFF = "muster.keys.off";

export function keys() {
  const dialog = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  const on = document.getElementById("keys-on");
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  on.checked = !localStorage.getItem(OFF);
  on.addEventListener("change", () => {
    if (on.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  });

  const acts = {
    "/": () => document.getElementById("command").focus(),
    "?": () => dialog.showModal(),
    j: () => move(1),
    k: () => move(-1),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && event.target.id === "command") event.target.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !on.checked) return;
    if (document.querySelector("dialog[open]") || !(event.key in acts)) return;
    event.preventDefault();
    acts[event.key]();
  });
}

function move(step) {
  const stops = [...document.querySelectorAll(".incidents .open, #timeline > .entry, .brief .entry")];
  if (!stops.length) return;
  const here = stops.indexOf(document.activeElement.closest(".open, .entry"));
  const next = stops[Math.min(stops.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
  for (const stop of stops) stop.classList.toggle("chosen", stop === next);
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
