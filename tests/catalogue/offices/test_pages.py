"""The pages of offices and agencies: where, when, what for how much; gaps are said aloud."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from catalogue.measuring import Measured
from catalogue.models import Service
from catalogue.operations import measuring
from places.models import Agency, Area, Office
from tests import weighing
from tests.world import NOON

pytestmark = pytest.mark.django_db

PAGES = ["/offices/", "/offices/?area=12", "/offices/?area=1209", "/offices/?q=kimironko",
         "/offices/sector-1209/", "/offices/national-nida/", "/offices/sector-1209/wall/",
         "/agencies/minaloc/"]  # fmt: skip
LANGUAGES = ("en", "fr", "rw")


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON):
        yield


def _text(client: Client, path: str, language: str = "en") -> str:
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_served_in_every_language(rw, client, path) -> None:
    for language in LANGUAGES:
        _text(client, path, language)


def test_offices_are_reached_from_the_country_down(rw, client) -> None:
    country = _text(client, "/offices/")
    assert "?area=1" in country
    assert "/offices/national-nida/" in country
    assert "by rule" in country
    district = _text(client, "/offices/?area=12")
    assert "/offices/sector-1209/" in district
    assert "/offices/district-12/" in district


def test_an_office_is_found_by_a_misspelt_area_and_nothing_typed_is_run(rw, client) -> None:
    assert "/offices/sector-1209/" in _text(client, "/offices/?q=Kimironco")
    assert 'href="/offices/?area=2"' in _text(client, "/offices/?q=southern")
    empty = _text(client, "/offices/?q=%3Cscript%3Exqzwk")
    assert "No office found" in empty
    assert "<script>xq" not in empty
    assert _text(client, "/offices/?q=" + "a" * 4_000)


def test_an_office_says_when_it_is_open_what_it_does_and_what_nobody_published(rw, client) -> None:
    page = _text(client, "/offices/sector-1209/")
    for words in (
        "Open now",
        "until 17:00",
        "Monday to Friday",
        "08:00 to 17:00",
        "which no source gives",
        "not published",
        "Executive secretary of the sector",
        "/services/residence/",
        "Kimironko, Gasabo, City of Kigali",
        "Christmas Day",
    ):
        assert words in page
    assert "/services/criminal-record/" not in page  # Of a national office.


def test_what_is_published_of_an_office_is_shown(tiny, client) -> None:
    Office.objects.filter(code="parish-n1").update(
        email="coral@tiny.example", address="Pier 1", head={"en": "Parish warden"}, one_stop=True
    )
    page = _text(client, "/offices/parish-n1/")
    for words in ("tel:+248 4 000 000", "mailto:coral@tiny.example", "Pier 1", "Parish warden"):
        assert words in page
    assert "one-stop shop" in page
    assert "/offices/parish-n1/" in _text(client, "/offices/")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-12-25T10:00+02:00", "Closed today: Christmas Day"),
        ("2026-11-28T10:00+02:00", "Closed now"),
        ("2026-11-23T18:00+02:00", "Closed now"),
    ],
)
def test_a_closed_office_says_why_and_when_it_opens(rw, client, at, said) -> None:
    with time_machine.travel(at):
        page = _text(client, "/offices/sector-1209/")
    assert said in page
    assert "Opens" in page
    assert "Open now" not in page


def test_an_agency_says_who_provides_who_implements_and_its_standard(rw, client) -> None:
    page = _text(client, "/agencies/minaloc/")
    for words in (
        "Provider",
        "Implementers",
        "has not published a charter",
        "Sector: 416 offices",
        "/services/residence/",
        "1,500 RWF",
        "1 working day",
        "not measured yet",
    ):
        assert words in page
    Agency.objects.filter(code="minaloc").update(charter={"en": "We answer within a day."})
    assert "We answer within a day." in _text(client, "/agencies/minaloc/")


def test_an_agency_without_procedures_says_so(rw, client) -> None:
    Agency.objects.create(code="quiet", names={"en": "Quiet Agency"})
    assert "has no published procedure" in _text(client, "/agencies/quiet/")


def test_what_really_happened_stands_beside_the_promise(rw, client) -> None:
    assert Service.objects.filter(code__in=["residence", "life"]).count() == 2
    measuring.keep(
        {
            "residence": Measured(1234, Decimal("0.4"), Decimal("2.1")),
            "life": Measured(3, None, None),
        },
        month=date(2026, 10, 1),
        at=NOON,
    )
    page = _text(client, "/offices/sector-1209/")
    assert "half within half a working day, nine of ten within 3 working days" in page
    assert "October 2026, 1,234 cases" in page
    assert "October 2026: too few to tell" in page
    assert "not measured yet" in page


@pytest.mark.parametrize(
    "path", ["/offices/none/", "/offices/none/wall/", "/agencies/none/", "/offices/?area=none"]
)
def test_an_unknown_name_is_not_found(rw, client, path) -> None:
    assert client.get(path).status_code == 404


def test_a_closed_office_has_no_page(rw, client) -> None:
    Office.objects.filter(code="sector-1209").update(active=False)
    assert client.get("/offices/sector-1209/").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_only_read(rw, client, path) -> None:
    assert client.post(path).status_code in {403, 405}


QUERIES = [("/offices/", 5), ("/offices/?area=12", 5), ("/offices/?q=gasabo", 5),
           ("/offices/sector-1209/", 5), ("/offices/sector-1209/wall/", 2),
           ("/agencies/minaloc/", 5)]  # fmt: skip


@pytest.mark.parametrize(("path", "most"), QUERIES)
def test_a_page_costs_a_constant_number_of_queries(
    rw, client, django_assert_max_num_queries, path, most
) -> None:
    with django_assert_max_num_queries(most):
        _text(client, path)


def test_no_page_is_heavy_with_its_style(rw, client) -> None:
    for path in PAGES:
        weighing.refuse_heavy(weighing.squeezing(client).get(path), path)


def test_areas_of_which_the_pack_says_where_they_lie_are_on_a_map_and_in_a_list(
    tiny, client
) -> None:
    assert '<svg class="map"' not in _text(client, "/offices/")
    for code, latitude in (("N", -4), ("S", -5)):
        Area.objects.filter(code=code).update(latitude=latitude, longitude=55)
    page = _text(client, "/offices/")
    assert page.count("<circle") >= 2
    assert page.count('href="/offices/?area=N"') == 2  # Once on the map, once in the list.
    assert page.count('href="/offices/?area=N" tabindex="-1"') == 1
