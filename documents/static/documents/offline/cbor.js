// CBOR (RFC 8949), read in its one packing: shortest numbers, sorted keys, nothing behind the end.

const DEPTH_MAX = 8;

export class Broken extends Error {}
export class Tag {
  constructor(number, value) {
    this.number = number;
    this.value = value;
  }
}

// Return numbers, strings, Uint8Arrays, arrays, Maps and Tags. Throws Broken for anything else.
export function read(bytes) {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw new Broken();
  return value;
}

// Return the packing of an array of strings and bytes: what a signature covers.
export function list(items) {
  const parts = [head(4, items.length)];
  for (const item of items) {
    const text = typeof item === "string", bytes = text ? new TextEncoder().encode(item) : item;
    parts.push(head(text ? 3 : 2, bytes.length), bytes);
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function head(kind, value) {
  if (value < 24) return Uint8Array.of(kind << 5 | value);
  if (value < 256) return Uint8Array.of(kind << 5 | 24, value);
  return Uint8Array.of(kind << 5 | 25, value >> 8, value & 255);
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(count) {
    if (this.at + count > this.bytes.length) throw new Broken();
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  number(short) {
    if (short < 24) return short;
    if (short > 27) throw new Broken();
    const size = 1 << short - 24;
    let value = 0;
    for (const each of this.take(size)) value = value * 256 + each;
    const least = size === 1 ? 24 : 256 ** (size / 2);
    if (value < least || !Number.isSafeInteger(value)) throw new Broken();
    return value;
  }

  value(depth) {
    if (depth > DEPTH_MAX) throw new Broken();
    const first = this.take(1)[0], kind = first >> 5;
    if (kind === 7) throw new Broken();
    const number = this.number(first & 31);
    if (kind === 0) return number;
    if (kind === 1) return -1 - number;
    if (kind === 2) return this.take(number).slice();
    if (kind === 3) return text(this.take(number));
    if (kind === 4) return this.items(number, () => this.value(depth + 1));
    if (kind === 5) return this.map(number, depth);
    return new Tag(number, this.value(depth + 1));
  }

  items(count, one) {
    if (count > this.bytes.length) throw new Broken();
    return Array.from({ length: count }, one);
  }

  map(count, depth) {
    let before = null;
    return new Map(this.items(count, () => {
      const start = this.at, key = this.value(depth + 1), packed = this.bytes.subarray(start, this.at);
      if (!["number", "string"].includes(typeof key) || before && !rises(before, packed)) throw new Broken();
      before = packed;
      return [key, this.value(depth + 1)];
    }));
  }
}

function rises(before, after) {
  for (let i = 0; i < Math.min(before.length, after.length); i++) {
    if (before[i] !== after[i]) return before[i] < after[i];
  }
  return before.length < after.length;
}

function text(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Broken();
  }
}
