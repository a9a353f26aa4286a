/* Officers' forms outlive a cut of power or network, and are decided once. Without this they work. */
(() => {
  "use strict";
  const PREFIX = "guichet.kept.";
  const DAYS_KEPT = 3;
  let store;
  try { store = window.localStorage; } catch { return; }
  const ours = () => Object.keys(store).filter((name) => name.startsWith(PREFIX));
  const read = (name) => { try { return JSON.parse(store.getItem(name)); } catch { return null; } };

  // Nothing stays behind a sign-out, nor for a colleague at the same computer, nor for long.
  document.addEventListener("submit", ({ target }) => {
    if (target.hasAttribute("data-leaves")) ours().forEach((name) => store.removeItem(name));
  });
  const forms = [...document.querySelectorAll("form[data-keep]")];
  const reader = document.body.dataset.account;
  ours().forEach((name) => {
    const old = Date.now() - (read(name)?.at ?? 0) > DAYS_KEPT * 86400000;
    if (old || (reader && !name.startsWith(`${PREFIX}${reader}:`))) store.removeItem(name);
  });

  // Reasons and notes only, and no number in them that could be a person's.
  const kept = (form) => [...form.elements].filter((one) => one.name && one.matches("textarea, select, [type=radio]"));
  const plain = (text) => text.replace(/\d(?:[\s.-]?\d){7,}/g, "…");
  const nameOf = (form) => PREFIX + form.dataset.keep;
  const keep = (form) => {
    const fields = kept(form);
    // A preview has none: what was written on the case's own page stays kept.
    const values = fields.length
      ? fields.filter((one) => one.type !== "radio" || one.checked).map((one) => [one.name, plain(one.value)])
      : read(nameOf(form))?.values ?? [];
    try {
      store.setItem(nameOf(form), JSON.stringify({ at: Date.now(), key: form.elements.key?.value, sent: "sentOnce" in form.dataset, values }));
    } catch { /* No room to keep it: it is sent all the same. */ }
  };
  forms.forEach((form) => {
    form.addEventListener("input", () => {
      // Other words are another act: under the key of what was sent they would be taken for it.
      if ("sentOnce" in form.dataset) {
        delete form.dataset.sentOnce;
        if (form.elements.key) form.elements.key.value = crypto.randomUUID?.() ?? "";
      }
      keep(form);
    });
    const draft = read(nameOf(form));
    if (!draft) return;
    // What was sent before the cut may have arrived: the same key says that it is the same.
    if (draft.key && form.elements.key) form.elements.key.value = draft.key;
    if (draft.sent) form.dataset.sentOnce = "";
    draft.values.forEach(([name, value]) => kept(form).filter((one) => one.name === name).forEach((one) => {
      if (one.type === "radio") one.checked = one.value === value;
      else if (!one.value) one.value = value;
      if (value && form.closest("details")) form.closest("details").open = true;
    }));
  });

  // Sent by hand, so that a network that is away leaves the page standing.
  const away = document.getElementById("away");
  const send = async (form, submitter) => {
    const body = new FormData(form);
    if (submitter?.name) body.set(submitter.name, submitter.value);
    form.dataset.sentOnce = "";
    keep(form);
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
    } catch {
      delete form.dataset.sent;
      submitter?.removeAttribute("aria-disabled");
      away.hidden = false;
      const again = away.querySelector("[data-again]");
      again.onclick = () => { away.hidden = true; send(form, submitter); };
      again.focus();
      return;
    }
    if (answer.headers.get("Content-Type") === "application/json") {
      const { next } = await answer.json();
      const ofCase = `${nameOf(form).split(":").slice(0, 2).join(":")}:`;
      // A note leaves the rest of the page as it was; whatever else is done, is done with the case.
      ours().filter((name) => name === nameOf(form) || (next !== location.pathname && name.startsWith(ofCase))).forEach((name) => store.removeItem(name));
      location.assign(next);
      return;
    }
    // Refused: the server says it on a page of its own, which stands in this one's place and
    // address. To send it once more would have the case read, and its reading recorded, twice.
    if (answer.headers.get("Content-Type")?.startsWith("text/html")) {
      const page = await answer.text();
      document.open();
      document.write(page);
      document.close();
      return;
    }
    // Signed out meanwhile: that is told behind a redirect which only a form can follow.
    if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
    form.submit();
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !away || !form.matches("[data-keep]") || event.submitter?.hasAttribute("data-plain")) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  // A part that is opened by its key is where she types on, from the next stroke.
  document.addEventListener("click", (event) => {
    const summary = event.target.closest("summary[data-key]");
    if (!summary || event.detail) return;
    event.preventDefault();
    const part = summary.parentElement;
    // The letter leads into a part that is open already; Enter on its head opens and shuts it.
    part.open = !event.isTrusted || !part.open;
    if (part.open) part.querySelector("select, textarea, [type=radio]:checked, [type=radio]")?.focus();
  });
})();

/* Cases are dragged to the officer who shall have them. The form beneath does the same by key. */
(() => {
  "use strict";
  const strip = document.querySelector("[data-drop]");
  const form = strip?.closest("form");
  if (!form) return;
  const ticks = [...form.querySelectorAll("[name=case]")];
  strip.hidden = false;
  ticks.forEach((tick) => {
    const row = tick.closest("tr");
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      // What is dragged without a tick goes alone; with one, all that are ticked go together.
      if (!tick.checked) ticks.forEach((one) => { one.checked = one === tick; });
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", tick.value);
    });
  });
  strip.querySelectorAll("[data-to]").forEach((officer) => {
    const over = (is) => officer.classList.toggle("over", is);
    officer.addEventListener("dragover", (event) => { event.preventDefault(); over(true); });
    officer.addEventListener("dragleave", () => over(false));
    officer.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      form.elements.to.value = officer.dataset.to;
      // Nothing is given before she says why.
      form.elements.reason.focus();
    });
  });
})();
