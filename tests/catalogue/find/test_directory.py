"""The services of another site: searched with ours, marked, and left for only knowingly."""

import csv

import pytest

from catalogue import queries_found
from catalogue.models import Reference, SearchEntry
from catalogue.operations import packfound
from kernel.country import BadPack
from tests.catalogue.find import packs

pytestmark = pytest.mark.django_db


def test_every_entry_of_the_directory_is_a_reference_with_whom_to_thank(kenya, client) -> None:
    assert Reference.objects.count() == 5_489
    assert Reference.objects.filter(url="").count() == 4
    page = client.get("/directory/").content.decode()
    assert "CC BY 4.0" in page
    assert "kenya-ecitizen-services-dataset" in page
    assert "14 February 2026" in page


def test_the_search_finds_what_only_the_other_site_offers_and_says_so(kenya, client) -> None:
    first = queries_found.search("kenya gazette advertisment", "en")[0]
    assert first.reference is not None
    assert first.reference.name.text == "Kenya Gazette advertisement"
    page = client.get("/search/?q=kenya+gazette+advertisment").content.decode()
    assert "on eCitizen" in page
    assert f"/directory/{first.code}/" in page
    assert "governmentpress.ecitizen.go.ke" not in page


def test_what_is_offered_here_goes_before_its_namesake_elsewhere(kenya) -> None:
    codes = [each.code for each in queries_found.search("birth certificate", "en")]
    assert codes[0] == "birth-certificate"
    assert any(each.reference for each in queries_found.search("birth certificate", "en"))


def test_a_link_is_followed_only_after_its_page_has_said_where_it_leads(kenya, client) -> None:
    code = Reference.objects.get(name="Lodge Complaints").code
    page = client.get(f"/directory/{code}/").content.decode()
    assert "cmis.ombudsman.go.ke" in page
    assert 'rel="noreferrer external"' in page
    assert "not encrypted" in page
    safe = Reference.objects.get(name="Kenya Gazette advertisement").code
    assert "not encrypted" not in client.get(f"/directory/{safe}/").content.decode()


def test_an_entry_without_an_address_has_no_link(kenya, client) -> None:
    code = Reference.objects.filter(url="")[0].code
    page = client.get(f"/directory/{code}/").content.decode()
    assert "No address is known" in page
    assert "noreferrer external" not in page


def test_an_agency_lists_what_it_gives(kenya, client) -> None:
    page = client.get("/directory/by/government-press/").content.decode()
    assert "Kenya Gazette advertisement" in page
    assert "3 services on eCitizen" in page
    assert client.get("/directory/by/nobody/").status_code == 404
    assert client.get("/directory/nothing/").status_code == 404


def test_a_country_without_a_directory_says_so(tiny, client) -> None:
    assert "No directory" in client.get("/directory/").content.decode()


def test_loading_it_again_changes_nothing_and_leaving_it_out_takes_it_away(kenya, tmp_path) -> None:
    entries = SearchEntry.objects.count()
    again = packs.light(tmp_path / "again", "ke")
    assert packs.catalogue.load(again) == []
    assert SearchEntry.objects.count() == entries
    (again / "directory.yaml").unlink()
    packs.catalogue.load(again)
    assert not Reference.objects.exists()
    assert not SearchEntry.objects.filter(reference__isnull=False).exists()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("javascript:alert(1)", "no web address"),
        ("htpps://a.example", "no web address"),
        ("https://a .example", "no web address"),
        ("//a.example", "no web address"),
    ],
)
def test_an_address_that_is_none_is_refused(tmp_path, url, why) -> None:
    file = tmp_path / "directory.csv"
    with file.open("w", newline="") as out:
        rows = [["code", "name", "agency", "ministry", "url"], ["a", "A", "B", "C", url]]
        csv.writer(out).writerows(rows)
    with pytest.raises(BadPack, match=why):
        list(packfound._references(file))
