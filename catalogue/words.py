"""Words in several languages: which one to show, and how they are compared in a search."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

# The language that stands in where the reader's own is missing.
FALLBACK = "en"

# Letters that Unicode does not take apart.
_WHOLE_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "đ": "d", "ø": "o", "ł": "l"})
_NO_WORD = re.compile(r"[\W_]+")

# Words that say nothing of what is looked for, folded; a line that begins with # is a remark.
_SMALL_WORDS = frozenset(
    word
    for line in (Path(__file__).parent / "small_words.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)


@dataclass(frozen=True)
class Told:
    """A text and the language it is in, which need not be the one that was asked for."""

    text: str
    language: str
    fallback: bool

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


def tell(texts: dict[str, str], language: str) -> Told:
    """
    Return the text in the language, else in English, else in the first language it has.

    Texts without any language are told as empty: the page says "not published".
    """
    for candidate in (language, FALLBACK, *texts):
        if texts.get(candidate):
            return Told(texts[candidate], candidate, candidate != language)
    return Told("", language, fallback=False)


def fold(text: str) -> str:
    """
    Return the text as searches compare it: small letters, no accents, words by single spaces.

    PostgreSQL's unaccent would do for accents only and cannot stand in an index as it is; elision
    ("d'identité", "cy'amavuko") must part the words as well.
    """
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_WHOLE_LETTERS)
    # Taking apart and making small each give the other new work, such as for "ᴬ" and "İ".
    plain = unicodedata.normalize("NFKD", plain)
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return _NO_WORD.sub(" ", bare).strip()


def asked(text: str, *, most: int) -> list[str]:
    """
    Return the folded words of what somebody looks for, small words left out, at most so many.

    Whoever types small words only is taken at them.
    """
    words = list(dict.fromkeys(fold(text).split()))
    return ([word for word in words if word not in _SMALL_WORDS] or words)[:most]
