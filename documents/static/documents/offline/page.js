// The verifier's page: holds lists, reads a code, shows the verdict. Needs no network after a visit.

import { hasCamera, photograph, watch } from "./camera.js";
import { kept, madeAt, update } from "./lists.js";
import { ago, show } from "./shown.js";
import { SILENT_SECONDS, STALE_SECONDS, verdict } from "./verdict.js";

const $ = (name) => document.querySelector(`[data-part="${name}"]`);
const anchors = JSON.parse($("anchors").dataset.anchors);
const seconds = () => Math.floor(Date.now() / 1000);
// As long as a list says that it is fresh; and how soon a vain try is repeated, for what is not here yet.
const FRESH_SECONDS = 3600, AGAIN_SECONDS = 600, MINUTE_MS = 60000;
let lists = null, watching = null, updating = false, nextTry = 0;

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
  $("update").addEventListener("click", () => refresh());
  stay();
  lists = await kept(anchors);
  await tick();
  setInterval(tick, MINUTE_MS);
  addEventListener("online", () => { nextTry = 0; tick(); });
}

// Have the page kept on the device, and say so where it cannot be.
async function stay() {
  const { serviceWorker } = navigator;
  let held = Boolean(serviceWorker.controller);
  // Another version took over: this one may not believe its lists any more.
  serviceWorker.addEventListener("controllerchange", () => {
    if (held && !watching && $("answer").hidden) location.reload();
    held = true;
  });
  try {
    const { installing, active } = await serviceWorker.register($("anchors").dataset.worker);
    installing?.addEventListener("statechange", () => {
      $("not-kept").hidden = installing.state !== "redundant" || Boolean(active);
    });
  } catch {
    $("not-kept").hidden = Boolean(serviceWorker.controller);
  }
}

// Each minute: the age on the page, and what is due. At a counter the page stays open for days.
async function tick() {
  tellAge();
  if (!navigator.onLine || seconds() < nextTry) return;
  navigator.serviceWorker.getRegistration().then((kept) => kept?.update()).catch(() => {});
  await refresh({ recent: seconds() - AGAIN_SECONDS });
}

async function refresh(options = {}) {
  if (updating) return;
  updating = true;
  $("lists").setAttribute("aria-busy", "true");
  const done = await update(anchors, lists, { now: seconds(), progress, ...options }).catch(() => null);
  if (done) ({ lists } = done);
  $("failed").hidden = Boolean(done?.whole);
  $("no-room").hidden = !done || lists.stored;
  nextTry = seconds() + (done?.whole ? FRESH_SECONDS : AGAIN_SECONDS);
  $("progress").hidden = true;
  $("lists").removeAttribute("aria-busy");
  updating = false;
  tellAge();
}

// How many status lists there are, a country of millions of papers shows while they come.
function progress(done, all) {
  $("progress").hidden = all < 2;
  $("progress").max = all;
  $("progress").value = done;
}

function tellAge() {
  const here = lists?.statuses.size, age = here && seconds() - madeAt(lists);
  const missing = Boolean(here) && here < lists.addresses.length;
  const state = !here ? "none" : age > SILENT_SECONDS ? "silent" : age > STALE_SECONDS ? "stale" : "fresh";
  for (const each of document.querySelectorAll("[data-age]")) each.hidden = each.dataset.age !== state;
  for (const each of document.querySelectorAll("[data-ago]")) each.textContent = here ? ago(age) : "";
  $("missing").hidden = !missing;
  $("lists").className = `notice ${{ fresh: missing ? "warn" : "good", stale: "warn" }[state] ?? "bad"}`;
}

async function useCamera() {
  watching = new AbortController();
  $("no-camera").hidden = true;
  $("viewing").hidden = false;
  $("camera").hidden = true;
  $("stop").focus();
  const said = await watch($("view"), watching.signal).catch(() => {
    $("no-camera").hidden = false;
    return null;
  });
  watching = null;
  $("viewing").hidden = true;
  $("camera").hidden = false;
  if (said === null) $("camera").focus();
  await answer(said);
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
