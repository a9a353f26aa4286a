"""Whom entries and events concern, as indexes that are compared and never read back."""

from collections.abc import Iterable

from kernel.crypto import blind_index
from registers.matching import clean_national_id


def person_indexes(national_ids: Iterable[str]) -> list[bytes]:
    """Return the blind index of each number once, in order; an empty number has none."""
    clean = {clean_national_id(number) for number in national_ids} - {""}
    return sorted(blind_index("national_id", number) for number in clean)
