"""What is new in a service since somebody began to apply for it, in words for her."""

from django.utils.translation import gettext

from catalogue.definition import Definition, Fee
from catalogue.words import tell


def told(before: Definition, now: Definition, language: str) -> list[str]:
    """Return a sentence for each kind of change that she should look at; none where none is."""
    said = []
    asked = [f for f in now.fields.values() if _is_new(before, f.code, now)]
    if asked:
        names = ", ".join(tell(f.labels, language).text for f in asked)
        said.append(gettext("New questions: %(names)s") % {"names": names})
    gone = [f for code, f in before.fields.items() if code not in now.fields]
    if gone:
        names = ", ".join(tell(f.labels, language).text for f in gone)
        said.append(gettext("No longer asked, and not kept: %(names)s") % {"names": names})
    files = [one for code, one in now.slots.items() if code not in before.slots]
    if files:
        names = ", ".join(tell(one.names, language).text for one in files)
        said.append(gettext("New documents: %(names)s") % {"names": names})
    if [_price(fee) for fee in before.fees] != [_price(fee) for fee in now.fees]:
        said.append(gettext("The price has changed."))
    return said


def _is_new(before: Definition, code: str, now: Definition) -> bool:
    earlier = before.fields.get(code)
    return earlier is None or earlier.type != now.fields[code].type


def _price(fee: Fee) -> tuple[object, ...]:
    return (fee.code, fee.amount_minor, fee.currency, fee.when)
