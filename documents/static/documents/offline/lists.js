// The lists that a verifier holds: which keys sign codes, and which papers are no longer good.
// Believed only after their signature was judged: as they come, and again when they come from the device.

import { base64url, hex, utf8 } from "./bytes.js";
import { Broken, read as decode } from "./cbor.js";
import { imported, proves, read as readSigned, verifies } from "./cose.js";
import { fetched, keep, stored } from "./store.js";

const DAY = 24 * 3600;
const TRUST_LIST = "/trust/list.json";
const TYPE = "application/statuslist+cwt", SUBJECT = 2, SIGNED_AT = 6, STATUS_LIST = 65533;
const BITS = 4, IN_A_BYTE = 8 / BITS;
const STATUSES = { 0: "current", 1: "revoked", 2: "suspended", 3: "superseded", 12: "ended" };

// Lists are {issuer, keys, addresses, madeAt, statuses, stored}: `madeAt` is the list of keys' own time in
// seconds; `statuses` holds by address the status lists that are here, each {madeAt, keyId, bits}.

// Return the lists that this device keeps, or null. One that is not believed is left out.
export async function kept(anchors) {
  const lists = await stored(TRUST_LIST).then((bytes) => trustList(bytes, anchors)).catch(() => null);
  if (!lists) return null;
  for (const address of lists.addresses) {
    const list = await stored(path(address)).then((bytes) => statusList(bytes, address, lists.keys)).catch(() => null);
    if (list) lists.statuses.set(address, list);
  }
  return lists;
}

// Return the list of keys as it is published now. Throws if it cannot be had or believed.
export const trusted = async (anchors) => trustList(await fetched(TRUST_LIST), anchors);

// Return {lists, whole}: `held` with all that could be fetched, the newest papers' list first. Each is kept
// as it comes, so that a network that breaks down takes only what was still to come. Status lists made at
// `recent` or later are not fetched. Throws if the list of keys cannot be had or believed.
export async function update(anchors, held, { now, recent = Infinity, progress = () => {} }) {
  const bytes = await fetched(TRUST_LIST), published = await trustList(bytes, anchors);
  const older = ours(held, published, now);
  const lists = { ...(older ? held : published), statuses: new Map(), stored: older || await keep(TRUST_LIST, bytes) };
  for (const address of lists.addresses) {
    const list = held?.statuses.get(address);
    if (list && believed(list, lists.keys)) lists.statuses.set(address, list);
  }
  const newestFirst = [...lists.addresses].reverse();
  let whole = true;
  for (const [done, address] of newestFirst.entries()) {
    const before = lists.statuses.get(address);
    progress(done, newestFirst.length);
    if (before?.madeAt >= recent) continue;
    try {
      const data = await fetched(path(address)), list = await statusList(data, address, lists.keys);
      if (ours(before, list, now)) continue;
      lists.statuses.set(address, list);
      lists.stored = await keep(path(address), data) && lists.stored;
    } catch (error) {
      whole = false;
      // Another answer may be better; a network that is gone is asked no further.
      if (!(error instanceof Broken)) break;
    }
  }
  return { lists, whole };
}

// Whether what is here is newer than what came: nobody may bring old news back. What says to be of days
// to come was made by a wrong clock, and gives way.
const ours = (held, came, now) => Boolean(held) && held.madeAt > came.madeAt && held.madeAt <= now + DAY;

// Return when the lists were made that judge a paper; without one, when the oldest of all was made.
export function madeAt(lists, claims = null) {
  const asked = claims ? [listOf(lists, claims)].filter(Boolean) : [...lists.statuses.values()];
  return Math.min(lists.madeAt, ...asked.map((each) => each.madeAt));
}

// Return what a status list says of a paper, or null if its list is not here.
export function statusOf(lists, claims) {
  const list = listOf(lists, claims), { place } = claims;
  if (!list || place < 0 || place >= list.bits.length * IN_A_BYTE) return null;
  const shift = place % IN_A_BYTE * BITS;
  return STATUSES[list.bits[Math.floor(place / IN_A_BYTE)] >> shift & (1 << BITS) - 1] ?? null;
}

const listOf = (lists, claims) => lists.statuses.get(claims.statusList);
const path = (address) => new URL(address).pathname;

async function trustList(bytes, anchors) {
  const jws = parsed(bytes), header = json(jws.protected), anchor = anchors.find((each) => each.kid === header.kid);
  if (!anchor || header.alg !== "ES256") throw new Broken();
  const good = await verifies(await imported(anchor), base64url(jws.signature), utf8(`${jws.protected}.${jws.payload}`));
  if (!good) throw new Broken();
  const said = json(jws.payload), keys = new Map();
  if (!inTime(anchor, said.iat)) throw new Broken();
  for (const { purpose, status, from, until, jwk } of said.keys) {
    if (purpose !== "qr") continue;
    keys.set(hex(base64url(jwk.kid)), { public: await imported(jwk), since: from, until, revoked: status === "revoked" });
  }
  return { issuer: said.iss, madeAt: said.iat, addresses: said.status_lists, keys, statuses: new Map(), stored: true };
}

async function statusList(bytes, address, keys) {
  const message = readSigned(bytes), key = keys.get(message.keyId);
  if (message.type !== TYPE || !key || !await proves(message, key.public)) throw new Broken();
  const claims = decode(message.payload), list = claims.get(STATUS_LIST);
  if (claims.get(SUBJECT) !== address || list.get("bits") !== BITS) throw new Broken();
  const made = { madeAt: claims.get(SIGNED_AT), keyId: message.keyId, bits: await inflated(list.get("lst")) };
  if (!believed(made, keys)) throw new Broken();
  return made;
}

function believed({ keyId, madeAt: at }, keys) {
  const key = keys.get(keyId);
  return Boolean(key) && !key.revoked && inTime(key, at);
}

// A key that was given up signs nothing new.
const inTime = ({ since, until }, at) => at >= since - DAY && at <= until + DAY;

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function parsed(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Broken();
  }
}

const json = (part) => parsed(base64url(part));
