// Reed-Solomon over 256 elements (x^8 + x^4 + x^3 + x^2 + 1), as symbols use it.

const POWER = new Uint8Array(512), LOG = new Uint8Array(256);
for (let i = 0, value = 1; i < 255; i++) {
  POWER[i] = POWER[i + 255] = value;
  LOG[value] = i;
  value = value << 1 ^ (value & 128 ? 0x11d : 0);
}
const times = (a, b) => (a && b ? POWER[LOG[a] + LOG[b]] : 0);
const over = (a, b) => (a ? POWER[LOG[a] + 255 - LOG[b]] : 0);

// Mend the block in place; return whether it is whole now. `correction` codewords stand at its end.
export function mend(block, correction) {
  const syndromes = Array.from({ length: correction }, (_, i) => evaluate(block, POWER[i]));
  if (syndromes.every((each) => !each)) return true;
  const locator = berlekampMassey(syndromes);
  const errors = locator.length - 1;
  if (errors * 2 > correction) return false;
  const places = [];
  for (let i = 0; i < block.length; i++) {
    if (!rising(locator, POWER[(255 - i) % 255])) places.push(i);
  }
  if (places.length !== errors) return false;
  forney(block, syndromes, locator, places);
  return syndromes.every((_, i) => !evaluate(block, POWER[i]));
}

// Highest power first.
function evaluate(polynomial, x) {
  let value = 0;
  for (const coefficient of polynomial) value = times(value, x) ^ coefficient;
  return value;
}

// Lowest power first.
function rising(polynomial, x) {
  let value = 0;
  for (let i = polynomial.length - 1; i >= 0; i--) value = times(value, x) ^ polynomial[i];
  return value;
}

function berlekampMassey(syndromes) {
  let locator = [1], before = [1], length = 0, shift = 1, last = 1;
  for (let n = 0; n < syndromes.length; n++) {
    let gap = syndromes[n];
    for (let i = 1; i <= length; i++) gap ^= times(locator[i] || 0, syndromes[n - i]);
    if (!gap) { shift++; continue; }
    const kept = locator.slice(), factor = over(gap, last);
    while (locator.length < before.length + shift) locator.push(0);
    before.forEach((each, i) => { locator[i + shift] ^= times(factor, each); });
    if (2 * length <= n) {
      length = n + 1 - length;
      before = kept;
      last = gap;
      shift = 1;
    } else {
      shift++;
    }
  }
  while (locator.at(-1) === 0) locator.pop();
  return locator;
}

function forney(block, syndromes, locator, places) {
  const evaluator = new Array(syndromes.length).fill(0);
  locator.forEach((a, i) => {
    for (let j = 0; i + j < evaluator.length; j++) evaluator[i + j] ^= times(a, syndromes[j]);
  });
  for (const place of places) {
    const inverse = POWER[(255 - place) % 255];
    let slope = 0;
    for (let i = 1; i < locator.length; i += 2) slope ^= times(locator[i], power(inverse, i - 1));
    const value = times(POWER[place % 255], over(rising(evaluator, inverse), slope));
    block[block.length - 1 - place] ^= value;
  }
}

function power(a, n) {
  return n ? POWER[LOG[a] * n % 255] : 1;
}
