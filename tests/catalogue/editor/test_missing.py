"""All that keeps a draft from being published is said at once, and the rest can be read."""

import copy

import pytest
import yaml

from catalogue import missing
from catalogue.definition import Definition
from catalogue.strict import BadDefinition
from tests.countries.packs import RW

RESIDENCE = yaml.safe_load((RW / "services" / "residence.yaml").read_text(encoding="utf-8"))


def anything(_definition: Definition) -> None:
    pass


def changed(**keys: object) -> dict[str, object]:
    made = {**copy.deepcopy(RESIDENCE), **keys}
    return {key: value for key, value in made.items() if value is not None}


def places(raw: dict[str, object]) -> list[str]:
    return [one.place for one in missing.read(raw, anything).lacks]


def test_a_whole_definition_lacks_nothing():
    reading = missing.read(RESIDENCE, anything)
    assert reading.lacks == []
    assert reading.definition == Definition.from_dict(RESIDENCE)


@pytest.mark.parametrize(
    ("raw", "lacking"),
    [
        (changed(names=None), ["names"]),
        (changed(form=None, area_field=None), ["form"]),
        (changed(case_prefix=None, refusal_reasons=None), ["case_prefix", "refusal_reasons"]),
        (changed(area_field="nothing"), ["area_field"]),
        (changed(agency=None, sources=None, time={"value": 1}), ["agency", "sources", "time.unit"]),
        (changed(colour="blue", kind="nothing"), ["colour", "kind"]),
    ],
)
def test_each_thing_that_is_missing_is_said(raw, lacking):
    assert sorted(places(raw)) == sorted(lacking)


def test_a_new_service_says_all_that_it_needs_to_be_applied_for():
    raw = {"code": "new", "names": {"en": "New"}, "applicable": True}
    found = places(raw)
    assert {"category", "agency", "kind", "office_level", "sources", "form"} <= set(found)
    assert {"case_prefix", "output", "refusal_reasons"} <= set(found)
    assert missing.read(raw, anything).definition.names == {"en": "New"}


def test_what_the_country_does_not_have_is_said_too():
    def refuse(_definition):
        raise BadDefinition('agency: unknown "nowhere"')

    (lack,) = missing.read(RESIDENCE, refuse).lacks
    assert (lack.key, lack.why) == ("agency", 'unknown "nowhere"')
