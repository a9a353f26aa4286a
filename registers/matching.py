"""
Are these the same? Pure rules for comparing what a person typed with what a register holds.

Names are compared by their letters only: case, accents, hyphens, apostrophes, dots and spaces are
differences of writing, not of persons. The order of letters and the letters themselves count:
nothing here is fuzzy, because a wrong "same" would open somebody else's case.
"""

import re
import unicodedata

# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
        "ŋ": "ng",
    }
)
_NAME_LENGTH_MAX = 200
_NATIONAL_ID_LENGTH_MAX = 40


def same_name(one: str, other: str) -> bool:
    """Tell whether two spellings are one name; an empty name is nobody's."""
    letters = name_letters(one)
    return bool(letters) and letters == name_letters(other)


def name_letters(name: str) -> str:
    """Return the letters that make the name, without case, marks or separators."""
    plain = unicodedata.normalize("NFKD", name[:_NAME_LENGTH_MAX]).casefold().translate(_LETTERS)
    return "".join(letter for letter in plain if unicodedata.category(letter).startswith("L"))


def clean_national_id(typed: str) -> str:
    """Return the number as registers write it: without spaces, dots and dashes, in capitals."""
    return re.sub(r"[\s.\-/]+", "", typed[:_NATIONAL_ID_LENGTH_MAX]).upper()
