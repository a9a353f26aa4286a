// What comes over the network, and what stays on the device.

import { Broken } from "./cbor.js";

const STORE = "guichet-lists";
// A slow network is given time as long as it says something; who answers without end is not.
const SILENCE_MS = 20000, WHOLE_MS = 300000, BYTES_MAX = 1 << 20;

// Return the bytes at a path of this site. Throws Broken for an answer that is no list, and the browser's
// own error if there is none.
export async function fetched(path) {
  const patience = new AbortController(), end = () => patience.abort();
  const whole = setTimeout(end, WHOLE_MS);
  let silence = setTimeout(end, SILENCE_MS);
  try {
    const answer = await fetch(path, { cache: "no-cache", credentials: "omit", signal: patience.signal });
    if (!answer.ok) throw new Broken();
    const parts = [], reader = answer.body.getReader();
    for (let size = 0; ;) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE_MS);
      size += value.length;
      if (size > BYTES_MAX) throw new Broken();
      parts.push(value);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  } finally {
    clearTimeout(silence);
    clearTimeout(whole);
    end();
  }
}

// Keep the bytes; return whether there was room for them.
export async function keep(path, bytes) {
  try {
    await (await caches.open(STORE)).put(path, new Response(bytes));
    return true;
  } catch {
    return false;
  }
}

// Return the bytes that are kept. Throws if there are none.
export async function stored(path) {
  const answer = await (await caches.open(STORE)).match(path);
  return new Uint8Array(await answer.arrayBuffer());
}
