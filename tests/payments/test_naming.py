"""By which id a collection is known: the rules alone; a table says what the ledger knows."""

import pytest

from payments.gateways.base import Collection
from payments.posting import naming
from payments.posting.holding import Alias
from payments.posting.tellings import Telling
from tests.world import NOON

RAIL, OTHER_RAIL = 1, 2


def told(external_id, *other_ids, rail=RAIL):
    collection = Collection(
        external_id=external_id,
        reference="",
        amount_minor=500,
        currency="RWF",
        occurred_at=NOON,
        other_ids=other_ids,
    )
    return Telling(rail_id=rail, told=collection, source="message", source_id=1, source_at=NOON)


@pytest.fixture
def ledger(monkeypatch):
    """`ledger(collections, names)`: what is known by its own id, and what by another one."""
    kept = []

    def knows(*collections, names=None):
        def known_collections(asked):
            return set(collections) & set(asked)

        def known_names(asked):
            wanted = set(asked)
            return {
                key: Alias(name, "RWF", 500) for key, name in (names or {}).items() if key in wanted
            }

        monkeypatch.setattr(naming.holding, "known_collections", known_collections)
        monkeypatch.setattr(naming.holding, "known_names", known_names)
        monkeypatch.setattr(naming.sql, "run", lambda name, **values: kept.append((name, values)))
        return kept

    return knows


def names(*tellings):
    return [one.external_id for one in naming.resolve(tellings)]


def test_without_other_ids_each_is_known_by_its_own_or_by_the_name_it_was_given(ledger):
    ledger((RAIL, "A"), names={(RAIL, "S1"): "N1"})

    assert names(told("A"), told("B"), told("S1")) == ["A", "B", "N1"]
    # A name is its rail's: another rail's id of the same letters is another movement.
    assert names(told("S1", rail=OTHER_RAIL)) == ["S1"]


def test_a_collection_comes_back_with_what_told_it(ledger):
    ledger()
    plain, named = told("A"), told("B", "C")

    for tellings in ([plain], [plain, named]):
        resolved = naming.resolve(tellings)
        assert [one.telling for one in resolved] == tellings
        assert [one.collection for one in resolved] == [one.told for one in tellings]
    assert naming.resolve([]) == []


def test_its_own_id_wins_over_its_other_ones(ledger):
    ledger((RAIL, "S1"), (RAIL, "N1"), names={(RAIL, "S1"): "OLD"})

    assert names(told("S1", "N1")) == ["S1"]


def test_the_first_other_id_that_is_known_is_meant(ledger):
    ledger((RAIL, "N1"), (RAIL, "N2"), (OTHER_RAIL, "N0"))

    assert names(told("S1", "?", "N0", "N2", "N1")) == ["N2"]


def test_what_is_told_beside_it_by_its_own_id_is_known_too(ledger):
    ledger()

    assert names(told("S1", "N1"), told("N1")) == ["N1", "N1"]
    assert names(told("N1"), told("S1", "N1")) == ["N1", "N1"]
    # On another rail it is another one.
    assert names(told("N1", rail=OTHER_RAIL), told("S1", "N1")) == ["N1", "S1"]


def test_what_only_shares_a_name_with_another_is_another(ledger):
    ledger()

    assert names(told("S1", "RENT"), told("S2", "RENT")) == ["S1", "S2"]


def test_a_name_that_was_told_before_leads_to_its_collection(ledger):
    ledger(names={(RAIL, "N1"): "S0"})

    assert names(told("N1", "X"), told("S1")) == ["S0", "S1"]


def test_a_name_told_twice_in_a_batch_stays_the_first_ones(ledger):
    ledger()

    first, _, asked = naming.resolve([told("S1", "N1"), told("S2", "N1"), told("N1", "N9")])

    assert (first.external_id, asked.external_id) == ("S1", "S1")


def test_its_other_ids_are_remembered_and_its_own_where_it_is_anothers(ledger):
    kept = ledger((RAIL, "N1"))

    naming.keep(naming.resolve([told("S1", "N1", "N2"), told("PLAIN"), told("S3", "M3", rail=2)]))

    rows = {
        "rail_id": [RAIL, RAIL, OTHER_RAIL],
        "external_id": ["N1", "N1", "S3"],
        "alias": ["S1", "N2", "M3"],
    }
    assert kept == [("keep_names", {"rows": 3, **rows})]


def test_where_there_are_no_other_ids_nothing_is_written(ledger):
    kept = ledger()

    naming.keep(naming.resolve([told("A"), told("B", "B")]))

    assert kept == []
