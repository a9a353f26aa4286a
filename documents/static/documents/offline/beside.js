// On the verdict page that a camera opened: the signed facts behind "#" are judged beside the server's
// answer, so that a code put together from two papers is told. They never leave the device.

import { trusted } from "./lists.js";
import { show } from "./shown.js";
import { verdict } from "./verdict.js";

const place = document.querySelector("[data-beside]");

if (place && self.crypto?.subtle && "DecompressionStream" in self) {
  tell();
  addEventListener("hashchange", tell);
}

async function tell() {
  const { hash, pathname } = location;
  if (hash.length < 2) return;
  // The facts leave the address bar at once: the next person at this device would see them.
  history.replaceState(null, "", pathname);
  place.hidden = true;
  const judged = await judge(`${place.dataset.site}${pathname}${hash}`).catch(() => null);
  if (!judged) return;
  const other = judged.claims && judged.claims.number !== place.dataset.number;
  if (["altered", "swapped", "not_ours"].includes(judged.say) || other) {
    show(place, { ...judged, say: other ? "swapped" : judged.say, notes: [], age: null });
    place.hidden = false;
  }
}

// The list of keys alone: whether the paper still stands, the server has said.
async function judge(code) {
  return verdict(code, await trusted(JSON.parse(place.dataset.anchors)), Math.floor(Date.now() / 1000));
}
