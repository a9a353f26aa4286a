"""A verdict in plain words, in the reader's language: what it is, its parts, and what to do."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from documents.verdicts.outcomes import (
    Finding,
    Integrity,
    Issuer,
    Outcome,
    PublicPaper,
    Status,
    Verdict,
)


@dataclass(frozen=True)
class Part:
    """One of the three parts: a word, what it means, and "good", "bad" or ""."""

    word: str
    meaning: str
    tone: str


@dataclass(frozen=True)
class Words:
    title: str
    sentence: str
    advice: str
    integrity: Part
    status: Part
    issuer: Part


def words(verdict: Verdict, *, by_file: bool = False) -> Words:
    """:param by_file: whether a file was handed over, and not something typed or scanned"""
    return Words(
        title=title(verdict.outcome),
        sentence=sentence(verdict),
        advice=_advice(verdict, by_file=by_file),
        integrity=_integrity(verdict),
        status=_status(verdict),
        issuer=_issuer(verdict),
    )


def title(outcome: Outcome) -> str:
    return {
        Outcome.CURRENT: _("Genuine and current"),
        Outcome.SUPERSEDED: _("Replaced by a newer paper"),
        Outcome.ENDED: _("No longer true"),
        Outcome.REVOKED: _("Revoked"),
        Outcome.SUSPENDED: _("Suspended"),
        Outcome.EXPIRED: _("Expired"),
        Outcome.ALTERED: _("Altered"),
        Outcome.NOT_OURS: _("Not ours"),
        Outcome.COULD_NOT_CHECK: _("Could not check"),
    }[outcome]


def sentence(verdict: Verdict) -> str:
    """Return the one plain sentence that says what the verdict is."""
    if verdict.outcome is Outcome.ALTERED:
        return _altered(verdict.finding)
    if verdict.outcome is Outcome.NOT_OURS:
        return _not_ours(verdict.finding)
    if verdict.outcome is Outcome.COULD_NOT_CHECK:
        return _could_not_check(verdict.finding)
    if verdict.outcome is Outcome.CURRENT:
        if verdict.integrity is Integrity.INTACT:
            return _("This file is exactly the one that was issued, and it is valid today.")
        return _("A paper with this code was issued, and it is valid today.")
    return _ended(verdict)


def _ended(verdict: Verdict) -> str:
    day = {"day": _day(verdict.since)}
    if verdict.outcome is Outcome.REVOKED:
        reason = reason_words(verdict.reason)
        told = _("We issued this paper and revoked it on %(day)s.") % day
        return (
            _("%(sentence)s Reason: %(reason)s.") % {"sentence": told, "reason": reason}
            if (reason)
            else told
        )
    return {
        Outcome.SUPERSEDED: _("We issued this paper and replaced it by a newer one on %(day)s."),
        Outcome.ENDED: _("We issued this paper; what it says is no longer true since %(day)s."),
        Outcome.SUSPENDED: _(
            "We issued this paper; since %(day)s it is being looked into and not in force."
        ),
        Outcome.EXPIRED: _("We issued this paper; it was valid until %(day)s."),
    }[verdict.outcome] % day


def reason_words(code: str) -> str:
    """Return the class of a revocation's reason; "" for one that has no words."""
    return {
        "issued_in_error": _("it was issued in error"),
        "facts_wrong": _("what it says is wrong"),
        "fraud": _("it was obtained by deceit"),
        "register_corrected": _("the register was corrected"),
        "holder_asked": _("its holder asked for it"),
        "court_order": _("a court ordered it"),
    }.get(code, "")


def _altered(finding: Finding) -> str:
    return {
        Finding.DRAFT: _("This is a draft of one of our papers: the office's seal is missing."),
        Finding.ADDED: _(
            "This file begins with one of our papers, and it was changed after we sealed it."
        ),
        Finding.ARCHIVED: _(
            "This is one of our papers, and another program added archive data to the file."
        ),
        Finding.CHANGED: _(
            "Our signature is in this file, but the file is not the one that we signed: it was "
            "changed, saved again by another program, or the signature was moved here."
        ),
        Finding.CUT_OFF: _("This file bears our marks and is incomplete: its end is missing."),
        Finding.UNSIGNED: _("This file bears the number of one of our papers, and no signature."),
        Finding.RESIGNED: _(
            "This file bears the number of one of our papers, but somebody else signed it."
        ),
        Finding.KEY_WITHDRAWN: _(
            "This file is signed with a key of ours that is not in force, and we never issued it."
        ),
        Finding.OTHER_FILE: _("The file is not the one that was issued under this code."),
        Finding.LOCKED: _("This file bears our marks, and somebody locked it with a password."),
    }.get(finding, _("This file claims to be one of our papers, but it is not what was issued."))


def _not_ours(finding: Finding) -> str:
    return {
        Finding.FOREIGN: _("This file is signed, but by somebody else. We have not issued it."),
        Finding.PRETENDS: _(
            "This file shows a certificate of ours, but somebody else signed it. We have not "
            "issued it."
        ),
        Finding.LOCKED: _("This file is locked with a password. Our papers never are."),
        Finding.UNREADABLE: _(
            "This file is broken or incomplete: it cannot be read. Our papers never are."
        ),
    }.get(finding, _("We have not issued this."))


def _could_not_check(finding: Finding) -> str:
    return {
        Finding.BUSY: _("Many files are being checked just now, and yours was not looked at."),
        Finding.LOST: _(
            "Our signatures in this file are right, but we do not find it in our books. We look "
            "into it."
        ),
    }.get(finding, _("We could not find out."))


def _advice(verdict: Verdict, *, by_file: bool) -> str:
    if verdict.outcome is Outcome.CURRENT:
        return _(
            "Compare every line below with the paper in your hand. If one differs, do not rely "
            "on it. A paper says nothing about who carries it: ask for an identity document too."
        )
    if verdict.outcome is Outcome.COULD_NOT_CHECK:
        return _("This says nothing about the paper, neither good nor bad. Try again in a minute.")
    if verdict.outcome is Outcome.NOT_OURS and by_file:
        return _("Do not rely on this file as a paper of ours.")
    if verdict.outcome is Outcome.NOT_OURS:
        return _(
            "If you typed a number and a code, compare them with the paper once more. If they "
            "are right, do not rely on the paper."
        )
    if verdict.outcome is Outcome.ALTERED:
        if verdict.finding is Finding.ARCHIVED:
            return _("No page was changed. To be certain, ask for the file as it was issued.")
        return _("Do not rely on this file. Ask the holder for the one that was issued.")
    if verdict.outcome is Outcome.SUSPENDED:
        return _("Do not rely on it for now. Check it again in some days.")
    return _("Do not rely on it. Ask the holder for a new paper.")


def _integrity(verdict: Verdict) -> Part:
    return {
        Integrity.INTACT: Part(_("Yes"), _("The file is the one that was issued."), "good"),
        Integrity.ALTERED: Part(_("No"), _("The file is not the one that was issued."), "bad"),
        Integrity.NOT_COMPARED: Part(
            _("Not compared"), _("Only the file itself can show this."), ""
        ),
    }[verdict.integrity]


def _status(verdict: Verdict) -> Part:
    if verdict.outcome is Outcome.ALTERED and verdict.status is Status.CURRENT:
        meaning = _("The original is in force; this file is not.")
        return Part(_("Only the original"), meaning, "bad")
    if verdict.status is Status.CURRENT:
        return Part(_("Yes"), _("It has not been replaced or withdrawn."), "good")
    if verdict.status is Status.UNKNOWN:
        meaning = _("We can say this only of a paper that we have issued.")
        return Part(_("Not known"), meaning, "")
    return Part(_("No"), title(Outcome(verdict.status.value)) + ".", "bad")


def _issuer(verdict: Verdict) -> Part:
    if verdict.outcome is Outcome.ALTERED and verdict.issuer is Issuer.OURS:
        meaning = _("The original is ours; this file is not what we issued.")
        return Part(_("Only the original"), meaning, "bad")
    if verdict.issuer is Issuer.OURS and verdict.paper is not None:
        return Part(_("Yes"), _issued_how(verdict.paper), "good")
    if verdict.issuer is Issuer.NOT_OURS:
        return Part(_("No"), "", "bad")
    if verdict.outcome is Outcome.ALTERED:
        return Part(_("Not known"), _("The original may be ours; this file is not."), "")
    return Part(_("Not known"), "", "")


def _issued_how(paper: PublicPaper) -> str:
    if paper.signed_by_officer:
        return _("Signed by an officer and sealed by the office.")
    if paper.entry is None:  # A letter of the office.
        return _("Sealed by the office.")
    return _("Sealed by the office; the register issues this paper by itself.")


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else _("not known")
