// Completion of the command line: an ARIA combobox with a listbox.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

export function complete(input, list) {
  let chosen = -1;
  let asked = 0;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  close();

  input.addEventListener("input", async () => {
    const turn = ++asked;
    if (!input.value.trim()) return close();
    const query = new URLSearchParams({ text: input.value, room: document.body.dataset.room ?? "" });
    const response = await fetch(`/complete?${query}`).catch(() => null);
    if (turn !== asked || !response?.ok) return undefined;
    const found = await response.json();
    if (turn !== asked) return undefined;
    return open(found);
  });

  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) {
      event.preventDefault();
      choose(chosen + moves[event.key]);
    } else if (event.key === "Tab" || event.key === "Enter") {
      if (chosen < 0) return close();
      event.preventDefault();
      take(list.children[chosen].dataset.line);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  });
  input.addEventListener("blur", () => setTimeout(() => document.activeElement === input || close(), 150));
  list.addEventListener("mousedown", (event) => {
    const line = event.target.closest("li");
    if (!line) return;
    event.preventDefault();
    take(line.dataset.line);
  });

  function open(lines) {
    list.replaceChildren(...lines.map(({ line, about }, place) => {
      const item = document.createElement("li");
      const more = document.createElement("small");
      item.id = `choice-${place}`;
      item.dataset.line = line;
      item.setAttribute("role", "option");
      more.textContent = about;
      item.append(line, " ", more);
      return item;
    }));
    list.hidden = lines.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  }

  function close() {
    asked += 1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function choose(place) {
    const count = list.children.length;
    chosen = place < -1 ? count - 1 : place >= count ? -1 : place;
    for (const [index, item] of [...list.children].entries()) {
      item.setAttribute("aria-selected", String(index === chosen));
    }
    if (chosen < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[chosen].id);
      list.children[chosen].scrollIntoView({ block: "nearest" });
    }
  }

  function take(line) {
    input.value = `${line} `;
    input.focus();
    input.dispatchEvent(new Event("input")); // what may come next
  }
}
