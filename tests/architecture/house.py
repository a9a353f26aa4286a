"""The house as DESIGN draws it, for the tests of its walls."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

FLOORS: list[set[str]] = [
    {"config"},
    {"workers"},
    {"reports"},
    {"applications"},
    {"catalogue"},
    {"payments"},
    {"documents", "notifications"},
    {"accounts"},
    {"registers"},
    {"places"},
    {"design", "kernel"},
]
ROOMS = sorted(room for floor in FLOORS for room in floor)


def floor(room: str) -> int:
    """0 is the roof."""
    return next(level for level, rooms in enumerate(FLOORS) if room in rooms)


def sources(*suffixes: str) -> list[Path]:
    """Our files with one of these endings, tests and stand-ins left out."""
    return sorted(
        file
        for room in ROOMS
        for file in (ROOT / room).rglob("*")
        if file.suffix in suffixes and "__pycache__" not in file.parts
    )
