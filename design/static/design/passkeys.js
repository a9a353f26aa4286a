/* Passkeys. A button [data-passkey="create" or "get"] asks the server for a challenge, the browser for
   an answer, and puts it into the hidden field that [data-into] names. Without this script such a
   button stays hidden, and the page says how to go on without it. */
(() => {
  "use strict";
  const page = document.documentElement.dataset;
  // A page with several such buttons names this script as often.
  if (page.passkeys || !window.PublicKeyCredential || !navigator.credentials) return;
  page.passkeys = "1";

  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const challenge = async (button) => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", button.form.elements.csrfmiddlewaretoken.value);
    body.set("purpose", button.dataset.purpose);
    const answer = await fetch(button.dataset.url, {
      method: "POST", body, headers: { Accept: "application/json" },
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error);
    return told.publicKey;
  };

  const create = async (told) => {
    const { response, rawId } = await navigator.credentials.create({ publicKey: {
      ...told,
      challenge: bytes(told.challenge),
      user: { ...told.user, id: bytes(told.user.id) },
      excludeCredentials: (told.excludeCredentials || []).map((one) => ({ ...one, id: bytes(one.id) })),
    } });
    return { rawId, response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
    } };
  };

  const get = async (told) => {
    const { response, rawId } = await navigator.credentials.get({ publicKey: {
      ...told,
      challenge: bytes(told.challenge),
      allowCredentials: (told.allowCredentials || []).map((one) => ({ ...one, id: bytes(one.id) })),
    } });
    return { rawId, response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      ...(response.userHandle ? { userHandle: text(response.userHandle) } : {}),
    } };
  };

  const ask = async (button) => {
    const said = document.getElementById(button.dataset.says);
    const field = button.form.elements[button.dataset.into];
    // What must be typed beside it is asked for first: a passkey made for nothing stays on the device.
    if ("sends" in button.dataset && !button.form.reportValidity()) return;
    button.setAttribute("aria-disabled", "true");
    said.textContent = button.dataset.working;
    try {
      const told = await challenge(button);
      const { rawId, response } = await (button.dataset.passkey === "create" ? create : get)(told);
      const id = text(rawId);
      field.value = JSON.stringify({ id, rawId: id, type: "public-key", response, clientExtensionResults: {} });
      said.textContent = button.dataset.ready || "";
      if ("sends" in button.dataset) button.form.requestSubmit();
    } catch (error) {
      field.value = "";
      // The browser's own words are for programmers; the server's are for people.
      said.textContent = error.constructor === Error && error.message ? error.message : button.dataset.failed;
    } finally {
      button.removeAttribute("aria-disabled");
    }
  };

  document.querySelectorAll("[data-without-passkeys]").forEach((words) => { words.hidden = true; });
  document.querySelectorAll("[data-passkey]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") ask(button);
    });
    if ("sends" in button.dataset) button.form.addEventListener("submit", (event) => {
      // Enter in a field of the form means the button.
      if (button.form.elements[button.dataset.into].value) return;
      event.preventDefault();
      event.stopPropagation();
      button.click();
    });
  });
})();
