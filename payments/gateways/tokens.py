"""
Tokens of providers, one for all processes.

Some providers forget the former token whenever a new one is asked for (Daraja's page says so), so
that workers with a token each would go on killing each other's. The token therefore stands in the
cache, encrypted, and one process at a time fetches it while the others wait. Without the cache each
process has its own, which costs calls and loses nothing: who is not admitted asks for a new one.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeVar

import structlog
from django.core.cache import cache

from kernel import crypto

log = structlog.get_logger()

# A token is renewed this long before the provider forgets it, so that none dies on the way.
MARGIN_SECONDS = 60.0
GOOD_SECONDS_MAX = 30 * 86400
# How long one process may fetch before another may try, and how long anybody waits for it. A fetch
# has the limits of `http.py`; errands hold leases, so nobody waits it out to the end.
FETCHING_SECONDS = 20
WAITING_SECONDS = 6.0
_PAUSE_SECONDS = 0.05

# Returns the token and the seconds it is good for; raises NoToken.
Fetch = Callable[[], tuple[str, float]]

T = TypeVar("T")


class NoToken(Exception):
    """The provider gave us no token in time, so nothing has been asked of anybody."""


class _CacheAway(Exception):
    """The cache says nothing; each process is on its own."""


def get(name: str, fetch: Fetch) -> str:
    """
    Return the token of this name, fetched once for all who ask at the same time.

    :param name: names provider and login; only its hash is written anywhere
    :raises NoToken: if `fetch` does, or if whoever fetches takes too long
    """
    try:
        return _read(name) or _fetch_for_all(name, fetch)
    except _CacheAway:
        return _fetch_for_us(name, fetch)


def forget(name: str, token: str) -> None:
    """Forget this token, which the provider did not admit; a newer one stays."""
    own = _own_of(name)
    with own.lock:
        if own.token == token:
            own.token = ""  # nosec B105
    try:
        # Only who holds the lock writes: a newer token is never deleted for an older one.
        with _alone(name):
            if _read(name) == token:
                _write(name, "", 0.0)
    except (_CacheAway, NoToken):
        pass  # Somebody is fetching just now, or there is nothing to forget.


def _fetch_for_all(name: str, fetch: Fetch) -> str:
    with _alone(name):
        held = _read(name)
        if held:
            return held
        token, seconds = fetch()
        try:
            _write(name, token, seconds)
        except _CacheAway:
            _keep_own(name, token, seconds)
        return token


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """
    Hold the right to fetch; the threads of this process wait in front of it one by one.

    :raises NoToken: if others hold it for too long
    """
    give_up_at = time.monotonic() + WAITING_SECONDS
    own = _own_of(name)
    if not own.queue.acquire(timeout=WAITING_SECONDS):
        raise NoToken
    try:
        mine, key = secrets.token_hex(8), f"{_key(name)}:fetching"
        while not _ask_cache(lambda: cache.add(key, mine, FETCHING_SECONDS)):
            if time.monotonic() > give_up_at:
                raise NoToken
            time.sleep(_PAUSE_SECONDS)
        try:
            yield
        finally:
            _let_go(key, mine)
    finally:
        own.queue.release()


def _let_go(key: str, mine: str) -> None:
    try:
        if _ask_cache(lambda: cache.get(key)) == mine:
            _ask_cache(lambda: cache.delete(key))
    except _CacheAway:
        pass  # It ends by itself after its time.


def _read(name: str) -> str:
    held = _ask_cache(lambda: cache.get(_key(name)))
    if not isinstance(held, bytes):
        return ""
    try:
        return crypto.decrypt(held)
    except crypto.CannotDecrypt:
        return ""  # Written under a key that is gone.


def _write(name: str, token: str, seconds: float) -> None:
    good_for = seconds - MARGIN_SECONDS
    # Nor is one kept that is good for ever, or for no number of seconds at all.
    if not token or not 1 <= good_for <= GOOD_SECONDS_MAX:
        _ask_cache(lambda: cache.delete(_key(name)))
    else:
        _ask_cache(lambda: cache.set(_key(name), crypto.encrypt(token), int(good_for)))


def _ask_cache(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except Exception as trouble:
        # Each kind of cache has errors of its own, and none may keep us from money.
        log.warning("tokens.no_cache", trouble=type(trouble).__name__)
        raise _CacheAway from None


def _key(name: str) -> str:
    return f"token:{sha256(name.encode()).hexdigest()}"


# --- without the cache ------------------------------------------------------------------------


@dataclass
class _Own:
    """The token that only this process knows, and the queue of its threads for any token."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    queue: threading.Lock = field(default_factory=threading.Lock)
    token: str = field(default="", repr=False)
    good_until: float = 0.0


def _fetch_for_us(name: str, fetch: Fetch) -> str:
    own = _own_of(name)
    with own.lock:
        if own.token and time.monotonic() < own.good_until:
            return own.token
        own.token, seconds = fetch()
        own.good_until = time.monotonic() + seconds - MARGIN_SECONDS
        return own.token


def _keep_own(name: str, token: str, seconds: float) -> None:
    own = _own_of(name)
    with own.lock:
        own.token, own.good_until = token, time.monotonic() + seconds - MARGIN_SECONDS


_all_own: dict[str, _Own] = {}
_all_own_lock = threading.Lock()


def _own_of(name: str) -> _Own:
    with _all_own_lock:
        return _all_own.setdefault(name, _Own())
