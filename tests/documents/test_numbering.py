"""Numbers without gaps, codes that survive being typed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from stdnum.iso7064 import mod_37_36

from documents import numbering, operations
from documents.models import NumberSeries, Paper
from tests.documents import world as worlds
from tests.documents.world import LEASE, World
from tests.world import NOON


def test_a_number_ends_in_its_check_character() -> None:
    number = numbering.paper_number(prefix="BC", office_code="s-12.09", year=2026, series_no=123)

    assert number.startswith("BC-S1209-2026-000123-")
    assert mod_37_36.is_valid(number.replace("-", ""))
    assert numbering.normalise_number(f" {number.lower().replace('-', ' ')} ") == number


@pytest.mark.parametrize(
    "typed", ["", "BC", "BC-1209-2026-000124-7", "✓-1", "x" * 10_000, "-", "é"]
)
def test_what_is_no_number_is_no_number(typed: str) -> None:
    assert numbering.normalise_number(typed) is None


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        ("bc 1209 2026 000123 k", True),
        ("BC-1209-2026-000124-K", False),
        ("BC-26-48201937", False),
        ("", False),
    ],
)
def test_only_a_whole_number_is_a_papers(typed: str, is_one: bool) -> None:
    assert numbering.is_paper_number(typed) is is_one


def test_a_code_survives_being_read_aloud() -> None:
    assert numbering.normalise_verification_id("7qk3 mOzb-94tv x2hd") == "7QK3M0ZB94TVX2HD"
    assert numbering.normalise_verification_id("IL00 0000 0000 0000") == "1100000000000000"
    for typed in ("", "7QK3", "7QK3M0ZB94TVX2HU", "7QK3M0ZB94TVX2HDX", "x" * 10_000, "é" * 16):
        assert numbering.normalise_verification_id(typed) is None


def test_codes_do_not_repeat() -> None:
    assert len({numbering.new_verification_id() for _ in range(1000)}) == 1000


@pytest.mark.django_db
def test_each_office_type_and_year_counts_for_itself(world: World) -> None:
    entry = worlds.cite_birth()
    single = worlds.cite_person()
    for _ in range(2):
        worlds.request(world, cited_entry_id=entry)
    worlds.request(world, cited_entry_id=single, paper_type="single_status")
    operations.claim_for_rendering(limit=10, now=NOON, until=NOON + LEASE)
    next_year = NOON + timedelta(days=60)
    last = worlds.request(world, cited_entry_id=entry)
    operations.claim_for_rendering(limit=1, now=next_year, until=next_year + LEASE, paper_id=last)

    given = Paper.objects.order_by("pk").values_list("paper_type", "series_year", "series_no")
    assert list(given) == [
        ("birth_certificate", 2026, 1),
        ("birth_certificate", 2026, 2),
        ("single_status", 2026, 1),
        ("birth_certificate", 2027, 1),
    ]


@pytest.mark.django_db
def test_the_year_is_the_countrys_not_the_servers(world: World) -> None:
    worlds.request(world)
    new_year = NOON.replace(year=2027, month=1, day=1, hour=0, minute=30)

    operations.claim_for_rendering(limit=1, now=new_year, until=new_year + LEASE)

    assert Paper.objects.get().series_year == 2027


class Stumbled(Exception):
    """A transaction that had taken numbers is rolled back."""


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_under_eight_hands_and_rollbacks(world: World) -> None:
    entry, single = worlds.cite_birth(), worlds.cite_person()
    singles = {"cited_entry_id": single, "paper_type": "single_status"}
    for more in [{"cited_entry_id": entry}] * 26 + [singles] * 14:
        worlds.request(world, **more)
    claimed: list[int] = []

    def claim(*, stumbles: bool) -> list[int]:
        with transaction.atomic():
            ids = operations.claim_for_rendering(limit=3, now=NOON, until=NOON + LEASE)
            if ids and stumbles:
                raise Stumbled
            return ids

    def work(hand: int) -> None:
        try:
            for turn in range(40):
                try:
                    claimed.extend(claim(stumbles=hand % 2 == 0 and turn < 3))
                except Stumbled:
                    continue
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as hands:
        list(hands.map(work, range(8)))

    assert sorted(claimed) == sorted(Paper.objects.values_list("pk", flat=True))
    for paper_type, count in (("birth_certificate", 26), ("single_status", 14)):
        given = Paper.objects.filter(paper_type=paper_type).values_list("series_no", flat=True)
        assert sorted(given) == list(range(1, count + 1))
        assert NumberSeries.objects.get(paper_type=paper_type).last == count
    assert len(set(Paper.objects.values_list("number", flat=True))) == 40
    assert connection.settings_dict["USER"] == "guichet_app"
