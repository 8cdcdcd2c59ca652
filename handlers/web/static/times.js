// Instants in the reader's own zone, always with its name; ages that grow.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false, timeZoneName: "short" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const year = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const units = [["d", 86_400], ["h", 3_600], ["m", 60]];

export function localTimes(root) {
  const now = new Date();
  for (const time of root.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const said = spoken(at, now);
    if (time.textContent !== said) time.textContent = said;
    if (!time.title) time.title = `${whole.format(at)} (${time.dateTime})`;
  }
  for (const time of root.querySelectorAll("time[data-age]")) {
    const said = age((now - new Date(time.dateTime)) / 1000);
    if (time.textContent !== said) time.textContent = said;
  }
}

function spoken(at, now) {
  if (at.toDateString() === now.toDateString()) return clock.format(at);
  return `${(at.getFullYear() === now.getFullYear() ? day : year).format(at)}, ${clock.format(at)}`;
}

function age(seconds) {
  const parts = [];
  for (const [name, length] of units) {
    const count = Math.floor(seconds / length);
    seconds -= count * length;
    if (count > 0) parts.push(`${count}${name}`);
  }
  return parts.slice(0, 2).join(" ") || "now";
}
