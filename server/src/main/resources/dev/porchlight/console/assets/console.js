// Keeps the page of a lead as it stands: takes each new state from the hub, and counts the times on.
"use strict";
(() => {
  const part = document.getElementById("live-part");
  const sign = document.getElementById("live");
  if (!part || !sign) return;

  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  let ahead = 0; // the hub's clock minus ours, in milliseconds
  let shown = ""; // what the hub sent last, as it sent it

  const setClock = () => {
    const now = part.querySelector("[data-now]");
    if (now) ahead = Date.parse(now.dataset.now) - Date.now();
  };

  const count = () => {
    for (const time of part.querySelectorAll("time[data-relative]")) {
      const seconds = Math.trunc((Date.parse(time.dateTime) - Date.now() - ahead) / 1000);
      const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) || ["second", 1];
      const text = words.format(Math.trunc(seconds / size), unit);
      if (seconds !== 0 && time.textContent !== text) time.textContent = text;
    }
  };

  // What was open stays open, and what had the focus keeps it, when the part is replaced.
  const take = (html) => {
    if (html === shown) return;
    shown = html;
    const open = [...part.querySelectorAll("details[open][data-key]")].map((d) => d.dataset.key);
    const focused = document.activeElement && part.contains(document.activeElement)
      ? document.activeElement.closest("details[data-key]")
      : null;
    const key = focused ? focused.dataset.key : null;
    part.innerHTML = html;
    for (const details of part.querySelectorAll("details[data-key]")) {
      if (open.includes(details.dataset.key)) details.open = true;
      if (details.dataset.key === key) details.querySelector("summary").focus({ preventScroll: true });
    }
    setClock();
    count();
  };

  const tell = (on) => {
    const text = on ? sign.dataset.on : sign.dataset.off;
    if (sign.textContent !== text) sign.textContent = text;
    sign.classList.toggle("on", on);
  };

  setClock();
  count();
  setInterval(count, 1000);

  let wait = 1000;
  const listen = () => {
    const events = new EventSource(part.dataset.events);
    events.addEventListener("story", (event) => {
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
