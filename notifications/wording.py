"""
What our messages say, and how a text fits an SMS.

A template is `templates/sms/<code>.txt`. None names a person or a certificate: a phone is shared,
lent, read aloud. GSM 03.38 gives 160 letters to a part (153 when there are several); one letter
outside its alphabet leaves 70, so such letters are written by their nearest GSM ones.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from kernel import references

PARTS_MAX = 3
_VALUE_LENGTH_MAX = 60
_LINK_LENGTH_MAX = 120
_A_WEEK = timedelta(days=7)

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€")
_NEAREST = str.maketrans(
    {
        "\u2019": "'",
        "\u2018": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2011": "-",
        "\u2026": "...",
        "\u0153": "oe",
        "\u0152": "OE",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
    }
)


class WrongContext(Exception):
    """A template is unknown, or was given names or values that it cannot use."""


class TooLong(Exception):
    """The text would need more parts than we pay for."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """One kind of message: the names it needs, the names it can use, and how it is kept."""

    needs: frozenset[str]
    uses: frozenset[str] = frozenset()
    # A secret's text is erased as soon as it need not be sent again.
    secret: bool = False
    useful_for: timedelta | None = None


TEMPLATES: Mapping[str, Template] = {
    "code": Template(
        needs=frozenset({"code", "minutes"}), secret=True, useful_for=timedelta(minutes=10)
    ),
    # Said aloud to a helper by whoever agrees to be helped.
    "consent": Template(
        needs=frozenset({"code", "organisation", "fee"}),
        secret=True,
        useful_for=timedelta(minutes=10),
    ),
    # To an address that somebody says is hers.
    "email_code": Template(
        needs=frozenset({"code", "minutes"}), secret=True, useful_for=timedelta(minutes=10)
    ),
    # How somebody signs in was changed: whoever did not do it asks for help.
    "factor_changed": Template(needs=frozenset()),
    # To the old number, of a person who moves to another.
    "phone_change": Template(needs=frozenset({"until"})),
    "phone_change_counter": Template(needs=frozenset()),
    "phone_changed": Template(needs=frozenset()),
    # Somebody wants to be forgotten: each step is told, as long as there is somebody to tell.
    "erasure_asked": Template(needs=frozenset()),
    "erasure_approved": Template(needs=frozenset({"until"})),
    "erasure_declined": Template(needs=frozenset()),
    "erasure_withdrawn": Template(needs=frozenset()),
    "erasure_kept": Template(needs=frozenset()),
    "helped": Template(needs=frozenset({"number", "organisation", "word"})),
    "help_ended": Template(needs=frozenset({"number"})),
    # To a phone that wrote something that we could do nothing about, once a day.
    "how_to_stop": Template(needs=frozenset({"word"})),
    # To whoever left her answers: where she goes on. It opens nothing without a code.
    "draft_link": Template(needs=frozenset({"link", "until"})),
    "submitted": Template(needs=frozenset({"reference", "amount"}), uses=frozenset({"until"})),
    "paid": Template(needs=frozenset({"number"}), uses=frozenset({"amount"})),
    "payment_held": Template(needs=frozenset({"number", "amount", "reference"})),
    "payment_restored": Template(needs=frozenset({"number"})),
    "debt": Template(needs=frozenset({"amount", "reference"})),
    "completion_asked": Template(needs=frozenset({"number"}), uses=frozenset({"link"})),
    "approved": Template(needs=frozenset({"number"})),
    "issued": Template(needs=frozenset({"number"})),
    "refused": Template(needs=frozenset({"number"})),
    "refused_again": Template(needs=frozenset({"number"})),
    "appealed": Template(needs=frozenset({"number"})),
    # Its code gives the paper to whoever says it at the counter.
    "ready": Template(needs=frozenset({"number", "office", "code"}), secret=True),
    "still_ready": Template(needs=frozenset({"number"})),
    "collected": Template(needs=frozenset({"number"})),
    "late": Template(needs=frozenset({"number", "until"})),
    "paper_changed": Template(needs=frozenset({"number"})),
    "paper_ended": Template(needs=frozenset({"number"})),
    # To the head of an office; whose key it is stands at the desk.
    "key_ending": Template(needs=frozenset({"until"})),
    "key_ended": Template(needs=frozenset()),
    "case_unassigned": Template(needs=frozenset()),
    "uncollected": Template(needs=frozenset()),
    "transferred_often": Template(needs=frozenset({"number"})),
    "papers_without_key": Template(needs=frozenset({"count"})),
    # To whoever supervises an office; which cases it is about stands at the desk.
    "escalated": Template(needs=frozenset()),
    "hand_over_overdue": Template(needs=frozenset()),
    "family_unknown": Template(needs=frozenset()),
    # To those who keep services right. After some days the desk says it better.
    "pages_due": Template(needs=frozenset({"count"}), useful_for=_A_WEEK),
    "pages_soon": Template(needs=frozenset({"count"}), useful_for=_A_WEEK),
    "pages_told": Template(needs=frozenset({"count"}), useful_for=_A_WEEK),
    "pages_unkept": Template(needs=frozenset({"count"}), useful_for=_A_WEEK),
    "draft_waits": Template(needs=frozenset(), useful_for=_A_WEEK),
    "draft_returned": Template(needs=frozenset(), useful_for=_A_WEEK),
    "draft_approved": Template(needs=frozenset(), useful_for=_A_WEEK),
}


def template(code: str) -> Template:
    """:raises WrongContext: if there is no such template"""
    try:
        return TEMPLATES[code]
    except KeyError:
        raise WrongContext(f"no template {code!r}") from None


def sms(*, code: str, language: str, context: Mapping[str, str]) -> str:
    """
    Return the text of an SMS in the language, in English where the language has no words yet.

    :param context: exactly the names the template needs, any that it uses, short plain values
    :raises WrongContext: on an unknown template, a missing or strange name, a value with control
        characters or longer than a name or number can be
    :raises TooLong: if the text would need more than PARTS_MAX parts
    """
    text = gsm(plain(code=code, language=language, context=context))
    if parts(text) > PARTS_MAX:
        raise TooLong(code)
    return text


def plain(*, code: str, language: str, context: Mapping[str, str]) -> str:
    """
    Return the words of an SMS as they are written, for a channel that carries any letter.

    :raises WrongContext: as `sms`
    """
    kind = template(code)
    names = frozenset(context)
    if not kind.needs <= names <= kind.needs | kind.uses:
        raise WrongContext(f"{code}: {sorted(names ^ kind.needs)}")
    values = {name: _checked(name, value) for name, value in context.items()}
    if "reference" in values:
        digits = references.normalise(values["reference"])
        values["reference"] = references.spaced(digits) if digits else values["reference"]
    with translation.override(language):
        return " ".join(render_to_string(f"sms/{code}.txt", values).split())


def subject(language: str) -> str:
    """Return what stands above such words in a mail; it says nothing of what it is about."""
    with translation.override(language or settings.LANGUAGE_CODE):
        return gettext("A message from Guichet")


def email(*, code: str, language: str, context: Mapping[str, object]) -> tuple[str, str]:
    """Return subject and text of a mail in the language: the first line, and what follows it."""
    with translation.override(language or settings.LANGUAGE_CODE):
        subject, _, text = render_to_string(f"email/{code}.txt", dict(context)).partition("\n")
    return " ".join(subject.split()), text.strip() + "\n"


def gsm(text: str) -> str:
    """
    Return the text in letters of GSM 03.38, or unchanged where some have no near equal.

    A French "être" becomes "etre"; a Kinyarwanda text is untouched; a script of its own stays
    whole, because a text half replaced helps nobody.
    """
    nearest = "".join(_nearest(letter) for letter in unicodedata.normalize("NFC", text))
    return nearest if _is_gsm(nearest) else text


def parts(text: str) -> int:
    """Return how many SMS the text needs (GSM 03.38 and 03.40: 160/153 septets, 70/67 UCS-2)."""
    if _is_gsm(text):
        size = sum(2 if letter in GSM_EXTENDED else 1 for letter in text)
        one, each = 160, 153
    else:
        size, one, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if size <= one else -(-size // each)


def _checked(name: str, value: str) -> str:
    most = _LINK_LENGTH_MAX if name == "link" else _VALUE_LENGTH_MAX
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise WrongContext(name)
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in value):
        raise WrongContext(name)
    return value


def _is_gsm(text: str) -> bool:
    return all(letter in GSM_BASIC or letter in GSM_EXTENDED for letter in text)


def _nearest(letter: str) -> str:
    if letter in GSM_BASIC or letter in GSM_EXTENDED:
        return letter
    plain = letter.translate(_NEAREST)
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))
