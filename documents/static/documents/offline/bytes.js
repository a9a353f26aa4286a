// Letters and bytes.

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// Return the bytes of Base32 without padding, or null for letters that no bytes are written in.
export function base32(letters) {
  const bytes = [];
  let value = 0, bits = 0;
  for (const letter of letters) {
    const five = BASE32.indexOf(letter);
    if (five < 0) return null;
    value = value << 5 | five;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push(value >> bits & 255);
    }
    value &= (1 << bits) - 1;
  }
  // Bits behind the last byte would be another text of the same facts.
  return bits >= 5 || value ? null : Uint8Array.from(bytes);
}

// Return the verification code of its ten bytes, or null.
export function verificationId(bytes) {
  if (bytes.length !== 10) return null;
  let value = 0n, code = "";
  for (const each of bytes) value = value << 8n | BigInt(each);
  for (let shift = 75n; shift >= 0n; shift -= 5n) code += CROCKFORD[Number(value >> shift & 31n)];
  return code;
}

export function base64url(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (each) => each.charCodeAt(0));
}

export const hex = (bytes) => Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
export const utf8 = (text) => new TextEncoder().encode(text);
