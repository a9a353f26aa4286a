// A reader of QR symbols for browsers that have none of their own.

import { triples } from "./finders.js";
import { Grey } from "./grey.js";
import { grids } from "./grid.js";
import { text } from "./symbol.js";

// Shares of the picture's longer side: how far around a pixel its neighbourhood reaches.
const REACHES = [1 / 16, 1 / 40, 1 / 7];

// Say what each symbol found in the picture says, some perhaps twice. `picture` is an ImageData.
export function* texts(picture, { thorough }) {
  const grey = Grey.of(picture);
  for (const share of thorough ? REACHES : REACHES.slice(0, 1)) {
    const reach = Math.max(6, Math.max(grey.width, grey.height) * share);
    for (const triple of triples(grey.darkness(reach), grey.width, grey.height)) {
      for (const { size, values } of grids(grey, triple)) {
        const said = text(values, size);
        if (!said) continue;
        yield said;
        break;
      }
    }
  }
}
