// Commands go out by fetch; the reply stands above the page, a form opens in a dialog.
// A form keeps its key until it was answered, so that a second try cannot act twice.

import { localTimes } from "./times.js";

const reply = document.getElementById("reply");
const ask = document.getElementById("ask");
const askBody = document.getElementById("ask-body");

export function posting() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-command]")) {
      event.preventDefault();
      send(form, event.submitter);
    } else if (form.matches("[data-seen]")) {
      event.preventDefault();
      seen(form);
    }
  });
  reply.addEventListener("click", (event) => {
    if (!event.target.matches("[data-dismiss]")) return;
    event.preventDefault();
    dismiss();
  });
  reply.addEventListener("keydown", (event) => {
    if (event.key === "Escape") dismiss();
  });
}

export function dismiss() {
  reply.hidden = true;
  reply.replaceChildren();
  document.getElementById("command").focus();
}

async function send(form, submitter) {
  if (form.dataset.busy) return; // pressed twice
  const body = new URLSearchParams(new FormData(form, submitter));
  if (form.matches("[data-line]") && !body.get("text").trim()) return;
  busy(form, true);
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
      await refused(response);
      return;
    }
    const said = await response.json();
    freshKey(form);
    show(said, form, response.ok);
  } catch (error) {
    say("Not sent", `The server did not answer (${error.message}). Press again: it acts once.`);
  } finally {
    busy(form, false);
  }
}

function show(said, form, ok) {
  if (said.form) {
    askBody.innerHTML = said.html; // made and escaped by our own server
    if (!ask.open) ask.showModal();
    (askBody.querySelector('[aria-invalid="true"]') ?? askBody.querySelector("input:not([type=hidden]), textarea, select"))?.focus();
    return;
  }
  const page = form.closest("[data-reload]") ?? (ask.contains(form) && document.querySelector("[data-reload-asked]"));
  if (ok && page) {
    location.assign(page.dataset.reload || page.dataset.reloadAsked || "/silences");
    return;
  }
  if (ask.open) ask.close();
  const note = document.createElement("p");
  note.className = "reply-note";
  note.innerHTML = 'Only you see this. <a href="#" data-dismiss>Close</a>';
  reply.innerHTML = said.html;
  reply.prepend(note);
  reply.hidden = false;
  localTimes(reply);
  if (form.matches("[data-line]") && said.ok) form.elements.text.value = "";
  if (!form.matches("[data-line]")) reply.focus({ preventScroll: false });
}

// A page in place of a fragment: signed out, too old, or broken.
async function refused(response) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  say(page.querySelector("h1")?.textContent ?? "That did not work", page.querySelector("main p")?.textContent ?? `The server said ${response.status}.`);
  const again = document.createElement("a");
  again.href = location.href;
  again.textContent = "Load this page again";
  reply.append(again);
}

function say(title, text) {
  const heading = document.createElement("h2");
  const words = document.createElement("p");
  const close = document.createElement("p");
  heading.textContent = title;
  words.textContent = text;
  close.className = "reply-note";
  close.innerHTML = '<span></span><a href="#" data-dismiss>Close</a>';
  reply.replaceChildren(close, heading, words);
  reply.hidden = false;
}

async function seen(form) {
  const body = new URLSearchParams(new FormData(form));
  await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  form.closest("[data-notice]")?.remove();
}

function busy(form, on) {
  if (on) form.dataset.busy = "yes";
  else delete form.dataset.busy;
  form.setAttribute("aria-busy", String(on));
  for (const button of form.querySelectorAll("button")) button.disabled = on;
}

function freshKey(form) {
  const field = form.elements.namedItem("key");
  if (!field) return;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  field.value = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
