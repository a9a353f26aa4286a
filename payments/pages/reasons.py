"""Why a message of a provider posted nothing, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_ALL: Mapping[str, Promise] = {
    "tells_no_money": _("In order: it tells of no money that moved"),
    "not_a_credit": _("In order: it tells of money that did not come to us"),
    "said_twice": _("In order: another message says the same"),
    "no_json": _("It is not in the form that the contract asks for"),
    "message_missing": _("Its text is not kept any more"),
    "unknown_rail": _("It comes from a network or bank that is not set up"),
    "unknown_kind": _("Nothing here reads messages of this kind"),
    "unknown_type": _("It is of a type that the contract does not name"),
    "unknown_status": _("Its status is one that the contract does not name"),
    "other_transaction": _("It answers about another payment than was asked about"),
    "unknown_question": _("It answers a question that nobody asked"),
    "unknown_attempt": _("It is about a payment that was never begun here"),
    "too_many_questions": _("More questions wait for this network than can be asked"),
}


def in_words(code: str) -> Promise | str:
    """Return what a reason says; one that nobody foresaw stays as it is."""
    if code in _ALL:
        return _ALL[code]
    if code.startswith("no_"):
        return _("Something that it must say is missing")
    if code.startswith("bad_"):
        return _("Something in it cannot be true: an amount, a time, a number")
    if code.startswith("refused: "):
        return _("PostgreSQL refused to post it, again and again")
    return code
