"""How often each thing may be done; every number can be set in the settings."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

# What was counted longer ago than this is forgotten.
LONGEST = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most `times` within `window`, counted for one key: a number, an account, an address."""

    kind: str
    times: int
    window: timedelta

    def __post_init__(self) -> None:
        if self.window > LONGEST:
            raise ValueError(f"{self.kind}: a window is at most {LONGEST}")


HOUR = timedelta(hours=1)
LOCKOUT = timedelta(minutes=15)

# Between two codes of one number that nobody typed: one minute, then 2, 4, 8, and 16 at most.
CODE_WAIT = timedelta(minutes=1)
CODE_WAITS_MAX = 5

_DEFAULTS = {
    # One address: whoever asks for codes to many numbers that are not hers.
    "code.address": (30, HOUR),
    # One number: enough for a mother with bad reception, too little to annoy a stranger.
    "code.number": (5, HOUR),
    # A block of 10,000 numbers: whoever earns by received messages owns such blocks.
    "code.block": (300, HOUR),
    # Phones of another country, where such are served at all (`CODE_COUNTRIES`).
    "code.abroad": (200, HOUR),
    # A range of a million numbers whose codes nobody types (`accounts.pumping`).
    "code.alarmed": (30, HOUR),
    # The page of a form that sends a code is good for one sending.
    "form.token": (1, HOUR),
    # The whole country: the ceiling of one hour's bill for messages.
    "code.all": (5_000, HOUR),
    # Wrong passwords: of one account from one address, of one address, of one account from
    # anywhere. The last can lock an officer out for an hour; endless guessing would be worse.
    "password.pair": (5, LOCKOUT),
    "password.address": (50, HOUR),
    "password.account": (100, HOUR),
    # Wrong codes and passkeys, counted in the same three ways. Of six digits, three of which are
    # right at any moment, ten an hour find one in four years, by whoever has the password.
    "factor.pair": (5, LOCKOUT),
    "factor.address": (50, HOUR),
    "factor.account": (10, HOUR),
    # Challenges for passkeys: each is a row.
    "passkey.address": (300, HOUR),
    # Proving who one is: one account trying numbers, and one number tried by many accounts.
    "proof.account": (5, HOUR),
    "proof.number": (10, HOUR),
}
# Outside production every browser, and every citizen of the journey, is at one address.
_ON_ONE_MACHINE = {"code.address": 3_000}


def limit(kind: str) -> Limit:
    """
    Return the limit in force.

    `ACCOUNTS_LIMITS = {"code.number": 5}` in the settings changes how often; the windows stay.
    Outside production the limits by address are wider.
    """
    times, window = _DEFAULTS[kind]
    if not settings.PRODUCTION:
        times = _ON_ONE_MACHINE.get(kind, times)
    changed: dict[str, int] = getattr(settings, "ACCOUNTS_LIMITS", {})
    return Limit(kind, changed.get(kind, times), window)
