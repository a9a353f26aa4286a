// The verifier's page: holds lists, reads a code, shows the verdict. Needs no network after a visit.

import { hasCamera, photograph, watch } from "./camera.js";
import { kept, update } from "./lists.js";
import { ago, show } from "./shown.js";
import { SILENT_SECONDS, STALE_SECONDS, verdict } from "./verdict.js";

const $ = (name) => document.querySelector(`[data-part="${name}"]`);
const anchors = JSON.parse($("anchors").dataset.anchors);
const seconds = () => Math.floor(Date.now() / 1000);
let lists = null, watching = null;

begin();

async function begin() {
  $("bare").hidden = true;
  const lacking = ["caches", "DecompressionStream", "createImageBitmap"].filter((name) => !(name in self));
  if (!self.crypto?.subtle || !navigator.serviceWorker || lacking.length) {
    $("old").hidden = false;
    return;
  }
  for (const part of document.querySelectorAll("[data-live]")) part.hidden = false;
  $("camera").hidden = !hasCamera();
  $("camera").addEventListener("click", useCamera);
  $("stop").addEventListener("click", () => watching?.abort());
  $("photo").addEventListener("change", usePhoto);
  $("typed").addEventListener("submit", useText);
  $("update").addEventListener("click", refresh);
  navigator.serviceWorker.register($("anchors").dataset.worker).catch(() => { $("not-kept").hidden = false; });
  lists = await kept(anchors);
  tellAge();
  setInterval(tellAge, 60000);
  if (navigator.onLine) await refresh();
}

async function refresh() {
  $("lists").setAttribute("aria-busy", "true");
  try {
    lists = await update(anchors);
    $("failed").hidden = true;
  } catch {
    $("failed").hidden = false;
  }
  $("lists").removeAttribute("aria-busy");
  tellAge();
}

function tellAge() {
  const age = lists && seconds() - lists.madeAt;
  const state = !lists ? "none" : age > SILENT_SECONDS ? "silent" : age > STALE_SECONDS ? "stale" : "fresh";
  for (const each of document.querySelectorAll("[data-age]")) each.hidden = each.dataset.age !== state;
  for (const each of document.querySelectorAll("[data-ago]")) each.textContent = lists ? ago(age) : "";
  $("lists").className = `notice ${{ fresh: "good", stale: "warn" }[state] ?? "bad"}`;
}

async function useCamera() {
  watching = new AbortController();
  $("no-camera").hidden = true;
  $("viewing").hidden = false;
  $("camera").hidden = true;
  $("stop").focus();
  try {
    await answer(await watch($("view"), watching.signal));
  } catch {
    $("no-camera").hidden = false;
  }
  $("viewing").hidden = true;
  $("camera").hidden = false;
}

async function usePhoto() {
  const [file] = $("photo").files;
  $("not-found").hidden = true;
  if (!file) return;
  $("looking").hidden = false;
  // Lets the browser show that something happens before the reading takes all of its time.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const said = await photograph(file).catch(() => null);
  $("looking").hidden = true;
  $("not-found").hidden = Boolean(said);
  $("photo").value = "";
  await answer(said);
}

async function useText(event) {
  event.preventDefault();
  const said = $("text").value.trim();
  $("text").value = "";
  await answer(said || null);
}

async function answer(text) {
  if (text === null) return;
  $("not-found").hidden = true;
  const heading = show($("answer"), await verdict(text, lists, seconds()));
  $("answer").hidden = false;
  heading.focus();
  heading.scrollIntoView({ block: "start" });
}
