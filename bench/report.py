"""The table that people read and the file that machines compare."""

import json
import os
import platform
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")


@dataclass
class Report:
    """Figures of one run; each `row` is one line of the table, each `goal` one promise."""

    facts: dict[str, Any] = field(default_factory=dict)
    rows: list[tuple[str, float, str, str]] = field(default_factory=list)
    goals: list[tuple[str, float, str, float, bool]] = field(default_factory=list)
    # Whose rows and goals they are, by what they say.
    parts: dict[str, str] = field(default_factory=dict)
    part: str = ""  # The one being measured.

    def row(self, what: str, value: float, unit: str, note: str = "") -> None:
        self.rows.append((what, value, unit, note))
        self.parts[what] = self.part

    def at_least(self, what: str, value: float, goal: float) -> None:
        self.goals.append((what, value, ">=", goal, value >= goal))
        self.parts[what] = self.part

    def at_most(self, what: str, value: float, goal: float) -> None:
        self.goals.append((what, value, "<=", goal, value <= goal))
        self.parts[what] = self.part

    def say(self) -> None:
        print()
        for what, value, unit, note in self.rows:
            print(f"{what:44} {value:10,.2f} {unit:14} {note}")
        print()
        for what, value, sign, goal, kept in self.goals:
            print(f"{what:60} {value:8.2f} {sign} {goal:<8g} {'kept' if kept else 'NOT KEPT'}")

    def keep(self) -> None:
        """Write the figures down; those of parts that this run did not measure stay."""
        before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        machine = {
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.platform(terse=True),
            "load_before": self.facts.pop("load_before", None),
        }
        table = [
            {"part": self.parts[what], "what": what, "value": round(value, 3), "unit": unit,
             "note": note}
            for what, value, unit, note in self.rows
        ]  # fmt: skip
        goals = [
            {"part": self.parts[what], "what": what, "value": round(value, 3),
             "must_be": f"{sign} {goal:g}", "kept": kept}
            for what, value, sign, goal, kept in self.goals
        ]  # fmt: skip
        told = {
            **before,
            **self.facts,
            "machine": machine,
            "table": self._others(before.get("table", [])) + table,
            "goals": self._others(before.get("goals", [])) + goals,
        }
        RESULTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")

    def _others(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Leave out what was measured anew, and what its part no longer measures."""
        measured = set(self.parts.values())
        return [
            entry
            for entry in entries
            if entry["what"] not in self.parts and entry.get("part") not in measured
        ]


def median(values: list[float]) -> float:
    return statistics.median(values)


def cpu_words(cpu_ms: dict[str, float]) -> str:
    """`web 0.81 + postgres 0.40`: milliseconds of processor time a callback, by role."""
    return " + ".join(f"{role} {value:.2f}" for role, value in cpu_ms.items())
