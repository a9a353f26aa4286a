"""A mended case stays at the desk where it lies, and what nobody asked for bars no answer."""

import pytest

from applications import operations, queries
from places.models import Area, Office
from tests.accounts import people
from tests.applications import world
from tests.applications.acts.world import take, transfer
from tests.applications.appeals.world import above, appealed
from tests.applications.packing import FAR, HOME, NEIGHBOUR
from tests.world import NOON

pytestmark = pytest.mark.django_db


def ask(case, by_id, **fields):
    operations.ask_completion(
        application_id=case.pk,
        by_id=by_id,
        version=case.version,
        fields=fields or {"father_name": "unclear"},
        at=NOON,
    )


def answer(case, citizen, **given):
    operations.complete(
        application_id=case.pk,
        holder_id=citizen.person_id,
        by_id=citizen.account_id,
        given=given or {"father_name": "Umutesi Jean-Bosco"},
        at=NOON,
    )
    return world.fresh(case)


def given_on(citizen, staffed):
    """Return a case that was given on to another sector, in the hands of its officer."""
    case = world.taken(citizen, staffed.aline)
    return take(transfer(case, staffed.aline, office_id=world.office_id(FAR)), staffed.far)


def where(case):
    return case.status, case.deciding_office.code, case.officer_id


def test_a_case_that_was_given_on_is_mended_for_whoever_has_it_now(uwase, staffed):
    case = given_on(uwase, staffed)
    ask(case, staffed.far)
    assert where(answer(case, uwase)) == ("UNDER_REVIEW", f"sector-{FAR}", staffed.far)


def test_only_another_area_leads_it_elsewhere(uwase, staffed):
    neighbour = world.officer(NEIGHBOUR)
    case = given_on(uwase, staffed)
    ask(case, staffed.far, birth_place_code="check")
    mended = answer(case, uwase, birth_place_code=NEIGHBOUR)
    assert where(mended) == ("IN_QUEUE", f"sector-{NEIGHBOUR}", neighbour)


def test_an_appeal_is_mended_for_the_office_above_not_for_the_one_that_refused(uwase, staffed):
    dative = above()
    case = take(appealed(uwase, staffed.aline), dative)
    ask(case, dative)
    assert where(answer(case, uwase)) == ("UNDER_REVIEW", "district-12", dative)


def test_another_area_does_not_lead_an_appeal_down_again(uwase, staffed):
    dative = above()
    case = take(appealed(uwase, staffed.aline), dative)
    ask(case, dative, birth_place_code="check")
    mended = answer(case, uwase, birth_place_code=NEIGHBOUR)
    assert where(mended) == ("UNDER_REVIEW", "district-12", dative)


def test_where_the_appeals_officer_left_a_colleague_above_gets_the_mended_case(uwase, staffed):
    dative = above()
    case = take(appealed(uwase, staffed.aline), dative)
    ask(case, dative)
    world.end_grants(dative, at=NOON)
    colleague = above()
    assert where(answer(case, uwase)) == ("IN_QUEUE", "district-12", colleague)


# --- an office that closes under an appeal


def test_a_closed_offices_appeals_go_up_and_never_down_to_who_refused(uwase, staffed):
    above()
    case = appealed(uwase, staffed.aline)
    Office.objects.filter(code="district-12").update(active=False)
    country = people.officer("case.decide", area_code=None)
    assert operations.reroute_stranded(now=NOON) == 1
    moved = world.fresh(case)
    assert moved.deciding_office.level == "national"
    assert moved.officer_id in {country, None}
    assert queries.routings(case.pk)[-1].reasons[0] == "rerouted"


def test_an_appeal_that_nobody_above_can_hear_waits_where_it_is(uwase, staffed):
    above()
    case = appealed(uwase, staffed.aline)
    Office.objects.filter(level__in=["district", "province", "national"]).update(active=False)
    assert operations.reroute_stranded(now=NOON) == 0
    assert world.fresh(case).version == case.version


def test_a_nations_appeal_goes_to_the_office_that_follows_the_closed_one(uwase, house):
    old = Office.objects.get(code="national-nppa")
    first, other = (
        people.officer("case.decide", area_code=None, office_id=old.pk) for _ in range(2)
    )
    case = appealed(uwase, first, world.CRIMINAL)
    assert where(case) == ("IN_QUEUE", "national-nppa", other)
    Office.objects.filter(pk=old.pk).update(active=False)
    old.pk, old.code = None, "national-nppa-next"
    old.save(force_insert=True)
    assert operations.reroute_stranded(now=NOON) == 1
    assert where(world.fresh(case))[:2] == ("IN_QUEUE", "national-nppa-next")


# --- what nobody asked her to mend


def test_an_area_that_was_dissolved_meanwhile_does_not_keep_her_from_answering(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline)
    Area.objects.filter(code=HOME).update(active=False)
    mended = answer(case, uwase)
    assert where(mended) == ("UNDER_REVIEW", f"sector-{HOME}", staffed.aline)
    assert mended.given["birth_place_code"] == HOME


def test_what_she_was_asked_for_must_fit(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline, birth_place_code="check")
    Area.objects.filter(code=HOME).update(active=False)
    with pytest.raises(operations.Incomplete):
        answer(case, uwase, birth_place_code=HOME)
    assert answer(case, uwase, birth_place_code=NEIGHBOUR).status == "IN_QUEUE"


def test_an_answer_that_breaks_another_one_is_refused(uwase, staffed):
    case = world.taken(uwase, staffed.aline)
    ask(case, staffed.aline, district="check")
    with pytest.raises(operations.Incomplete):
        answer(case, uwase, district="11")
    assert answer(case, uwase, district="12").status == "UNDER_REVIEW"
