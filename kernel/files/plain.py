"""Files from before files were sealed, sealed where they lie."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import QuerySet

from kernel import files, models
from kernel.files import sealing
from kernel.files.base import FileChanged, FileMissing

BATCH = 100


def count() -> int:
    """Return how many files lie in the store in clear."""
    return _plain().count()


def seal_all() -> Iterator[str]:
    """
    Seal them one by one, and yield each one's name.

    The sealed bytes are there before the row says so, and the plain ones go after it: whoever
    reads meanwhile finds one of the two. What is lost or changed is left, and rings in the log.

    :raises kernel.files.StorageUnavailable: if the store cannot be had now; it can be repeated
    """
    after = ""
    while names := list(_plain().filter(pk__gt=after).values_list("pk", flat=True)[:BATCH]):
        for name in names:
            if _seal(name):
                yield name
        after = names[-1]


def _seal(sha256: str) -> bool:
    try:
        made = sealing.seal(sha256, files.read(sha256))
    except (FileMissing, FileChanged):
        return False
    store = files.named(settings.FILES_STORAGE)
    store.put(made.name, made.data, media_type=sealing.SEALED_TYPE)
    if not _plain().filter(pk=sha256).update(sealed_as=made.name, data_key=made.key):
        store.drop(made.name)  # Somebody else was here.
        return False
    store.drop(sha256)
    return True


def _plain() -> QuerySet[models.StoredFile]:
    return models.StoredFile.objects.filter(sealed_as="", data_key=None, erased_at=None).order_by(
        "pk"
    )
