"""Contents for the renderer, without a database."""

import dataclasses
from datetime import UTC, date, datetime

from documents.rendering import Content, Entry, newest

FACTS = {
    "birth_certificate": {
        "family_name": "MUKAMANA",
        "given_names": "Aline Chantal",
        "sex": "F",
        "born_on": "1990-03-27",
        "birth_place": "Kimironko, Gasabo, City of Kigali",
        "father_name": "Habimana Jean",
        "mother_name": "Uwera Rose",
    },
    "single_status": {
        "family_name": "HABIMANA",
        "given_names": "Jean de Dieu",
        "sex": "M",
        "born_on": "1988-12-01",
        "birth_place": "Kimironko, Gasabo, City of Kigali",
        "residence": "Remera, Gasabo, City of Kigali",
        "marital_status": "single",
    },
    "marriage_certificate": {
        "spouse_1_family_name": "HABIMANA",
        "spouse_1_given_names": "Jean de Dieu",
        "spouse_1_born_on": "1988-12-01",
        "spouse_1_birth_place": "Kimironko, Gasabo, City of Kigali",
        "spouse_2_family_name": "MUKAMANA",
        "spouse_2_given_names": "Aline Chantal",
        "spouse_2_born_on": "1990-03-27",
        "spouse_2_birth_place": "Ngoma, Huye, Southern Province",
        "married_on": "2015-08-14",
        "place": "Kimironko, Gasabo, City of Kigali",
        "property_regime": "limited_community",
    },
}


def content(paper_type: str = "birth_certificate", **more: object) -> Content:
    act = paper_type != "single_status"
    made = Content(
        template=newest(paper_type),
        kind="certificate",
        languages=("en", "fr"),
        country={"en": "Rwanda", "fr": "Rwanda"},
        country_code="RW",
        country_languages=("en", "fr", "rw"),
        flag_colours=("#00a1de", "#fad201", "#20603d"),
        office={"en": "Kimironko Sector Office", "fr": "Bureau du secteur de Kimironko"},
        place={"en": "Gasabo, City of Kigali", "fr": "Gasabo, Ville de Kigali"},
        officer="Marie-Claire Uwase",
        facts=FACTS[paper_type],
        entry=Entry(
            office="Kimironko, Gasabo" if act else "",
            year=1990 if act else None,
            volume="II" if act else "",
            act_number="0413" if act else "",
            registered_on=date(1990, 4, 2) if act else None,
            read_on=date(2026, 11, 23),
        ),
        number="BC-SECTOR1209-2026-000123-7",
        verification_id="7QK3M0ZB94TVX2HD",
        site_url="https://guichet.example",
        done_on=date(2026, 11, 23),
        made_at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
    )
    return dataclasses.replace(made, **more)


def with_facts(paper_type: str = "birth_certificate", **facts: str) -> Content:
    return content(paper_type, facts={**FACTS[paper_type], **facts})
