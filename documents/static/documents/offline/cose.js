// COSE_Sign1 with ES256 (RFC 9052), as documents/cose.py writes it.

import { hex } from "./bytes.js";
import { Broken, Tag, list, read as decode } from "./cbor.js";

const ES256 = -7, SIGN1 = 18, ALGORITHM = 1, KEY_ID = 4, TYPE = 16;

export class UnknownAlgorithm extends Broken {}

// Return {keyId, type, protected, payload, signature}; the signature is still to be judged.
export function read(bytes) {
  const tagged = decode(bytes);
  if (!(tagged instanceof Tag) || tagged.number !== SIGN1) throw new Broken();
  if (!Array.isArray(tagged.value) || tagged.value.length !== 4) throw new Broken();
  const [protectedHeaders, unprotected, payload, signature] = tagged.value;
  const shaped = protectedHeaders instanceof Uint8Array && unprotected instanceof Map && !unprotected.size
    && payload instanceof Uint8Array && signature instanceof Uint8Array && signature.length === 64;
  if (!shaped) throw new Broken();
  const headers = decode(protectedHeaders);
  if (!(headers instanceof Map) || !headers.has(ALGORITHM)) throw new Broken();
  if (headers.get(ALGORITHM) !== ES256) throw new UnknownAlgorithm();
  const keyId = headers.get(KEY_ID), type = headers.get(TYPE) ?? "";
  const known = [...headers.keys()].every((each) => [ALGORITHM, KEY_ID, TYPE].includes(each));
  if (!known || !(keyId instanceof Uint8Array) || keyId.length !== 8 || typeof type !== "string") throw new Broken();
  return { keyId: hex(keyId), type, protected: protectedHeaders, payload, signature };
}

export function proves(message, key) {
  const signed = list(["Signature1", message.protected, new Uint8Array(), message.payload]);
  return verifies(key, message.signature, signed);
}

export function verifies(key, signature, signed) {
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, signed);
}

export function imported({ kty, crv, x, y }) {
  return crypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
}
