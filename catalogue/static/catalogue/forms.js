/* Shows a question as soon as it is asked. Without it the page comes back with the question. */
(() => {
  "use strict";

  const isShut = (field) => field.closest("[data-when][hidden]") !== null;

  // An answer as the server compares it; a question that is not asked has none.
  const said = (form, name) => {
    const fields = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((one) => !isShut(one));
    if (!fields.length) return "";
    if (fields[0].type === "checkbox") return String(fields[0].checked);
    if (fields[0].type === "radio") return fields.find((one) => one.checked)?.value ?? "";
    return fields[0].value.trim();
  };

  const holds = (form, when) => {
    if (typeof when === "boolean") return when;
    const [word, ...rest] = when;
    if (word === "all") return rest.every((part) => holds(form, part));
    if (word === "any") return rest.some((part) => holds(form, part));
    const [name, ...values] = rest;
    const answer = said(form, name);
    if (word === "filled") return (answer !== "") === values[0];
    if (word === "not") return answer !== values[0];
    return values.includes(answer);
  };

  // In the order of the page: a question waits for earlier ones only.
  const look = (form) => {
    const told = new Map();
    form.querySelectorAll("[data-when]").forEach((one) => {
      one.hidden = !holds(form, JSON.parse(one.dataset.when));
      const codes = told.get(one.dataset.told) ?? [];
      told.set(one.dataset.told, one.hidden ? codes : [...codes, one.dataset.code]);
    });
    told.forEach((codes, name) => {
      const field = form.querySelector(`input[name="${CSS.escape(name)}"]`);
      if (field) field.value = codes.join(" ");
    });
  };

  document.querySelectorAll("form").forEach((form) => {
    if (!form.querySelector("[data-when]")) return;
    form.addEventListener("input", () => look(form));
    form.addEventListener("change", () => look(form));
    look(form);
  });
})();
