"""The register of rights is read as far as her own rights reach, and no farther."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import naming
from accounts.models import Grant
from places.models import Area, Office
from tests.accounts import people
from tests.accounts.rights.test_pages import DESK, at_desk, holds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country_tree")]


def office(area_code: str) -> Office:
    return Office.objects.create(
        code=f"office-{area_code}",
        names={"en": "An office"},
        area=Area.objects.get(code=area_code),
        level="sector",
    )


def test_a_file_of_rights_holds_her_own_areas_and_no_more():
    for area_code, name in (("1209", "Near"), ("1301", "Far"), (None, "Widely")):
        holds("case.decide", area_code=area_code, display_name=f"{name} Placed")

    def names(reader: int, **asked: str) -> set[str]:
        answer = at_desk(reader).get(f"{DESK}export.csv", asked)
        rows = csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig")))
        return {row["Who"].split()[0] for row in rows if "Placed" in row["Who"]}

    district = holds("rights.confirm", area_code="12", service_code="birth-certificate")
    assert names(district) == {"Near", "Widely"}
    assert names(district, area="1301") == {"Widely"}
    assert names(holds("rights.give"), area="1301") == {"Far", "Widely"}
    assert names(holds("rights.give")) == {"Near", "Far", "Widely"}


def test_she_finds_staff_of_her_own_areas_and_whoever_sits_nowhere():
    giver = holds("rights.give", area_code="12")
    for area_code in ("1209", "1301"):
        people.staff(display_name=f"Kamana {area_code}", office=office(area_code))
    people.staff(display_name="Kamana Nowhere")
    holds("case.decide", area_code="1209", display_name="Kamana Lent", office=office("13"))
    found = at_desk(giver).post(DESK, {"q": "kamana"}).content.decode()
    assert all(f"Kamana {name}" in found for name in ("1209", "Nowhere", "Lent"))
    assert "Kamana 1301" not in found
    everywhere = at_desk(holds("rights.give")).post(DESK, {"q": "kamana"}).content.decode()
    assert "Kamana 1301" in everywhere


# --- who can do this here, and what can she do --------------------------------------------------


def raw(account_id: int, **more: object) -> Grant:
    """A grant as it stands in the table, whatever has become of it."""
    giver, confirmer = people.givers(more.setdefault("given_at", timezone.now() - 40 * DAY))
    told = {"act": "case.decide", "service_code": "*", "from_at": more["given_at"], **more}
    waits = told.pop("waits", False)
    code = told.pop("area_code", None)
    if not waits:
        told |= {"confirmed_by": confirmer, "confirmed_at": told["given_at"]}
    area = Area.objects.get(code=code) if code else None
    return Grant.objects.create(account_id=account_id, given_by=giver, area=area, **told)


def placed(name: str, **more: object) -> int:
    holder = people.staff(display_name=f"{name} Placed")
    raw(holder.pk, **more)
    return holder.pk


DAY = timedelta(days=1)
AGO = {"given_at": timezone.now() - 40 * DAY, "until_at": timezone.now() - DAY}


NAMES = (
    "Here", "Around", "Country", "Elsewhere", "Expired", "Unconfirmed", "Birth", "Later", "Closed",
    "Other",
)  # fmt: skip


def here(reader: int, **asked: str) -> set[str]:
    wanted = {"act": "case.decide", "area": "1209", "service": "*", "rail": "*", "beneficiary": "*"}
    page = at_desk(reader).get(DESK, {**wanted, **asked}).content.decode()
    return {name for name in NAMES if f"{name} Placed" in page}


def test_who_can_do_this_here_names_those_who_can_and_nobody_else(monkeypatch):
    named = {"birth-certificate": "Birth certificate", "residence": "Certificate of residence"}
    monkeypatch.setitem(naming._READ, "service", lambda language: named)
    placed("Here", area_code="1209")
    placed("Around", area_code="12")
    placed("Country")
    placed("Elsewhere", area_code="1301")
    placed("Expired", area_code="1209", **AGO)
    placed("Unconfirmed", area_code="1209", waits=True)
    placed("Later", area_code="1209", from_at=timezone.now() + DAY)
    placed("Birth", area_code="1209", service_code="birth-certificate")
    placed("Other", area_code="1209", act="case.sign")
    closed = placed("Closed", area_code="1209")
    people.Account.objects.filter(pk=closed).update(is_active=False)
    everybody = holds("rights.give")
    of_all = {"Here", "Around", "Country"}
    assert here(everybody, service="residence") == of_all
    assert here(everybody, service="birth-certificate") == {*of_all, "Birth"}
    # What is left open asks for any of it, so that an empty form does not say "nobody".
    assert here(everybody) == {*of_all, "Birth"}
    assert here(everybody, area="") == {*of_all, "Birth", "Elsewhere"}
    assert here(everybody, area="", service="residence") == {*of_all, "Elsewhere"}
    # Somebody of the other province reads what counts there, whichever area she names.
    stranger = holds("rights.give", area_code="13")
    assert here(stranger) == {"Country"}
    assert here(stranger, area="1301") == {"Country", "Elsewhere"}
    assert here(holds("rights.confirm", area_code="1209")) == {*of_all, "Birth"}


def sections(reader: int, holder: int) -> dict[str, str]:
    page = at_desk(reader).get(f"{DESK}people/{holder}/").content.decode()
    parts = page.split("<h2>")[1:]
    return {part.split("</h2>")[0]: part for part in parts}


def test_what_she_can_do_is_told_as_far_as_the_reader_reaches():
    holder = people.staff(display_name="Kamana Placed").pk
    near = raw(holder, area_code="1209")
    far = raw(holder, area_code="1301", act="case.sign")
    gone = raw(holder, area_code="1209", act="case.supervise", **AGO)
    waits = raw(holder, area_code="1209", act="case.receive", waits=True)
    birth = raw(holder, area_code="1209", act="case.assist", service_code="birth-certificate")

    def where(reader: int) -> dict[str, set[int]]:
        told = sections(reader, holder)
        return {
            title: {one.pk for one in (near, far, gone, waits, birth) if f"{DESK}{one.pk}/" in part}
            for title, part in told.items()
        }

    found = where(holds("rights.give"))
    assert found["Now"] == {near.pk, far.pk, birth.pk}
    assert found["Waiting and later"] == {waits.pk}
    assert found["Before"] == {gone.pk}
    near_by = where(holds("rights.confirm", area_code="12"))
    assert near_by["Now"] == {near.pk, birth.pk}
    far_away = holds("rights.give", area_code="13")
    assert where(far_away)["Now"] == {far.pk}
    assert "Waiting and later" not in where(far_away)
    for grant, status in ((near, 404), (far, 200)):
        assert at_desk(far_away).get(f"{DESK}{grant.pk}/").status_code == status
        assert at_desk(far_away).get(f"{DESK}{grant.pk}/end/").status_code == status
    assert "Kamana Placed" not in at_desk(far_away).get(f"{DESK}waiting/").content.decode()
    assert "Kamana Placed" in at_desk(holds("rights.give")).get(f"{DESK}waiting/").content.decode()


def test_of_somebody_of_another_area_nothing_is_shown_at_all():
    giver = holds("rights.give", area_code="12")
    far = people.staff(display_name="Kamana Far", office=office("1301")).pk
    raw(far, area_code="1301")
    assert at_desk(giver).get(f"{DESK}people/{far}/").status_code == 404
    assert at_desk(holds("rights.give")).get(f"{DESK}people/{far}/").status_code == 200
    # Her own rights she reads wherever they are.
    raw(giver, area_code="1301", act="office.roster")
    assert len(Grant.objects.filter(account_id=giver)) == 2
    told = sections(giver, giver)["Now"]
    assert all(f"{DESK}{one.pk}/" in told for one in Grant.objects.filter(account_id=giver))
