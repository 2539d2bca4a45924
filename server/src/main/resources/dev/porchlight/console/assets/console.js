// Makes pages pleasanter that work without it: keeps live parts as they stand, counts times on,
// copies, asks before what can't be undone, closes menus.
"use strict";
(() => {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  let ahead = 0; // the hub's clock minus ours, in milliseconds

  const setClock = () => {
    const now = document.querySelector("[data-now]");
    if (now) ahead = Date.parse(now.dataset.now) - Date.now();
  };

  const count = () => {
    for (const time of document.querySelectorAll("time[data-relative]")) {
      const seconds = Math.trunc((Date.parse(time.dateTime) - Date.now() - ahead) / 1000);
      const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) || ["second", 1];
      const text = words.format(Math.trunc(seconds / size), unit);
      if (seconds !== 0 && time.textContent !== text) time.textContent = text;
    }
  };

  const showCopy = () => {
    if (!navigator.clipboard) return;
    for (const button of document.querySelectorAll("button[data-copy][hidden]")) button.hidden = false;
  };

  // Where the places are a line that is longer than the window, the present one is in sight.
  const here = document.querySelector(".places [aria-current]");
  if (here) here.closest("nav").scrollLeft = here.offsetLeft - 24;

  // Times are typed in the reader's zone, unless the address says another.
  const zone = document.querySelector("input[data-zone]");
  if (zone && !new URLSearchParams(location.search).has("zone")) {
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;
    for (const name of document.querySelectorAll("[data-zone-name]")) name.textContent = zone.value;
  }

  setClock();
  count();
  showCopy();
  setInterval(count, 1000);

  document.addEventListener("click", (event) => {
    const copy = event.target.closest("button[data-copy]");
    if (copy) {
      const text = copy.textContent;
      navigator.clipboard.writeText(copy.dataset.copy).then(() => {
        copy.textContent = copy.dataset.copied;
        setTimeout(() => { copy.textContent = text; }, 1500);
      });
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const find = document.getElementById("find");
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && find && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      find.focus();
    }
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const csrf = document.body.dataset.csrf;
    if (csrf) event.detail.headers["X-CSRF-Token"] = csrf;
  });
  document.addEventListener("htmx:afterSettle", () => {
    setClock();
    count();
    showCopy();
  });

  const part = document.getElementById("live-part");
  const sign = document.getElementById("live");
  if (!part || !sign) return;
  let shown = ""; // what the hub sent last, as it sent it

  // What was open stays open, what was chosen stays chosen, and what had the focus keeps it, when
  // the part is replaced.
  const take = (html) => {
    if (html === shown) return;
    shown = html;
    const open = [...part.querySelectorAll("details[open][data-key]")].map((d) => d.dataset.key);
    const focused = document.activeElement && part.contains(document.activeElement)
      ? document.activeElement.closest("[data-key]")
      : null;
    const key = focused ? focused.dataset.key : null;
    const chosen = new Map([...part.querySelectorAll("select[data-key], input[data-key], textarea[data-key]")]
      .map((field) => [field.dataset.key, field.value]));
    part.innerHTML = html;
    for (const keyed of part.querySelectorAll("[data-key]")) {
      if (open.includes(keyed.dataset.key)) keyed.open = true;
      const value = chosen.get(keyed.dataset.key);
      if (value !== undefined && (!keyed.options || [...keyed.options].some((o) => o.value === value))) keyed.value = value;
      if (keyed.dataset.key === key) (keyed.querySelector("summary") || keyed).focus({ preventScroll: true });
    }
    setClock();
    count();
    showCopy();
    part.dispatchEvent(new CustomEvent("part", { bubbles: true }));
  };

  const tell = (on) => {
    const text = on ? sign.dataset.on : sign.dataset.off;
    if (sign.textContent !== text) sign.textContent = text;
    sign.classList.toggle("on", on);
  };

  let wait = 1000;
  const listen = () => {
    const events = new EventSource(part.dataset.events);
    events.addEventListener("part", (event) => {
      wait = 1000;
      tell(true);
      take(event.data);
    });
    events.addEventListener("error", () => {
      tell(false);
      // The browser tries again by itself, except after a refusal.
      if (events.readyState === EventSource.CLOSED) {
        setTimeout(listen, wait);
        wait = Math.min(wait * 2, 60000);
      }
    });
  };
  listen();
})();
