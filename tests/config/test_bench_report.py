"""The figures that are kept: a run writes over its own parts and no others."""

import json
from pathlib import Path

import pytest

from bench import report
from bench.report import Report


def kept(file: Path) -> tuple[dict[str, float], dict[str, bool]]:
    told = json.loads(file.read_text())
    return (
        {row["what"]: row["value"] for row in told["table"]},
        {goal["what"]: goal["kept"] for goal in told["goals"]},
    )


def test_a_run_of_one_part_leaves_the_figures_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "results.json"
    monkeypatch.setattr(report, "RESULTS", file)
    whole = Report(facts={"bills": 7})
    for whole.part in ("callbacks", "papers"):
        whole.row(f"{whole.part} a second", 10.0, "a second")
        whole.row(f"{whole.part}, an old way", 1.0, "a second")
        whole.at_least(f"{whole.part}: enough", 10.0, 20.0)
    whole.keep()

    again = Report(part="papers")
    again.row("papers a second", 30.0, "a second")
    again.at_least("papers: enough", 30.0, 20.0)
    again.keep()

    rows, goals = kept(file)
    assert rows == {
        "callbacks a second": 10.0,
        "callbacks, an old way": 1.0,
        "papers a second": 30.0,  # Its old way is measured no more.
    }
    assert goals == {"callbacks: enough": False, "papers: enough": True}
    assert json.loads(file.read_text())["bills"] == 7
