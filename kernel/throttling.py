"""How often a machine may ask, counted in a cache that may be lost."""

from typing import Any

import structlog
from django.core.cache import cache as default_cache
from rest_framework.throttling import ScopedRateThrottle

log = structlog.get_logger()


class _CacheThatMayBeGone:
    """All that a throttle asks of the cache; a cache that does not answer remembers nobody."""

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return default_cache.get(key, default)
        # Each kind of cache has errors of its own, and only the wiring knows which one is used.
        except Exception as error:
            log.warning("throttle.no_cache", error=type(error).__name__)
            return default

    def set(self, key: str, value: Any, seconds: float) -> None:
        try:
            default_cache.set(key, value, seconds)
        except Exception as error:
            log.warning("throttle.no_cache", error=type(error).__name__)


class ForgivingThrottle(ScopedRateThrottle):
    """
    The rate of the view's `throttle_scope`; lets everybody pass while the cache is gone.

    What must hold even then, such as a budget against guessing, is a row in the database.
    """

    cache = _CacheThatMayBeGone()  # type: ignore[assignment]
