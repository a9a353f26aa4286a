"""A service that nobody programmed: from an empty page to a paid, routed and signed paper."""

import pytest
from django.urls import reverse

from applications import operations as applications
from catalogue.models import Service
from documents import operations as documents
from documents.models import Paper
from payments import queries as bills
from tests.applications import world as cases
from tests.applications.browser import citizen_at, text_of
from tests.applications.packing import HOME
from tests.catalogue.editor.world import LAW, Editor, fresh
from tests.countries.packs import load
from tests.documents import world as papers
from tests.world import NOON

pytestmark = pytest.mark.django_db

RESIDENCE = "residence"


def build(ange: Editor):
    """Write the certificate of residence, page by page."""
    draft = ange.begin(
        name="Certificate of residence",
        code=RESIDENCE,
        category="family",
        agency="minaloc",
        kind="certificate",
    )
    ange.write(
        draft,
        "words",
        names_en="Certificate of residence",
        summary_en="Confirms where you live now.",
        who_may_apply_en="Whoever lives in Rwanda",
    )
    ange.write(
        draft,
        "kind",
        category="family",
        agency="minaloc",
        kind="certificate",
        applicable="on",
        case_prefix="RZ",
    )
    ange.add(draft, "needed", text_en="Your identity number")
    ange.add(draft, "steps", text_en="Answer, pay, and receive the paper.")
    ange.add(
        draft,
        "fees",
        names_en="Fee",
        code="fee",
        amount_minor="1500",
        beneficiary="district",
        **LAW,
    )
    build_form(ange, draft)
    ange.write(draft, "office", office_level="sector", area_field="residence_code")
    ange.write(
        draft,
        "paper",
        output__names_en="Certificate of residence",
        output__paper="residence",
        output__register="population",
        output__kind="certificate",
        output__valid_months="3",
    )
    ange.write(draft, "time", time__value="1", time__unit="working_days")
    ange.add(draft, "refusal_reasons", labels_en="The register does not hold you.", code="no_entry")
    ange.write(draft, "appeal", appeal__days="30", appeal__body_en="The district")
    ange.add(draft, "sources", url="https://www.minijust.gov.rw/orders/2")
    return fresh(draft.pk)


def build_form(ange: Editor, draft) -> None:
    ange.add(draft, "form", titles_en="In which district do you live?", code="district")
    ange.add(
        draft,
        "form/district/fields",
        labels_en="District",
        code="district",
        type="area",
        level_name="district",
        required="on",
    )
    ange.add(draft, "form", titles_en="In which sector do you live?", code="sector")
    ange.add(
        draft,
        "form/sector/fields",
        labels_en="Sector",
        code="residence_code",
        type="area",
        level_name="sector",
        within="district",
        required="on",
    )
    ange.add(draft, "form", titles_en="Why?", code="reason")
    ange.add(
        draft,
        "form/reason/fields",
        labels_en="What do you need it for?",
        code="reason",
        type="choice",
        required="on",
    )
    for code in ("school", "work", "marriage"):
        where = "form/reason/fields/reason/options"
        ange.add(draft, where, value=code, labels_en=code.capitalize())


def signed(case, officer_id: int) -> Paper:
    """Let the errands draw the paper, and the officer sign it with her password."""
    cases.make_keys()
    drawn = papers.draw(case.paper_id)
    applications.mark_rendered(application_id=case.pk, at=NOON)
    documents.mandate(
        paper_hashes={case.paper_id: drawn},
        officer_id=officer_id,
        until=NOON + 15 * cases.MINUTE,
        at=NOON,
        step_up_id=papers.step_up(officer_id),
    )
    documents.sign_through(case.paper_id, at=NOON)
    applications.conclude(application_id=case.pk, at=NOON)
    return Paper.objects.get(pk=case.paper_id)


def test_a_certificate_of_residence_is_built_from_nothing_and_comes_as_a_signed_paper(
    desk, uwase, staffed, small_pack, monkeypatch, settings, tmp_path
):
    settings.FILES_DIR = tmp_path / "files"
    ange, bela = Editor(desk.ange), Editor(desk.bela)

    draft = build(ange)
    assert "Nothing is missing." in text_of(ange.get("editor_draft", draft.pk))
    assert ange.act(draft, "send", words="A new service.").status_code == 302
    assert bela.act(draft, "approve", revision=draft.revision).status_code == 302

    # Anybody finds it, and reads what it costs and by which law.
    browser = citizen_at(uwase)
    assert "Certificate of residence" in text_of(browser.get("/search/?q=residense"))
    page = text_of(browser.get(reverse("catalogue:service", args=[RESIDENCE])))
    assert "1,500" in page
    assert LAW["legal_source"] in page

    # She applies and pays; it goes to the sector that she named, and an officer decides.
    answers = {"district": "12", "residence_code": HOME, "reason": "work"}
    monkeypatch.setitem(cases.ANSWERS, RESIDENCE, answers)
    case = cases.queued(uwase, RESIDENCE)
    assert (case.status, case.deciding_office_id) == ("IN_QUEUE", cases.office_id(HOME))
    bill = bills.bill(case.bill_id)
    assert bill.total_minor == bill.paid_minor == 1_500
    officer_id = case.officer_id
    applications.take(application_id=case.pk, by_id=officer_id, at=NOON)
    applications.approve(
        application_id=case.pk,
        by_id=officer_id,
        version=cases.fresh(case).version,
        entry=cases.person_entry(uwase),
        at=NOON,
    )
    paper = signed(cases.fresh(case), officer_id)
    assert (paper.paper_type, paper.state) == ("residence", "ISSUED")
    assert cases.fresh(case).status == "ISSUED"

    # The next load of the pack leaves it alone, though the pack does not know it.
    assert (RESIDENCE, "kept") in [(one.code, one.what) for one in load(small_pack)]
    assert Service.objects.get(code=RESIDENCE).active
