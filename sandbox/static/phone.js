// Only hurries: without it the page is loaded again by its own link.
"use strict";

const POLL_MS = 2000;

function isInUse(part) {
  return part.contains(document.activeElement) || [...part.querySelectorAll("input")].some((field) => field.value);
}

async function look() {
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-live]")) {
        const newer = fresh.getElementById(part.id);
        if (newer && newer.innerHTML !== part.innerHTML && !isInUse(part)) {
          part.innerHTML = newer.innerHTML;
        }
      }
    }
  } catch {
    // The sandbox is away for a moment; the next look may find it.
  }
  setTimeout(look, POLL_MS);
}

if (document.querySelector("[data-live]")) {
  setTimeout(look, POLL_MS);
}

const pad = document.querySelector("[data-pad]");
if (pad) {
  const field = document.getElementById("reference");
  pad.hidden = false;
  document.querySelector(".plain").hidden = true;
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("button");
    if (key?.dataset.key) field.value += key.dataset.key;
    if (key && "erase" in key.dataset) field.value = field.value.slice(0, -1);
  });
}
