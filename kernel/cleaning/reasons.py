"""Why a file is not taken; pages turn each into words for people."""

from enum import StrEnum


class Why(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"  # Neither a PDF nor a photo, whatever its name says.
    WRONG_KIND = "wrong_kind"  # One of both, and the other is wanted.
    BROKEN = "broken"
    PIXELS = "pixels"
    PAGES = "pages"
    ENCRYPTED = "encrypted"
    ACTIVE = "active"  # It could do something by itself: a program, a form that sends.
    EMBEDDED = "embedded"  # Other files lie in it.
    HIDDEN = "hidden"  # Something stands behind its end.
    VIRUS = "virus"
    LIMITS = "limits"  # Reading it takes more than any honest file.


class Refused(Exception):
    """The file is not taken; its content and its name are not repeated."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
