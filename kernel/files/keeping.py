"""Looking at every file that is kept, and copying all of them from one store into the other."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

from kernel import models
from kernel.files import FileChanged, FileMissing, Store, check

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
    return models.StoredFile.objects.filter(sha256__gt=after).count()


def looked_at(store: Store, *, after: str = "") -> Iterator[Told]:
    """
    Read every file whose hash comes after `after`, and yield what was found, a batch at a time.

    :raises StorageUnavailable: if the store cannot be had now
    """
    return _all(lambda sha256, _: _look(sha256, store), after)


def moved(source: Store, target: Store, *, after: str = "") -> Iterator[Told]:
    """
    Copy what the target does not keep, read each back, and yield what was found there.

    Nothing is deleted, nor written over: it can be broken off and repeated.

    :raises StorageUnavailable: if a store cannot be had now
    """
    return _all(lambda sha256, media_type: _copy(sha256, media_type, source, target), after)


def _look(sha256: str, store: Store) -> Found:
    try:
        check(sha256, store.get(sha256))
    except FileMissing:
        return Found.MISSING
    except FileChanged:
        return Found.CHANGED
    return Found.GOOD


def _copy(sha256: str, media_type: str, source: Store, target: Store) -> Found:
    there = _look(sha256, target)
    if there != Found.MISSING:
        return there
    try:
        data = source.get(sha256)
        check(sha256, data)
        target.put(sha256, data, media_type)
    except FileMissing:
        return Found.MISSING
    except FileChanged:
        return Found.CHANGED
    there = _look(sha256, target)
    return Found.COPIED if there == Found.GOOD else there


def _all(treat: Callable[[str, str], Found], after: str) -> Iterator[Told]:
    rows = models.StoredFile.objects.order_by("sha256").values_list("sha256", "media_type")
    with ThreadPoolExecutor(HANDS) as hands:
        while batch := list(rows.filter(sha256__gt=after)[:BATCH]):
            found = hands.map(lambda row: treat(*row), batch)
            yield [(sha256, what) for (sha256, _), what in zip(batch, found, strict=True)]
            after = batch[-1][0]
