"""`make check C=marked`: words that no translator would ever see are named with their place."""

import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser

from config.stack.home import ROOT
from config.words import FOLDERS

# The same in every language, each with its because.
NAMES = dict.fromkeys(("guichet",), "the product's own name") | dict.fromkeys(
    ("csv", "pdf", "xlsx", "xml", "pain.001 (xml)", "csr", "sha-256", "jwks", "jws", "cose", "api",
     "token status list (cwt)"),
    "a format or a standard is called so everywhere",
) | {"docs/running.md#": "the address of a page of this house's documentation"}  # fmt: skip
_LETTERS = re.compile(r"[^\W\d_]{2,}")

# --- Templates ------------------------------------------------------------------------------
_SAID_TO_PEOPLE = {"title", "aria-label", "aria-description", "alt", "placeholder", "label"}
_COMMENT = re.compile(r"\{#.*?#\}|\{% comment\b.*?%\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
_MARKED = re.compile(
    r"\{%-?\s*blocktrans(?:late)?\b.*?\{%-?\s*endblocktrans(?:late)?\s*-?%\}", re.DOTALL
)
# What a page says of itself to its style sheet, or to the way back.
_NO_WORDS = re.compile(r"\{% block (?:\w+_class|here) %\}.*?\{% endblock[^%]*%\}", re.DOTALL)
# What is typed, pressed or run stands as it is.
_SILENT = {"script", "style", "code", "kbd", "pre"}
_TAG = re.compile(r"\{%(.*?)%\}", re.DOTALL)
_VARIABLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_IN_QUOTES = re.compile(r"""(?<!_\()(?:"([^"]*)"|'([^']*)')""")
# What a filter puts in the place of a missing value is read like any other word.
_STANDS_IN = re.compile(r"""\|(?:default|default_if_none|yesno):(?:"([^"]*)"|'([^']*)')""")
# Their quotes hold names of pages, files, formats and values, not words.
_OF_THE_HOUSE = {
    "block", "comment", "csrf_token", "cycle", "elif", "extends", "get_current_language", "if",
    "include", "link", "load", "now", "static", "trans", "translate", "url", "when", "icon",
}  # fmt: skip
# A sentence, or a word with its capital: what else stands in quotes is a code.
_LIKE_WORDS = re.compile(r"[^\W\d_]\s+[^\W\d_]|^[A-Z][a-zà-ÿ]+$")


def unmarked_in_template(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the words of each text that stands outside the marks of translation."""
    plain = _COMMENT.sub(_kept_lines, source)
    plain = _NO_WORDS.sub(_kept_lines, _MARKED.sub(_kept_lines, plain))
    for tag in _TAG.finditer(plain):
        name = tag.group(1).strip().partition(" ")[0]
        quoted = _IN_QUOTES.finditer(tag.group(1)) if name not in _OF_THE_HOUSE else ()
        for one in quoted:
            words = one.group(1) or one.group(2) or ""
            if _LIKE_WORDS.search(words) and _says_something(words):
                yield _line(plain, tag.start()), words
    for variable in [*_VARIABLE.finditer(plain), *_TAG.finditer(plain)]:
        for one in _STANDS_IN.finditer(variable.group(1)):
            words = one.group(1) or one.group(2) or ""
            if _says_something(words):
                yield _line(plain, variable.start()), words
    reader = _Reader()
    reader.feed(_VARIABLE.sub(_kept_lines, _TAG.sub(_kept_lines, plain)))
    reader.close()
    yield from reader.found


class _Reader(HTMLParser):
    """Collects what people read of a page without its tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self._silent += tag in _SILENT
        names = set(_SAID_TO_PEOPLE)
        if tag == "meta" and told.get("name") == "description":
            names.add("content")
        if tag == "input" and told.get("type") in {"submit", "button"}:
            names.add("value")
        for name in sorted(names & told.keys()):
            self._say(told[name] or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._say(data)

    def _say(self, words: str) -> None:
        if _says_something(words):
            self.found.append((self.getpos()[0], " ".join(words.split())))


# --- Python ---------------------------------------------------------------------------------
_KEYS = {"label", "help_text", "explained", "empty_label", "message"}
# Their `name` is read by people; everywhere else it is a code.
_NAMED = {"Act"}
_WORDS_FIRST = {"ValidationError"}
_WORDS_SECOND = {"add_error", "add_message", "debug", "error", "info", "success", "warning"}


def unmarked_in_python(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the words of each literal that forms, messages and acts would show."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        for said in _shown(call):
            words = _literal(said)
            if _says_something(words):
                yield said.lineno, words


def _shown(call: ast.Call) -> Iterator[ast.expr]:
    """Yield the arguments of a call that people read."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    keys = _KEYS | ({"name"} if name in _NAMED else set())
    for keyword in call.keywords:
        if keyword.arg in keys:
            yield keyword.value
        elif keyword.arg == "error_messages" and isinstance(keyword.value, ast.Dict):
            yield from keyword.value.values
    if name in _WORDS_FIRST:
        yield from call.args[:1]
    of_messages = isinstance(call.func, ast.Attribute) and (
        name == "add_error" or getattr(call.func.value, "id", "") == "messages"
    )
    if of_messages and name in _WORDS_SECOND:
        yield from call.args[1:3] if name == "add_message" else call.args[1:2]


def _literal(said: ast.expr) -> str:
    """Return the words that stand in the code itself; "" where gettext or a variable gives them."""
    if isinstance(said, ast.Constant):
        return said.value if isinstance(said.value, str) else ""
    if isinstance(said, ast.JoinedStr):
        return "".join(_literal(part) for part in said.values)
    if isinstance(said, ast.BinOp):
        return _literal(said.left) + _literal(said.right)
    if isinstance(said, ast.IfExp):
        return _literal(said.body) + _literal(said.orelse)
    if isinstance(said, (ast.List, ast.Tuple)):
        return "".join(_literal(one) for one in said.elts)
    is_format = isinstance(said, ast.Call) and isinstance(said.func, ast.Attribute)
    if is_format and said.func.attr == "format":  # type: ignore[attr-defined]
        return _literal(said.func.value)  # type: ignore[attr-defined]
    return ""


# --- Both -----------------------------------------------------------------------------------
# Who reads these reads the documentation of the house beside them, which is in English.
FOREIGN = {
    "models": "what a column holds is said to whoever reads the tables, beside their names",
    "migrations": "what a migration says was said by the release that it came with",
    "api": "an interface for programs answers in English, as RFC 9457's titles do",
    "admin.py": "the operators' tables are named as the code names them",
    "management": "a command speaks to whoever keeps the machines",
    "gallery": "shows developers the parts of the pages, with words that mean nothing",
}


def main() -> int:
    wrong = []
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            place = file.relative_to(ROOT)
            if not file.is_file() or FOREIGN.keys() & {*place.parts, place.stem}:
                continue
            if file.suffix == ".py":
                found = unmarked_in_python(file.read_text(encoding="utf-8"))
            elif "templates" in place.parts and file.suffix in {".html", ".txt", ".svg"}:
                found = unmarked_in_template(file.read_text(encoding="utf-8"))
            else:
                continue
            wrong += [f"{place}:{line}: {words[:100]}" for line, words in found]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


def _says_something(words: str) -> bool:
    plain = " ".join(words.split()).casefold().strip(" ·:(),.")
    return bool(_LETTERS.search(words)) and plain not in NAMES and f"{plain})" not in NAMES


def _kept_lines(found: re.Match[str]) -> str:
    return " " + "\n" * found.group().count("\n")


def _line(source: str, at: int) -> int:
    return source.count("\n", 0, at) + 1


if __name__ == "__main__":
    sys.exit(main())
