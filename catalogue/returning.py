"""When fees go back: what a definition may say of it, and how a page tells it."""

from collections.abc import Iterable

from catalogue.parts import Fee, Returnable
from catalogue.strict import BadDefinition
from payments.states import ReturnWhen

_ALONE = (ReturnWhen.NEVER, ReturnWhen.UNPUBLISHED)


def check(promise: Returnable, where: str) -> None:
    """
    Refuse a promise that is unclear, or of which nobody says where it was read.

    :param where: its place in the definition
    :raises BadDefinition: naming the key that is wrong
    """
    if not promise.when:
        raise BadDefinition(f"{where}.when: at least one")
    for when in promise.when:
        if when not in ReturnWhen.values:
            known = ", ".join(ReturnWhen.values)
            raise BadDefinition(f'{where}.when: unknown "{when[:60]}"; known are {known}')
        if promise.when.count(when) > 1:
            raise BadDefinition(f'{where}.when: "{when}" stands twice')
        if when in _ALONE and len(promise.when) > 1:
            raise BadDefinition(f'{where}.when: "{when}" stands alone')
    is_published = ReturnWhen.UNPUBLISHED not in promise.when
    if promise.law and not is_published:
        raise BadDefinition(f"{where}.law: nothing is published, and so no law")
    if ReturnWhen.OTHER in promise.when and not promise.words:
        raise BadDefinition(f"{where}.words: missing; only they say when")
    if not promise.source and (is_published or promise.words):
        raise BadDefinition(f"{where}.source: missing; where was it read?")
    if promise.source and not promise.source.startswith(("https://", "http://")):
        raise BadDefinition(f"{where}.source: no web address")


def together(fees: Iterable[Fee]) -> list[tuple[dict[str, object], list[Fee]]]:
    """Return each promise once, with the fees that make it, in their order."""
    told: list[tuple[dict[str, object], list[Fee]]] = []
    for fee in fees:
        for promise, alike in told:
            if promise == fee.promise:
                alike.append(fee)
                break
        else:
            told.append((fee.promise, [fee]))
    return told
