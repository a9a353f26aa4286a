"""The register of rights is read as far as her own rights reach, and no farther."""

import csv
import io

import pytest

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
