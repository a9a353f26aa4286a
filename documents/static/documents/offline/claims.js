// The signed facts of a paper's code, as documents/claims.py writes them; the same flaws, by the same names.

import { base32, verificationId } from "./bytes.js";
import { Broken, read as decode } from "./cbor.js";
import { UnknownAlgorithm, proves, read as readSigned } from "./cose.js";

const TEXT_MAX = 1600, BYTES_MAX = 900;
const SKEW_SECONDS = 24 * 3600;
const TEXT = /^(https?:\/\/[^/#\s]+)\/v\/([0-9a-z]{16})#([a-z2-7]+)$/i;
const ADDRESS = /^https?:\/\/[^/#\s]+\/v\/[0-9a-z]{16}$/i;
const CODE = /^[0-9A-HJKMNP-TV-Z]{16}$/;
const ISSUER = 1, EXPIRES = 4, SIGNED_AT = 6, ID = 7, STATUS = 65535, PAPER = -70001;
const TYPE = 1, NUMBER = 2, ENTRY = 3, PEOPLE = 4, OFFICE = 5, KIND = 6, COPY = 7, MORE = 8;

export class Unreadable extends Error {
  constructor(flaw) {
    super(flaw);
    this.flaw = flaw;
  }
}

// Whether a text has the form of the codes on papers, with facts or without.
export const looksOurs = (text) => text.length <= TEXT_MAX && (TEXT.test(text) || ADDRESS.test(text));

// Return {site, id, claims, message}. Throws Unreadable with a flaw.
export function read(text) {
  const found = text.length <= TEXT_MAX && TEXT.exec(text);
  const id = found && found[2].toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  if (!found || !CODE.test(id)) {
    throw new Unreadable(text.length <= TEXT_MAX && ADDRESS.test(text) ? "no_facts" : "not_a_code");
  }
  try {
    const bytes = base32(found[3].toUpperCase());
    if (!bytes || bytes.length > BYTES_MAX) throw new Broken();
    const message = readSigned(bytes);
    return { site: found[1].toUpperCase(), id, claims: unpacked(decode(message.payload)), message };
  } catch (error) {
    if (error instanceof UnknownAlgorithm) throw new Unreadable("unknown_algorithm");
    if (error instanceof Broken) throw new Unreadable("broken");
    throw error;
  }
}

// Return {flaw, expired, clockBehind}; `keys` by their id in hexadecimal, `now` in seconds.
export async function judge(scanned, keys, now) {
  const { claims } = scanned, ahead = claims.signedAt - now;
  let flaw = await flawOf(scanned, keys.get(scanned.message.keyId));
  if (!flaw && ahead > SKEW_SECONDS) flaw = "future";
  return {
    flaw,
    expired: claims.expiresAt !== null && claims.expiresAt <= now,
    clockBehind: ahead > 0 && ahead <= SKEW_SECONDS,
  };
}

async function flawOf({ site, id, claims, message }, key) {
  if (!key) return "unknown_key";
  if (!await proves(message, key.public)) return "wrong_signature";
  if (site !== claims.issuer.toUpperCase()) return "foreign";
  if (id !== claims.id) return "swapped";
  if (key.revoked) return "key_revoked";
  if (claims.signedAt < key.since - SKEW_SECONDS || claims.signedAt > key.until + SKEW_SECONDS) return "key_out_of_time";
  return null;
}

function unpacked(all) {
  const paper = map(map(all).get(PAPER)), list = map(map(all.get(STATUS)).get("status_list"));
  const [copy, copyNo] = paper.has(COPY) ? array(paper.get(COPY)) : ["original", 0];
  const id = all.get(ID) instanceof Uint8Array && verificationId(all.get(ID));
  if (!id) throw new Broken();
  return {
    issuer: string(all.get(ISSUER)),
    id,
    signedAt: number(all.get(SIGNED_AT)),
    expiresAt: all.has(EXPIRES) ? number(all.get(EXPIRES)) : null,
    statusList: string(list.get("uri")),
    place: number(list.get("idx")),
    type: string(paper.get(TYPE)),
    number: string(paper.get(NUMBER)),
    entry: string(paper.get(ENTRY)),
    people: array(paper.get(PEOPLE)).map((each) => {
      const [name, bornOn = ""] = array(each);
      return { name: string(name), bornOn: string(bornOn) };
    }),
    office: string(paper.get(OFFICE)),
    kind: paper.has(KIND) ? string(paper.get(KIND)) : "certificate",
    copy: string(copy),
    copyNo: number(copyNo),
    more: paper.has(MORE) ? [...map(paper.get(MORE))].map(([fact, said]) => [string(fact), string(said)]) : [],
  };
}

const map = (value) => of(value, value instanceof Map);
const array = (value) => of(value, Array.isArray(value));
const string = (value) => of(value, typeof value === "string");
const number = (value) => of(value, typeof value === "number");

function of(value, right) {
  if (!right) throw new Broken();
  return value;
}
