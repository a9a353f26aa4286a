"""Looking at every file that is kept, and copying all of them from one store into the other."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

from kernel import models
from kernel.files import FileChanged, FileMissing, Store, check
from kernel.files.sealing import SEALED_TYPE

BATCH = 200
# A store answers in some milliseconds, most of which are spent waiting.
HANDS = 8


class Found(StrEnum):
    GOOD = "good"
    COPIED = "copied"
    MISSING = "missing"
    CHANGED = "changed"


BAD = (Found.MISSING, Found.CHANGED)

# A batch of files, each by its hash, in the order of the hashes.
Told = list[tuple[str, Found]]


def count(*, after: str = "") -> int:
    return models.StoredFile.objects.filter(sha256__gt=after, erased_at=None).count()


def looked_at(store: Store, *, after: str = "") -> Iterator[Told]:
    """
    Read every file whose hash comes after `after`, and yield what was found, a batch at a time.

    :raises StorageUnavailable: if the store cannot be had now
    """
    return _all(lambda name, _: _look(name, store), after)


def moved(source: Store, target: Store, *, after: str = "") -> Iterator[Told]:
    """
    Copy what the target does not keep, read each back, and yield what was found there.

    Nothing is deleted, nor written over: it can be broken off and repeated.

    :raises StorageUnavailable: if a store cannot be had now
    """
    return _all(lambda name, media_type: _copy(name, media_type, source, target), after)


def _look(name: str, store: Store) -> Found:
    try:
        check(name, store.get(name))
    except FileMissing:
        return Found.MISSING
    except FileChanged:
        return Found.CHANGED
    return Found.GOOD


def _copy(name: str, media_type: str, source: Store, target: Store) -> Found:
    there = _look(name, target)
    if there != Found.MISSING:
        return there
    try:
        data = source.get(name)
        check(name, data)
        target.put(name, data, media_type)
    except FileMissing:
        return Found.MISSING
    except FileChanged:
        return Found.CHANGED
    there = _look(name, target)
    return Found.COPIED if there == Found.GOOD else there


def _all(treat: Callable[[str, str], Found], after: str) -> Iterator[Told]:
    """Treat each by its name in the store and its type there; no key is needed."""
    rows = models.StoredFile.objects.filter(erased_at=None).order_by("sha256")
    with ThreadPoolExecutor(HANDS) as hands:
        while batch := list(
            rows.filter(sha256__gt=after).values_list("sha256", "sealed_as", "media_type")[:BATCH]
        ):
            found = hands.map(
                lambda row: treat(row[1] or row[0], SEALED_TYPE if row[1] else row[2]), batch
            )
            yield [(row[0], what) for row, what in zip(batch, found, strict=True)]
            after = batch[-1][0]
