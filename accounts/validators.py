"""
What a password may not be, beside too short and too common (OWASP ASVS 6.2, NIST SP 800-63B 3.1.1).

Nothing is asked of its composition, and none expires.
"""

import hashlib
import unicodedata
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Account

_WORD_MIN = 4
_LEFT_MIN = 8
_HASH_CHARS = 40  # SHA-1 in hexadecimal.


class ContextWords:
    """
    Refuses a password that is little more than her name, her address, her office or our name.

    What is left without these words must be eight characters or more.
    """

    def validate(self, password: str, user: Account | None = None) -> None:
        """:raises ValidationError: if too little is left"""
        left = _folded(password)
        for word in sorted(_words(user), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < _LEFT_MIN:
            raise ValidationError(
                _("Do not use your name, your address, your office or Guichet as your password."),
                code="password_context",
            )

    def get_help_text(self) -> str:
        return _("Not your name, your address, your office or Guichet.")


class Breached:
    """
    Refuses a password that thieves have already: found in a file of the installation, offline.

    :param path: Pwned Passwords "ordered by hash": lines of SHA-1 in capitals, a colon, a count.
        "": none is installed, and the list of the most common ones alone stands.
    """

    def __init__(self, path: str = "") -> None:
        self._path = Path(path) if path else None

    def validate(self, password: str, user: Account | None = None) -> None:
        """:raises ValidationError: if the file holds it"""
        # What the file is ordered by; nothing is protected with it.
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        if self._path is not None and _holds(self._path, wanted.encode()):
            raise ValidationError(
                _("This password was stolen from some other site. Choose another one."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("Not one that was stolen elsewhere.")


def _holds(path: Path, wanted: bytes) -> bool:
    """Search a file of sorted lines by halves: some forty reads of forty gigabytes."""
    with path.open("rb") as file:
        low, high = 0, file.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            file.seek(max(0, middle - 1))
            if middle:
                file.readline()  # To the beginning of the next line, or of the one just here.
            found = file.readline()[:_HASH_CHARS].upper()
            if found == wanted:
                return True
            if found and found < wanted:
                low = file.tell()
            else:
                high = middle
    return False


def _words(user: Account | None) -> set[str]:
    told = ["guichet"]
    if user is not None:
        office = " ".join(user.office.names.values()) if user.office else ""
        told += [user.display_name, user.email or "", office]
        if user.person:
            told += [user.person.family_name, user.person.given_names]
    parts = "".join(c if c.isalnum() else " " for c in _folded(" ".join(told))).split()
    return {part for part in parts if len(part) >= _WORD_MIN}


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
