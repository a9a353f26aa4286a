"""Areas, offices and beneficiaries: who serves whom."""

import pytest

from places import queries as places
from places.models import Office

pytestmark = pytest.mark.django_db


def test_a_village_is_served_by_the_office_of_its_sector_and_of_its_district(whole_rw) -> None:
    village = places.areas(level_name="village", parent_code="1209")[0]
    assert places.office_for(village.code, "sector").code == "sector-1209"
    assert places.office_for(village.code, "district").code == "district-12"
    assert places.office_for("1209", "sector").by_rule


def test_the_nearest_office_of_the_level_serves(tiny) -> None:
    assert places.office_for("N1", "parish").code == "parish-n1"
    assert places.office_for("N1", "island").code == "island-N"
    with pytest.raises(places.NoOffice):
        places.office_for("N2", "parish")


def test_an_unknown_area_has_no_office(tiny) -> None:
    with pytest.raises(places.NoOffice):
        places.office_for("nowhere", "island")


def test_an_inactive_office_serves_nobody(tiny) -> None:
    Office.objects.filter(code="island-N").update(active=False)
    with pytest.raises(places.NoOffice):
        places.office_for("N1", "island")


def test_a_national_office_is_found_by_its_agency(rw) -> None:
    assert places.office_for("", "national", agency_code="nida").code == "national-nida"
    with pytest.raises(places.NoOffice):
        places.office_for("", "national", agency_code="nobody")


def test_an_office_is_found_by_id_and_by_code(tiny) -> None:
    office = places.office_by_code("parish-n1")
    assert places.office(office.pk) == office
    assert office.told("fr") == "Coral parish house"
    with pytest.raises(places.NoOffice):
        places.office_by_code("parish-n9")
    with pytest.raises(places.NoOffice):
        places.office(0)


def test_offices_within_are_those_of_the_area_itself_and_of_all_below(rw) -> None:
    sector = places.office_by_code("sector-1209").pk
    district = places.office_by_code("district-12").pk
    elsewhere = places.office_by_code("sector-1101").pk
    found = places.offices_within({"1209", "12", "120", "nowhere"})
    assert found["1209"] == {sector}
    assert {sector, district} <= found["12"]
    assert elsewhere not in found["12"]
    assert found["120"] == found["nowhere"] == set()
    assert {sector, district, elsewhere} <= places.offices_within({"1"})["1"]
    assert places.offices_within(set()) == {}


def test_a_closed_office_is_still_within_its_area(rw) -> None:
    sector = places.office_by_code("sector-1209")
    sector.active = False
    sector.save()
    assert places.offices_within({"1209"}) == {"1209": {sector.pk}}


def test_areas_come_by_name_and_only_from_inside_the_one_above(rw) -> None:
    sectors = places.areas(level_name="sector", parent_code="12")
    assert "Kimironko" in [sector.name for sector in sectors]
    assert [s.name for s in sectors] == sorted(s.name for s in sectors)
    assert all(s.code.startswith("12") for s in sectors)
    assert len(places.areas(level_name="district", parent_code="1")) == 3
    assert places.areas(level_name="sector", parent_code="nowhere") == []


def test_an_area_is_told_with_what_holds_it_in_the_readers_language(rw) -> None:
    assert places.area_line("1209", "en") == "Kimironko, Gasabo, City of Kigali"
    assert places.area_line("1209", "fr") == "Kimironko, Gasabo, Ville de Kigali"
    with pytest.raises(places.NoArea):
        places.area_line("nowhere", "en")


def test_a_local_fee_belongs_to_the_district_of_the_office(rw) -> None:
    assert places.beneficiary_for("district", area_code="1209").code == "district-12"
    assert places.beneficiary_for("treasury", area_code="1209").code == "treasury"
    assert places.beneficiary("agency-nida").agency.code == "nida"
    with pytest.raises(places.NoBeneficiary):
        places.beneficiary_for("district", area_code="1")
    with pytest.raises(places.NoBeneficiary):
        places.beneficiary_for("district", area_code=None)
    with pytest.raises(places.NoBeneficiary):
        places.beneficiary_for("nobody", area_code="1209")
