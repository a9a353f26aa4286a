"""What people really type, with slips and in mixed languages, leads to the right procedure."""

import csv
from pathlib import Path

import pytest

from catalogue import queries_found
from tests.catalogue.find import packs

QUESTIONS = list(csv.DictReader(Path(__file__).with_name("questions.csv").open(encoding="utf-8")))
FIRST = 3
RIGHT_LEAST = 0.9

pytestmark = pytest.mark.django_db


def test_there_are_enough_questions_of_every_country_to_tell() -> None:
    assert len(QUESTIONS) >= 110
    assert {question["country"] for question in QUESTIONS} == {"rw", "ke", "bi"}
    assert {question["language"] for question in QUESTIONS} >= {"en", "fr", "rw", "sw", "rn"}


@pytest.mark.parametrize("code", ["rw", "ke", "bi"])
def test_nine_of_ten_questions_find_the_right_procedure_among_the_first_three(
    code, tmp_path
) -> None:
    packs.load(tmp_path, code)
    asked = [question for question in QUESTIONS if question["country"] == code]
    missed = []
    for question in asked:
        found = queries_found.search(question["typed"], question["language"])[:FIRST]
        if question["service"] not in [each.code for each in found]:
            missed.append((question["typed"], question["service"], [each.code for each in found]))
    assert 1 - len(missed) / len(asked) >= RIGHT_LEAST, missed
