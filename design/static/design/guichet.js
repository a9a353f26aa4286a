/* Makes good pages livelier. Every page is whole without it. */
(() => {
  "use strict";

  // An error summary takes the focus, so that a screen reader starts there.
  document.querySelector("[data-focus]")?.focus();

  // A form sent twice by an impatient thumb is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    });
  });

  // A password that its typist may look at.
  document.querySelectorAll("input[data-shows]").forEach((field) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn ghost small";
    const set = (open) => {
      field.type = open ? "text" : "password";
      button.textContent = open ? field.dataset.hides : field.dataset.shows;
      button.setAttribute("aria-pressed", String(open));
    };
    button.addEventListener("click", () => set(field.type === "password"));
    field.form?.addEventListener("submit", () => set(false));
    set(false);
    field.after(button);
  });

  // Copying a reference.
  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      if (button.dataset.copied) button.textContent = button.dataset.copied;
    });
  });

  // A region that follows the server: {"version": "...", "html": "...", "over": false}.
  document.querySelectorAll("[data-live-url]").forEach((region) => {
    const started = Date.now();
    let version = region.dataset.liveVersion;
    const pause = () => {
      const minutes = (Date.now() - started) / 60000;
      return minutes < 3 ? 2000 : minutes < 15 ? 10000 : 60000;
    };
    const ask = async () => {
      if (!document.hidden) {
        try {
          const answer = await fetch(region.dataset.liveUrl, { headers: { Accept: "application/json" } });
          if (answer.ok) {
            const told = await answer.json();
            if (told.version !== version) {
              version = told.version;
              if (told.over) { location.reload(); return; }
              // A number that is being typed is worth more than news.
              if (!region.contains(document.activeElement)) region.innerHTML = told.html;
            }
          }
        } catch { /* Out of coverage: ask again later. */ }
      }
      setTimeout(ask, pause());
    };
    setTimeout(ask, pause());
  });

  // Whoever dictates, or whose hand slips, turns the keys off on this device (WCAG 2.2, 2.1.4).
  const OFF = "guichet.keys.off";
  let off = false;
  try { off = localStorage.getItem(OFF) === "1"; } catch { /* No store: they stay on. */ }
  document.querySelectorAll("[data-keys-switch]").forEach((button) => {
    const tell = () => button.setAttribute("aria-pressed", String(off));
    button.hidden = false;
    tell();
    button.addEventListener("click", () => {
      off = !off;
      try { localStorage.setItem(OFF, off ? "1" : "0"); } catch { /* For this page alone. */ }
      tell();
    });
  });

  // Officers' keys: what [data-key] says is pressed; J and K walk the rows.
  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    const button = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
    if (button) {
      event.preventDefault();
      // A key held down is one stroke: its repeats reach the next page, and decide nothing there.
      if (!event.repeat) { button.focus(); button.click(); }
      return;
    }
    const rows = [...document.querySelectorAll("[data-rows] tbody tr")];
    if (!rows.length || !"jk".includes(key)) return;
    const here = rows.findIndex((row) => row.classList.contains("here"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, here + (key === "j" ? 1 : -1)))];
    rows[here]?.classList.remove("here");
    next.classList.add("here");
    next.querySelector("a")?.focus();
  });
})();
