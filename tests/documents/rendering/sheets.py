"""One content of each kind of paper and of each slip, for the renderer alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from documents.rendering import Content, newest, template
from tests.documents import papers

# As long as the code on a real paper: about 440 letters of Base32 behind the address.
CLAIMS = ("2KDXKRZ7QH5PLCVB3NMG6SJTAEIOWYUF" * 14)[:440]

_HABIMANA = {
    "family_name": "HABIMANA",
    "given_names": "Jean de Dieu",
    "sex": "M",
    "born_on": "1988-12-01",
    "birth_place": "Kimironko, Gasabo, City of Kigali",
}
_RESIDENCE = {"residence": "Remera, Gasabo, City of Kigali"}
_PARENTS = {"father_name": "Habimana Jean", "mother_name": "Uwera Rose"}
_CASE = {
    "case_number": "BC-26-48201937",
    "service": "Birth certificate",
    "applicant": "Aline Chantal MUKAMANA",
}
JUDGMENT = {
    "on": "2019-05-14",
    "court": "Gasabo Primary Court",
    "offence": "Breach of trust, article 176",
    "sentence": "Six months, suspended for two years",
}


def numbered(prefix: str, count: str, rows: list[dict[str, str]]) -> dict[str, str]:
    """Return rows as facts: how many, then "prefix_1_column"."""
    facts = {count: str(len(rows))}
    for number, row in enumerate(rows, start=1):
        facts |= {f"{prefix}_{number}_{name}": value for name, value in row.items()}
    return facts


def paper(paper_type: str, facts: dict[str, str], **more: object) -> Content:
    """Return a paper on a person of the population register, unless `more` says otherwise."""
    cited = papers.content("single_status").entry
    values: dict[str, object] = {"template": newest(paper_type), "facts": facts, "entry": cited}
    number = f"{newest(paper_type).prefix}-SECTOR1209-2026-000123-7"
    return papers.content("single_status", **{**values, "number": number, "claims": CLAIMS, **more})


def birth(**more: object) -> Content:
    facts = {**papers.FACTS["birth_certificate"], "nationality": "RW"}
    return papers.content(**{"facts": facts, "claims": CLAIMS, **more})


def marriage(**more: object) -> Content:
    facts = dict(papers.FACTS["marriage_certificate"])
    for spouse in (1, 2):
        facts |= {f"spouse_{spouse}_{name}": value for name, value in _PARENTS.items()}
    number = "MC-SECTOR1209-2026-000088-4"
    return papers.content(
        "marriage_certificate", **{"facts": facts, "number": number, "claims": CLAIMS, **more}
    )


def criminal(judgments: int = 0, **more: object) -> Content:
    facts = {**_HABIMANA, "nationality": "RW"}
    facts |= numbered("judgment", "judgments", [JUDGMENT] * judgments)
    office = {"en": "National Public Prosecution", "fr": "Organe national de poursuite judiciaire"}
    place = {"en": "", "fr": ""}
    return paper("criminal_record", facts, **{"office": office, "place": place, **more})


def slip(paper_type: str, facts: dict[str, str], **more: object) -> Content:
    values: dict[str, object] = {"entry": None, "officer": None}
    return paper(paper_type, facts, **{**values, **more})


def acknowledgement(items: int = 3, **more: object) -> Content:
    names = ["Copy of the passport", "Passport photo", "Proof of registration of a refugee"]
    rows = [{"name": names[n % 3], "note": "Original seen"} for n in range(items)]
    facts = _CASE | {
        "received_at": "2026-11-23T10:05+02:00",
        "fee": "500 RWF",
        "payment_reference": "8589 6132 6965",
        "paid_at": "2026-11-23T10:09+02:00",
        "due_on": "2026-11-27",
        "collect_at": "On the case's page, as a file",
    }
    return slip("acknowledgement", facts | numbered("item", "items", rows), **more)


def completion_request(**more: object) -> Content:
    rows = [
        {"name": "Copy of the passport", "reason": "The page with the photo cannot be read."},
        {"name": "Date of birth", "reason": "It differs from the register: 27 or 28 March?"},
    ]
    facts = _CASE | {"asked_at": "2026-11-24T15:30+02:00", "until": "2026-12-08"}
    return slip("completion_request", facts | numbered("item", "items", rows), **more)


def refusal(**more: object) -> Content:
    facts = _CASE | {
        "decided_at": "2026-11-25T11:20+02:00",
        "reason": "No entry of this birth was found in the register; it must be registered late.",
        "law": "Law 001/2020 of 02/02/2020 amending Law 32/2016 governing persons and family",
        "appeal_body": "Gasabo District, civil registration",
        "appeal_until": "2026-12-25",
        "appeal_how": "On the case's page, or in writing at the office that decided.",
    }
    return slip("refusal", facts, **more)


def apology(**more: object) -> Content:
    facts = _CASE | {
        "received_at": "2026-11-23T10:05+02:00",
        "promised_on": "2026-11-27",
        "reason": "The register of births of 1990 is being copied and could not be consulted.",
        "due_on": "2026-12-04",
    }
    return slip("apology", facts, **more)


def control_slip(desks: int = 5, **more: object) -> Content:
    row = {
        "name": "Front desk, Éric Nsengimana",
        "act": "Received, paid",
        "from": "2026-11-23T10:05+02:00",
        "to": "2026-11-23T10:40+02:00",
        "held": "35 min",
    }
    facts = _CASE | {"received_at": "2026-11-23T10:05+02:00", "due_on": "2026-11-27"}
    return slip("control_slip", facts | numbered("desk", "desks", [row] * desks), **more)


def register_of_the_day(cases: int = 90, **more: object) -> Content:
    row = {
        "time": "10:05",
        "number": "BC-26-48201937",
        "service": "Certificate of being single",
        "applicant": "Aline Chantal MUKAMANA",
        "act": "Received",
        "due_on": "2026-11-27",
    }
    totals = {"received": "90", "decided": "71", "handed_over": "64", "late": "2"}
    facts = {"day": "2026-11-23", **totals} | numbered("case", "cases", [row] * cases)
    return slip("register_of_the_day", facts, **more)


_PERSON = {**_HABIMANA, **_RESIDENCE}
_LIFE = {"valid_until": date(2027, 5, 23)}
_COPY = {"copy": "duplicate", "copy_no": 2, "original_number": "BC-SECTOR1209-2026-000123-7"}
_CERTIFIED = {**_COPY, "copy": "certified_copy", "copy_no": 1}

SHEETS: dict[str, Callable[[], Content]] = {
    "birth_certificate": birth,
    "birth_certificate_fr": lambda: birth(languages=("fr", "en")),
    "birth_certificate_sealed": lambda: birth(officer=None),
    "birth_extract": lambda: birth(kind="extract"),
    "birth_record": lambda: birth(
        kind="record", facts={**papers.FACTS["birth_certificate"], **_PARENTS, "nationality": "RW"}
    ),
    "birth_duplicate": lambda: birth(**_COPY, number="BC-SECTOR1209-2026-000311-2"),
    "birth_certified_copy": lambda: birth(
        **_CERTIFIED, kind="record", number="BC-SECTOR1209-2026-000312-0"
    ),
    "birth_reissued": lambda: birth(supersedes="BC-SECTOR1209-2026-000120-9"),
    "marriage_certificate": marriage,
    "marriage_extract": lambda: marriage(kind="extract"),
    "marriage_record": lambda: marriage(kind="record"),
    "marriage_record_duplicate": lambda: marriage(
        kind="record", **{**_COPY, **_LIFE}, supersedes="MC-SECTOR1209-2026-000080-1"
    ),
    "single_status": lambda: paper(
        "single_status", {**_PERSON, "marital_status": "single"}, **_LIFE
    ),
    "full_identity": lambda: paper(
        "full_identity", {**_PERSON, "marital_status": "married", "nationality": "RW"}
    ),
    "full_identity_sealed": lambda: paper(
        "full_identity",
        {**_PERSON, "marital_status": "married", "nationality": "RW"},
        officer=None,
    ),
    "residence": lambda: paper("residence", _PERSON, **_LIFE),
    "life": lambda: paper("life", _PERSON, **_LIFE),
    "criminal_record_nothing": lambda: criminal(0, **_LIFE),
    "criminal_record_two": lambda: criminal(2),
    "criminal_record_of_20": lambda: criminal(20),
    "acknowledgement": acknowledgement,
    "completion_request": completion_request,
    "refusal": refusal,
    "apology": apology,
    "control_slip": control_slip,
    "register_of_the_day": register_of_the_day,
}


def specimen(made: Content) -> Content:
    return replace(made, number="", verification_id="", claims="")


def old(paper_type: str, version: int) -> Content:
    """Return a paper of a wording that has a newer version, as it was asked for before."""
    return papers.content(paper_type, template=template(paper_type, version), claims=CLAIMS)
