"""What one entry of a statement means, before we look at what we know. Pure."""

import re
from collections.abc import Iterable, Sequence

from kernel import references
from payments.posting.soundness import REFERENCE_MAX, storable
from payments.statements import Entry
from payments.states import Leg

# Twelve digits by themselves, with or without the head of the creditor reference.
_ALONE = re.compile(r"(?<![0-9A-Za-z])(?:RF\d\d)?(\d{12})(?![0-9A-Za-z])", re.ASCII)
# As people type it, with letters that look like digits, or as banks write it.
_WHOLE = re.compile(r"[0-9A-Z]{12}|RF\d{14}", re.ASCII | re.IGNORECASE)
_GAPS = re.compile(r"[\s.\-/]+")
_RUNS = re.compile(r"\d{12,}", re.ASCII)


def leg(entry: Entry) -> Leg | None:
    """
    Say which leg of money a booked entry is; None: it moved none.

    Money that comes in is a collection, though its mark may say "reversal of a debit" (RD); what
    goes out with such a mark (RC) takes a collection back. Whether a withdrawal is the payout of a
    refund, or a credit the arrival of a sweep, only our own books can say.
    """
    if entry.amount_minor == 0:
        return None
    if entry.amount_minor > 0:
        return Leg.CREDIT
    if entry.is_reversal:
        return Leg.REVERSAL
    return {"charge": Leg.CHARGE, "sweep": Leg.SWEEP}.get(entry.kind, Leg.WITHDRAWAL)


def reference(texts: Sequence[str]) -> str:
    """
    Return the 12 digits of ours that the texts carry; else the first text, as told.

    Only where they carry exactly one: a text that is a reference goes before digits that stand by
    themselves in one, and these before any window of a longer row of digits. Where they carry
    several, nothing is returned by which the engine could take one of them.
    """
    for found in (_whole(texts), _alone(texts), _windows(texts)):
        if len(found) == 1:
            return found.pop()
        if found:
            break
    cut = (storable(text)[:REFERENCE_MAX] for text in texts)
    return next((text for text in cut if references.normalise(text) is None), "")


def _whole(texts: Iterable[str]) -> set[str]:
    return {
        found
        for text in texts
        if _WHOLE.fullmatch(_GAPS.sub("", text)) and (found := references.normalise(text))
    }


def _alone(texts: Iterable[str]) -> set[str]:
    return {one for text in texts for one in _ALONE.findall(text) if references.is_valid(one)}


def _windows(texts: Iterable[str]) -> set[str]:
    # A reference may be typed in groups, and a bank's text be longer than `normalise` reads.
    runs = (run for text in texts for run in _RUNS.findall(_GAPS.sub("", text)))
    windows = (
        run[at : at + references.LENGTH]
        for run in runs
        for at in range(len(run) - references.LENGTH + 1)
    )
    return {window for window in windows if references.is_valid(window)}
