"""
What an address asks, behind its question mark: everybody may write it, so it is cut here.

`config.defences` refuses a question that is longer than any page of ours asks.
"""

from django.http import HttpRequest

QUERY_BYTES_MAX = 4_096
"""Of everything behind the question mark together; the longest is a directory's answer (OIDC)."""
CODE_MAX = 60
_DIGITS_MAX = 6


def text(request: HttpRequest, name: str, *, most: int) -> str:
    """Return what somebody typed, without blanks around it, cut to `most` characters; or ""."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:most].strip()


def code(request: HttpRequest, name: str, *, most: int = CODE_MAX) -> str:
    """Return a code as it stands, "" where there is none; one that is longer names nothing."""
    # A letter too many stays, because "" often means all of it.
    return request.GET.get(name, "").replace("\x00", "")[: most + 1]


def number(request: HttpRequest, name: str, *, most: int) -> int:
    """Return a whole number from 0 to `most`: 0 for what is none, `most` for more."""
    given = request.GET.get(name, "")
    is_number = given.isascii() and given.isdigit() and len(given) <= _DIGITS_MAX
    return min(int(given), most) if is_number else 0
