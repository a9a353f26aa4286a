// The lists that a verifier holds: which keys sign codes, and which papers are no longer good.
// Kept on the device as they came, and believed only after their signature was judged, each time.

import { base64url, hex, utf8 } from "./bytes.js";
import { Broken, read as decode } from "./cbor.js";
import { imported, proves, read as readSigned, verifies } from "./cose.js";

const STORE = "guichet-lists", TRUST_LIST = "/trust/list.json";
const PATIENCE_MS = 20000;
const TYPE = "application/statuslist+cwt", SUBJECT = 2, SIGNED_AT = 6, STATUS_LIST = 65533;
const STATUSES = ["current", "revoked", "suspended", "superseded"];

// Fetch all lists, judge them, and keep them; return them. Throws if they cannot be had or believed.
export async function update(anchors) {
  const fetched = new Map();
  const get = async (path) => {
    const answer = await fetch(path, { cache: "no-cache", credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    fetched.set(path, answer.clone());
    return answer;
  };
  const lists = await read(get, anchors);
  // Kept only when all of them are good: half an update would be worse than an old one.
  const store = await caches.open(STORE);
  for (const [path, answer] of fetched) await store.put(path, answer);
  return lists;
}

// Return the lists that are kept on this device, or null.
export async function kept(anchors) {
  const store = await caches.open(STORE);
  const get = async (path) => {
    const answer = await store.match(path);
    if (!answer) throw new Error(path);
    return answer;
  };
  try {
    return await read(get, anchors);
  } catch {
    return null;
  }
}

// Return what a status list says of a paper, or null if it is not among the lists.
export function statusOf(lists, { statusList, place }) {
  const list = lists.statuses.get(new URL(statusList).pathname);
  if (!list || place < 0 || place >= list.bits.length * 4) return null;
  return STATUSES[list.bits[place >> 2] >> (place & 3) * 2 & 3];
}

async function read(get, anchors) {
  const trust = await trustList(await get(TRUST_LIST).then((answer) => answer.json()), anchors);
  const statuses = new Map();
  for (const address of trust.status_lists) {
    const { pathname } = new URL(address);
    const bytes = new Uint8Array(await get(pathname).then((answer) => answer.arrayBuffer()));
    statuses.set(pathname, await statusList(bytes, address, trust.keys));
  }
  const made = [trust.madeAt, ...[...statuses.values()].map((each) => each.madeAt)];
  return { issuer: trust.issuer, keys: trust.keys, statuses, madeAt: Math.min(...made) };
}

async function trustList(jws, anchors) {
  const header = json(jws.protected), anchor = anchors.find((each) => each.kid === header.kid);
  if (!anchor || header.alg !== "ES256") throw new Broken();
  const good = await verifies(await imported(anchor), base64url(jws.signature), utf8(`${jws.protected}.${jws.payload}`));
  if (!good) throw new Broken();
  const said = json(jws.payload), keys = new Map();
  for (const { purpose, status, from, until, jwk } of said.keys) {
    if (purpose !== "qr") continue;
    keys.set(hex(base64url(jwk.kid)), { public: await imported(jwk), since: from, until, revoked: status === "revoked" });
  }
  return { issuer: said.iss, madeAt: said.iat, status_lists: said.status_lists, keys };
}

async function statusList(bytes, address, keys) {
  const message = readSigned(bytes), key = keys.get(message.keyId);
  if (message.type !== TYPE || !key || key.revoked || !await proves(message, key.public)) throw new Broken();
  const claims = decode(message.payload), list = claims.get(STATUS_LIST);
  if (claims.get(SUBJECT) !== address || list.get("bits") !== 2) throw new Broken();
  return { madeAt: claims.get(SIGNED_AT), bits: await inflated(list.get("lst")) };
}

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const json = (part) => JSON.parse(new TextDecoder().decode(base64url(part)));
