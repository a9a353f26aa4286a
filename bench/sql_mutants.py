"""
Small wrongs in a SQL file, one at a time: what a slip of the pen would make of it. Pure.

Left out on purpose: by which columns is ordered or grouped where they are numbered (mostly the
order of locks, which no test of one session sees), casts, and everything in a comment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<comment>--[^\n]*)"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<parameter>%\(\w+\)s(?:::\w+(?:\[\])?)?)"
    r"|(?P<cast>::\w+(?:\[\])?)"
    r"|(?P<word>[A-Za-z_][\w.]*)"
    r"|(?P<number>\d+)"
    r"|(?P<sign><>|<=|>=|[<>=+*/-])"
    r"|(?P<other>[(),\[\];])"
)
_NUMBERED = re.compile(r"\b(?:ORDER|GROUP) BY \d+(?:, \d+)*")
_SIGNS = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "=": "<>",
    "<>": "=",
    "+": "-",
    "-": "+",
    "*": "+",
}
_WORDS = {
    "and": "OR",
    "or": "AND",
    "least": "greatest",
    "greatest": "least",
    "true": "false",
    "false": "true",
    "desc": "ASC",
    "bool_or": "bool_and",
    "max": "min",
    "sum": "max",
    "left": "",  # LEFT JOIN
    "distinct": "",
}
_PHRASES = (
    (r"\bNOT EXISTS\b", "EXISTS"),
    (r"(?<!NOT )\bEXISTS\b", "NOT EXISTS"),
    (r"\bIS NULL\b", "IS NOT NULL"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"\bIS NOT DISTINCT FROM\b", "IS DISTINCT FROM"),
    (r"\bNOT IN\b", "IN"),
    (r"(?<!NOT )\bIN \(", "NOT IN ("),
    (r"\bON CONFLICT \([^)]*\) DO NOTHING\b", ""),
    (r"\bROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING\b", ""),
    (r"\bUNION ALL\b", "UNION"),
    (r"\bLIMIT 1\b", ""),
)
# What ends a condition at its own depth.
_ENDS = {
    *("and", "or", "then", "group", "order", "having", "window", "union", "returning", "limit"),
    *("join", "left", "cross", "on", "when", "else", "end", "where", "as", "from"),
}


@dataclass(frozen=True)
class Mutant:
    line: int
    was: str
    now: str
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {_short(self.was)} -> {_short(self.now) or 'nothing'}"


def mutants(text: str) -> Iterator[Mutant]:
    """Yield every text that differs from this one by one small wrong."""
    seen = {text}
    for start, end, now in sorted(_changes(text)):
        changed = text[:start] + now + text[end:]
        if changed not in seen:
            seen.add(changed)
            yield Mutant(text.count("\n", 0, start) + 1, text[start:end], now, changed)


def _changes(text: str) -> Iterator[tuple[int, int, str]]:
    numbered = {at for found in _NUMBERED.finditer(text) for at in range(*found.span())}
    tokens = [
        found
        for found in _TOKEN.finditer(text)
        if found.lastgroup != "comment" and found.start() not in numbered
    ]
    for token in tokens:
        start, end = token.span()
        yield from ((start, end, now) for now in _slips(token))
    for phrase, now in _PHRASES:
        for found in re.finditer(phrase, text):
            if not _in_comment(text, found.start()):
                yield (*found.span(), now)
    yield from _conditions(tokens)


def _slips(token: re.Match[str]) -> Iterator[str]:
    said = token[0]
    match token.lastgroup:
        case "sign":
            yield _SIGNS.get(said, said)
        case "number":
            yield str(int(said) + 1)
        case "text":
            yield f"'XX{said[1:]}"
        case "word":
            yield _WORDS.get(said.lower(), said)


def _conditions(tokens: list[re.Match[str]]) -> Iterator[tuple[int, int, str]]:
    """Leave one condition out of a WHERE, an ON, a HAVING or a WHEN."""
    for at, token in enumerate(tokens):
        word = token[0].lower()
        if word not in {"where", "and", "on", "having", "when"} or at + 1 == len(tokens):
            continue
        if word == "on" and tokens[at + 1][0].lower() in {"conflict", "true"}:
            continue
        start, end = tokens[at + 1].start(), _end(tokens, at + 1)
        yield (start, end, "false" if word == "when" else "true")
        if word == "when":
            yield (start, end, "true")


def _end(tokens: list[re.Match[str]], at: int) -> int:
    """Return where the condition that begins at this token ends."""
    depth, cases = 0, 0
    for i in range(at, len(tokens)):
        said = tokens[i][0].lower()
        depth += (said == "(") - (said == ")")
        if depth < 0 or (depth == 0 and not cases and i > at and (said in _ENDS or said == ",")):
            return tokens[i - 1].end()
        cases += (said == "case") - (said == "end")
    return tokens[-1].end()


def _in_comment(text: str, at: int) -> bool:
    return "--" in text[text.rfind("\n", 0, at) + 1 : at]


def _short(said: str) -> str:
    said = " ".join(said.split())
    return said if len(said) <= 60 else f"{said[:57]}..."
