// On the verdict page that a camera opened: the signed facts behind "#" are judged beside the server's
// answer, so that a code put together from two papers is told. They never leave the device.

import { update } from "./lists.js";
import { show } from "./shown.js";
import { verdict } from "./verdict.js";

const place = document.querySelector("[data-beside]");

if (place && self.crypto?.subtle && "DecompressionStream" in self) {
  tell();
  addEventListener("hashchange", tell);
}

async function tell() {
  if (location.hash.length < 2) return;
  place.hidden = true;
  const anchors = JSON.parse(place.dataset.anchors);
  const code = `${place.dataset.site}${location.pathname}${location.hash}`;
  const judged = await verdict(code, await update(anchors), Math.floor(Date.now() / 1000)).catch(() => null);
  // The facts no longer stand in the address bar, where the next person at this device would see them.
  history.replaceState(null, "", location.pathname);
  if (!judged) return;
  const other = judged.claims && judged.claims.number !== place.dataset.number;
  if (["altered", "swapped", "not_ours"].includes(judged.say) || other) {
    show(place, { ...judged, say: other ? "swapped" : judged.say, notes: [] });
    place.hidden = false;
  }
}
