"""What papers are called: a number in a series, and a code that cannot be guessed."""

import secrets

from stdnum.iso7064 import mod_37_36

# Crockford's Base32: no I, L, O or U, so that a code survives being read aloud and typed.
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 16
_HEARD_AS = str.maketrans("OIL", "011")
_NUMBER_PARTS = 5  # As `paper_number` joins them.


def paper_number(*, prefix: str, office_code: str, year: int, series_no: int) -> str:
    """
    Return a number such as "BC-1209-2026-000123-K", ending in its ISO 7064 MOD 37,36 character.
    """
    office = "".join(c for c in office_code.upper() if c.isascii() and c.isalnum())
    body = f"{prefix}-{office}-{year}-{series_no:06d}"
    return f"{body}-{mod_37_36.calc_check_digit(body.replace('-', ''))}"


def normalise_number(typed: str) -> str | None:
    """Return a typed number as it is stored, or None if its check character is wrong."""
    parts = [part for part in typed.upper().replace("-", " ").split() if part]
    if len(typed) > 100 or len(parts) < 2 or not mod_37_36.is_valid("".join(parts)):
        return None
    return "-".join(parts)


def is_paper_number(typed: str) -> bool:
    """Tell whether a typed number is a paper's: all its parts, and the right check character."""
    return (normalise_number(typed) or "").count("-") == _NUMBER_PARTS - 1


def new_verification_id() -> str:
    """Return 80 random bits as sixteen characters: knowing it is holding the paper."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(_CODE_LENGTH))


def normalise_verification_id(typed: str) -> str | None:
    """Return a typed code as it is stored, or None if it cannot be one."""
    if len(typed) > 60:
        return None
    code = "".join(typed.upper().replace("-", " ").split()).translate(_HEARD_AS)
    if len(code) != _CODE_LENGTH or any(character not in _CROCKFORD for character in code):
        return None
    return code


def verification_id_bytes(code: str) -> bytes:
    """Return the ten bytes that a verification code writes in sixteen characters."""
    value = 0
    for character in code:
        value = value * 32 + _CROCKFORD.index(character)
    return value.to_bytes(10)
