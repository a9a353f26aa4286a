// What ISO/IEC 18004 lays down for each version (1 to 40) and level of correction.

// By level's two bits in the format: 00 is M, 01 L, 10 H, 11 Q.
const CORRECTION = [
  "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28",
  "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
  "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 30 24 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
  "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 28 30 30 30 30 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
].map(numbers);
const BLOCKS = [
  "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
  "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
  "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81",
  "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
].map(numbers);

// Return how many codewords of data each block has, and how many of correction.
export function blocks(version, level) {
  const count = BLOCKS[level][version - 1], correction = CORRECTION[level][version - 1];
  const whole = Math.floor(modules(version) / 8), short = Math.floor(whole / count);
  const shorter = count - whole % count;
  return Array.from({ length: count }, (_, i) => ({ data: short - correction + (i >= shorter ? 1 : 0), correction }));
}

// Return the rows and columns on which alignment patterns have their middle.
export function alignments(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const places = Array.from({ length: count - 1 }, (_, i) => version * 4 + 10 - i * step);
  return [...places, 6].reverse();
}

// Return 1 for each module that carries no data: eyes, timing, alignment, format, version.
export function reserved(version) {
  const size = 17 + 4 * version, taken = new Uint8Array(size * size);
  const fill = (x, y, width, height) => {
    for (let row = y; row < y + height; row++) taken.fill(1, row * size + x, row * size + x + width);
  };
  fill(0, 0, 9, 9);
  fill(size - 8, 0, 8, 9);
  fill(0, size - 8, 9, 8);
  fill(6, 0, 1, size);
  fill(0, 6, size, 1);
  const places = alignments(version), last = places.at(-1);
  for (const y of places) {
    for (const x of places) {
      const eye = x === 6 && y === 6 || x === 6 && y === last || x === last && y === 6;
      if (!eye) fill(x - 2, y - 2, 5, 5);
    }
  }
  if (version >= 7) {
    fill(size - 11, 0, 3, 6);
    fill(0, size - 11, 6, 3);
  }
  return taken;
}

export const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => x * y % 2 + x * y % 3 === 0,
  (x, y) => (x * y % 2 + x * y % 3) % 2 === 0,
  (x, y) => ((x + y) % 2 + x * y % 3) % 2 === 0,
];

// How many modules are left for codewords.
function modules(version) {
  let left = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const count = Math.floor(version / 7) + 2;
    left -= (25 * count - 10) * count - 55;
    if (version >= 7) left -= 36;
  }
  return left;
}

function numbers(text) {
  return text.split(" ").map(Number);
}
