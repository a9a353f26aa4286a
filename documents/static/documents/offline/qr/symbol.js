// From one grey value a module to the text of the symbol.

import { mend } from "./correct.js";
import { MASKS, blocks, reserved } from "./tables.js";

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const FORMAT_MASK = 0x5412, FORMAT_GENERATOR = 0x537;
// How much of its four neighbours has run into a module, when the picture is not sharp.
const BLUR = [0, 0.18, 0.35];

// Return the text, or null if these values are no whole symbol.
export function text(values, size) {
  for (const blur of BLUR) {
    const dark = decided(values, size, blur);
    const format = formatOf(dark, size);
    if (!format) continue;
    const version = (size - 17) / 4;
    const data = whole(codewords(dark, size, version, MASKS[format.mask]), version, format.level);
    const said = data && words(data, version);
    if (said) return said;
  }
  return null;
}

// A module is dark if it is darker than the mean of the modules around it.
function decided(values, size, blur) {
  const clear = new Float32Array(values.length);
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i++) {
      const around = (x ? values[i - 1] : 255) + (x < size - 1 ? values[i + 1] : 255)
        + (y ? values[i - size] : 255) + (y < size - 1 ? values[i + size] : 255);
      clear[i] = values[i] + blur * (4 * values[i] - around);
    }
  }
  const dark = new Uint8Array(values.length), reach = 5;
  const rows = sums(values, size);
  for (let y = 0, i = 0; y < size; y++) {
    const top = Math.max(0, y - reach), bottom = Math.min(size, y + reach + 1);
    for (let x = 0; x < size; x++, i++) {
      const left = Math.max(0, x - reach), right = Math.min(size, x + reach + 1), w = size + 1;
      const total = rows[bottom * w + right] - rows[top * w + right] - rows[bottom * w + left] + rows[top * w + left];
      dark[i] = clear[i] < total / ((bottom - top) * (right - left)) ? 1 : 0;
    }
  }
  return dark;
}

function sums(values, size) {
  const w = size + 1, all = new Float64Array(w * w);
  for (let y = 0; y < size; y++) {
    for (let x = 0, line = 0; x < size; x++) {
      line += values[y * size + x];
      all[(y + 1) * w + x + 1] = all[y * w + x + 1] + line;
    }
  }
  return all;
}

// The format stands twice; three wrong bits of fifteen are mended.
function formatOf(dark, size) {
  const at = (x, y) => dark[y * size + x];
  const first = [], second = [];
  for (let i = 0; i <= 5; i++) first.push(at(8, i));
  first.push(at(8, 7), at(8, 8), at(7, 8));
  for (let i = 9; i < 15; i++) first.push(at(14 - i, 8));
  for (let i = 0; i < 8; i++) second.push(at(size - 1 - i, 8));
  for (let i = 8; i < 15; i++) second.push(at(8, size - 15 + i));
  const read = [first, second].map((bits) => bits.reduce((sum, bit, i) => sum | bit << i, 0));
  let best = null;
  for (let data = 0; data < 32; data++) {
    let rest = data;
    for (let i = 0; i < 10; i++) rest = rest << 1 ^ (rest >> 9) * FORMAT_GENERATOR;
    const known = (data << 10 | rest) ^ FORMAT_MASK;
    for (const each of read) {
      const wrong = ones(each ^ known);
      if (wrong <= 3 && (!best || wrong < best.wrong)) best = { wrong, level: data >> 3, mask: data & 7 };
    }
  }
  return best;
}

function ones(value) {
  let count = 0;
  for (let left = value; left; left &= left - 1) count++;
  return count;
}

// In pairs of columns from the right, upwards and downwards in turn; the timing column is left out.
function codewords(dark, size, version, mask) {
  const taken = reserved(version), bytes = [];
  let bits = 0, value = 0, up = true;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i++) {
      const y = up ? size - 1 - i : i;
      for (const x of [right, right - 1]) {
        if (taken[y * size + x]) continue;
        value = value << 1 | dark[y * size + x] ^ (mask(x, y) ? 1 : 0);
        if (++bits === 8) {
          bytes.push(value);
          bits = value = 0;
        }
      }
    }
    up = !up;
  }
  return bytes;
}

// Undo the interleaving, mend each block; return the data, or null if a block cannot be mended.
function whole(read, version, level) {
  const made = blocks(version, level).map((block) => ({ ...block, bytes: [] }));
  const longest = made.at(-1).data;
  let next = 0;
  for (let i = 0; i < longest; i++) {
    for (const block of made) if (i < block.data) block.bytes.push(read[next++]);
  }
  for (let i = 0; i < made[0].correction; i++) {
    for (const block of made) block.bytes.push(read[next++]);
  }
  const data = [];
  for (const block of made) {
    if (!mend(block.bytes, block.correction)) return null;
    data.push(...block.bytes.slice(0, block.data));
  }
  return data;
}

function words(data, version) {
  let at = 0;
  const left = () => data.length * 8 - at;
  const bits = (count) => {
    let value = 0;
    for (let i = 0; i < count; i++, at++) value = value << 1 | data[at >> 3] >> 7 - (at & 7) & 1;
    return value;
  };
  const size = (small, middle, large) => bits(version < 10 ? small : version < 27 ? middle : large);
  let said = "";
  while (left() >= 4) {
    const mode = bits(4);
    if (mode === 0) break;
    if (mode === 1) said += digits(bits, size(10, 12, 14));
    else if (mode === 2) said += letters(bits, size(9, 11, 13));
    else if (mode === 4) said += plain(bits, size(8, 16, 16), left());
    else if (mode === 7) bits(bits(1) ? (bits(1) ? 22 : 14) : 7);
    else return null; // Kanji and symbols in parts: no paper of ours.
  }
  return said;
}

function digits(bits, count) {
  let said = "";
  for (let left = count; left > 0; left -= 3) {
    const wide = Math.min(3, left);
    said += String(bits([0, 4, 7, 10][wide])).padStart(wide, "0");
  }
  return said;
}

function letters(bits, count) {
  let said = "";
  for (let left = count; left > 0; left -= 2) {
    const pair = bits(left > 1 ? 11 : 6);
    said += left > 1 ? ALPHANUMERIC[Math.floor(pair / 45)] + ALPHANUMERIC[pair % 45] : ALPHANUMERIC[pair];
  }
  return said;
}

function plain(bits, count, left) {
  const bytes = Uint8Array.from({ length: Math.min(count, left >> 3) }, () => bits(8));
  return new TextDecoder().decode(bytes);
}
