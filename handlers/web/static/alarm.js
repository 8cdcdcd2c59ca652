// Pages for the person: a banner, a browser notification, and a sound until somebody answers.

import { follow } from "./socket.js";
import { localTimes } from "./times.js";

const ON = "muster.sound";
const TOLD = "muster.told";
const button = document.getElementById("sound");
const title = document.body.dataset.title;
let sound = null;
let ringing = false;
let turn = null;

export function ring() {
  button.hidden = false;
  document.getElementById("sound-help")?.removeAttribute("hidden");
  button.addEventListener("click", toggle);
  // A browser lets a page sound only after somebody has touched it.
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, wake, { once: true });
  label();
  follow(() => "/ws/notices", ({ type, seq, data }) => type === "notices" && hear(seq, data));
}

function hear(newest, data) {
  const banner = document.getElementById("alarm");
  const count = document.getElementById("waiting");
  banner.innerHTML = data.html; // made and escaped by our own server
  localTimes(banner);
  count.textContent = data.waiting;
  count.hidden = !data.waiting;
  document.title = data.waiting ? `(${data.waiting}) ${title}` : title;
  notify(newest, data.newest);
  ringing = data.ringing;
  if (ringing) start();
}

// Each notice is shown once, whichever tab hears of it first.
function notify(newest, notices) {
  const told = Number(localStorage.getItem(TOLD) ?? 0);
  if (newest > told) localStorage.setItem(TOLD, String(newest));
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  for (const notice of notices.filter((one) => one.id > told)) {
    const shown = new Notification(notice.title, { tag: `muster-${notice.id}`, requireInteraction: notice.loud, icon: document.querySelector("link[rel=icon]").href });
    shown.onclick = () => {
      window.focus();
      if (notice.incident) location.assign(`/incidents/${notice.incident}`);
      shown.close();
    };
  }
}

async function toggle() {
  const on = localStorage.getItem(ON) !== "on";
  localStorage.setItem(ON, on ? "on" : "off");
  if (on && "Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  wake();
  if (on) beep(1);
  label();
  if (ringing) start();
}

function label() {
  const on = localStorage.getItem(ON) === "on";
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? "Sound on" : "Sound off";
  button.title = on ? "Pages ring here. Press to mute." : "Press to let pages ring here and show notifications.";
}

function wake() {
  if (localStorage.getItem(ON) !== "on") return;
  sound ??= new AudioContext();
  if (sound.state === "suspended") sound.resume();
}

// One tab rings for all; where locks are not to be had, every tab does.
function start() {
  if (turn) return;
  turn = navigator.locks ? navigator.locks.request("muster-ring", sounding) : sounding();
  turn.finally(() => { turn = null; });
}

async function sounding() {
  while (ringing) {
    if (localStorage.getItem(ON) === "on") {
      wake();
      beep(3);
    }
    await new Promise((done) => setTimeout(done, 2500));
  }
}

function beep(times) {
  if (!sound || sound.state !== "running") return;
  for (let n = 0; n < times; n += 1) {
    const at = sound.currentTime + n * 0.28;
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    tone.frequency.value = n % 2 ? 740 : 880;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.35, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
    tone.connect(volume).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.24);
  }
}
