"""
One hint at a time: who finds that a look has been asked for already need not ask again.

The mark stands from the asking until the look begins, and not to its end: whatever is committed
after that is a reason to ask anew. It is kept where the hints are, and is worth as little: one that
is lost with its task lapses, and the sweep has found the row by then.
"""

from contextlib import suppress

from django.core.cache import cache

# A hint that waited for longer may have been lost, and is given again.
STANDS_SECONDS = 2


def is_first(name: str) -> bool:
    """Mark that somebody is about to ask for this look; False if one has been asked for already."""
    try:
        return cache.add(_key(name), 1, timeout=STANDS_SECONDS)
    except Exception:  # Whatever the cache raises: a hint too many does no harm.
        return True


def begun(name: str) -> None:
    """Take the mark off: the look begins, and sees what is committed until now."""
    with suppress(Exception):  # Whatever the cache raises: the mark lapses by itself.
        cache.delete(_key(name))


def _key(name: str) -> str:
    return f"hint:{name}"
