"""
How often anybody may ask, counted in a cache that may be lost.

Machines by the scopes of the REST framework; pages by the table of rules here. What must hold even
while the cache is gone, such as a budget against guessing, is a row in the database instead
(`accounts.limits`, `documents` for verifying, `applications` for tracking).
"""

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog
from django.conf import settings
from django.core.cache import cache as default_cache
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle

from kernel.addresses import address

log = structlog.get_logger()

MINUTE_SECONDS, HOUR_SECONDS = 60, 3600
# Outside production every browser, and every citizen of the journey, is at one address.
_ON_ONE_MACHINE = 100


@dataclass(frozen=True)
class Rule:
    """At most `times` in `seconds` from one address, or by one account, whatever her address."""

    name: str
    times: int
    seconds: int = MINUTE_SECONDS
    by: Literal["address", "account"] = "address"
    methods: frozenset[str] = field(default=frozenset({"GET", "HEAD"}))


_SENT = frozenset({"POST"})
# Many people share the address of a mobile network: these stop a machine, not a crowd.
_SEARCH = Rule("search", 300)
_VERIFY = Rule("verify", 300)
_FILE = Rule("verify.file", 60, methods=_SENT)
_MONEY = Rule("find", 120, methods=_SENT)
_SIGN_IN = Rule("sign_in", 120, methods=_SENT)
_APPLY = Rule("apply", 60, methods=_SENT)
# Each visit is a row of sessions, whatever the token.
_INVITED = Rule("invitation", 60)
# Each challenge is a row, drawn before anybody has shown who she is.
_CHALLENGE = Rule("passkey", 120, methods=_SENT)
# A code by mail, to an address that whoever types it need not own.
_MAILED = Rule("email", 30, HOUR_SECONDS, by="account", methods=_SENT)
# What asks the population register about somebody: a parent adds her children, a counter has a
# queue before it.
_FAMILY = Rule("family", 30, HOUR_SECONDS, by="account", methods=_SENT)
_COUNTER = Rule("desk.people", 120, HOUR_SECONDS, by="account", methods=_SENT)
# A district registers and looks after some hundred agents a year.
_LICENCES = Rule("desk.agents", 60, HOUR_SECONDS, by="account", methods=_SENT)
# What costs a query over many rows, or takes away many of them: a person at a desk.
_DESK = Rule("desk.search", 120, by="account")
_TAKEN = Rule("desk.files", 120, HOUR_SECONDS, by="account")

# By the name of the address. What is not here costs a constant number of short queries.
RULES: dict[str, Rule] = {
    "catalogue:search": _SEARCH,
    "catalogue:remark": Rule("remark", 30, methods=_SENT),
    "documents:verify_id": _VERIFY,
    "documents:verify": _FILE,
    "payments:find": _MONEY,
    "payments:find_claim": _MONEY,
    "accounts:sign_in": _SIGN_IN,
    "accounts:code": _SIGN_IN,
    "accounts:code_again": _SIGN_IN,
    "accounts:who": _SIGN_IN,
    "accounts:staff_sign_in": _SIGN_IN,
    "accounts:second": _SIGN_IN,
    "accounts:invited": _INVITED,
    "accounts:passkey_sign_in": _SIGN_IN,
    "accounts:passkey_challenge": _CHALLENGE,
    "accounts:email": _MAILED,
    "accounts:ward_add": _FAMILY,
    "accounts:agents": Rule("agents", 300),
    "accounts:agent_licences": _DESK,
    "accounts:agent_register": _LICENCES,
    "accounts:agent_licence": _LICENCES,
    "accounts:agent_stop": _LICENCES,
    "accounts:meet": _COUNTER,
    "accounts:mend_phone": _COUNTER,
    "accounts:guardians": _COUNTER,
    "applications:start": _APPLY,
    "applications:saved_later": _SIGN_IN,
    "applications:saved_phone": _SIGN_IN,
    "applications:track": Rule("track", 120, methods=_SENT),
    "applications:desk_search": _DESK,
    "payments:board_search": _DESK,
    "accounts:rights": _DESK,
    "accounts:people": _DESK,
    "accounts:rights_csv": _TAKEN,
    "applications:head_csv": _TAKEN,
    "documents:papers_csv": _TAKEN,
    "payments:board_figure_csv": _TAKEN,
    "payments:control_register_csv": _TAKEN,
    "payments:suspense_export": _TAKEN,
    "reports:download": _TAKEN,
    "reports:make": Rule("reports", 60, HOUR_SECONDS, by="account", methods=_SENT),
}


def count(rule: Rule, whom: str) -> int:
    """
    Count one more, and return 0, or the seconds after which the next is taken.

    A cache that does not answer counts nobody. `whom` is kept as a hash, and for one window.
    """
    now = time.time()
    window, into = divmod(int(now), rule.seconds)
    key = f"rule:{rule.name}:{hashlib.sha256(whom.encode()).hexdigest()[:32]}:{window}"
    most = rule.times if settings.PRODUCTION else rule.times * _ON_ONE_MACHINE
    try:
        default_cache.add(key, 0, rule.seconds)
        counted = default_cache.incr(key)
    # Each kind of cache has errors of its own; ValueError: it forgot the key in between.
    except Exception as error:
        log.warning("throttle.no_cache", error=type(error).__name__)
        return 0
    if counted <= most:
        return 0
    log.warning("throttle.refused", rule=rule.name)
    return rule.seconds - into


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

    def get_ident(self, request: Request) -> str:
        """Return whom it counts, as the pages do: of IPv6 the subscriber's network, as a hash."""
        return hashlib.sha256(address(request).encode()).hexdigest()[:32]
