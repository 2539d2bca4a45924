// Completes the names of attributes in a filter, as one types or by the arrow keys.
"use strict";
(() => {
  const input = document.querySelector("input[data-completes]");
  const names = input && document.getElementById(input.dataset.completes);
  if (!names) return;
  const words = [...names.querySelectorAll("[data-word]")].map((n) => n.dataset.word);
  const list = document.createElement("ul");
  list.id = "filter-names";
  list.className = "completions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", names.closest("details").querySelector("summary").textContent);
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  let at = -1;

  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  // The word before the caret, unless it stands in quotes.
  const begun = () => {
    const before = input.value.slice(0, input.selectionStart);
    if ((before.match(/'/g) || []).length % 2 === 1) return "";
    return (before.match(/[A-Za-z][A-Za-z0-9]*$/) || [""])[0];
  };

  const take = (word) => {
    const end = input.selectionStart;
    const start = end - begun().length;
    input.setRangeText(word + " ", start, end, "end");
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  };

  const mark = (next) => {
    const options = [...list.children];
    options.forEach((o, i) => o.setAttribute("aria-selected", String(i === next)));
    at = next;
    input.setAttribute("aria-activedescendant", options[next].id);
    options[next].scrollIntoView({ block: "nearest" });
  };

  const show = () => {
    const word = begun().toLowerCase();
    const found = word.length < 2 ? [] : words
      .filter((w) => w.toLowerCase().includes(word) && w.toLowerCase() !== word)
      .sort((a, b) => a.toLowerCase().indexOf(word) - b.toLowerCase().indexOf(word))
      .slice(0, 8);
    close();
    if (found.length === 0) return;
    found.forEach((name, i) => {
      const option = document.createElement("li");
      option.id = "filter-name-" + i;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = name;
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(name);
      });
      list.append(option);
    });
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };

  input.addEventListener("input", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown") mark(at >= last ? 0 : at + 1);
    else if (event.key === "ArrowUp") mark(at <= 0 ? last : at - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) take(list.children[at].textContent);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
})();
