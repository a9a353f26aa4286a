// From what a code says and what the lists say to one verdict.

import { Unreadable, judge, read } from "./claims.js";
import { madeAt, statusOf } from "./lists.js";

const DAY = 24 * 3600;
export const STALE_SECONDS = DAY, SILENT_SECONDS = 30 * DAY;

// Which words are said of each flaw.
const FLAWS = {
  not_a_code: "not_a_code",
  no_facts: "no_facts",
  broken: "altered",
  unknown_algorithm: "altered",
  wrong_signature: "altered",
  swapped: "swapped",
  foreign: "not_ours",
  key_out_of_time: "not_ours",
  future: "clock",
  key_revoked: "key_revoked",
};

// Return {say, notes, claims, age}: `say` names the words, `claims` are the facts, where they were signed
// by us; `age` is that of the lists that were asked. `lists` may be null; `now` in seconds.
export async function verdict(text, lists, now) {
  let scanned;
  try {
    scanned = read(text);
  } catch (error) {
    if (error instanceof Unreadable) return { say: FLAWS[error.flaw], notes: [], claims: null };
    throw error;
  }
  if (!lists) return { say: "no_lists", notes: [], claims: null };
  const { claims } = scanned;
  const { flaw, expired, clockBehind } = await judge(scanned, lists.keys, now);
  if (flaw === "unknown_key") {
    // A key of ours that signed before the list was made would stand on it.
    const say = claims.signedAt <= lists.madeAt || claims.issuer !== lists.issuer ? "not_ours" : "unknown_key";
    return { say, notes: [], claims: null };
  }
  if (flaw) return { say: FLAWS[flaw], notes: [], claims: flaw === "future" ? claims : null };
  if (claims.issuer !== lists.issuer) return { say: "not_ours", notes: [], claims: null };
  const made = madeAt(lists, claims), age = now - made;
  if (age < -DAY) return { say: "clock", notes: [], claims };
  const notes = [];
  if (clockBehind || age < 0) notes.push("clock_behind");
  if (age > STALE_SECONDS) notes.push("stale");
  return { say: standing(claims, statusOf(lists, claims), made, now, expired), notes, claims, age };
}

function standing(claims, status, made, now, expired) {
  // What was revoked stays revoked, however old the list is.
  if (status && status !== "current" && status !== "suspended") return status;
  if (expired) return "expired";
  if (now - made > SILENT_SECONDS) return "lists_too_old";
  // A code is signed while its paper is drawn: lists that are no newer cannot know that it was issued.
  if (claims.signedAt > made) return "newer_than_lists";
  return status ?? "no_lists";
}
