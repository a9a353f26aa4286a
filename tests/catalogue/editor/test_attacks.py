"""What an enemy, or two people in one moment, could have made of the editor."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalogue import comparing
from catalogue.models import DraftReview, Service, ServiceDraft
from catalogue.operations import editing, exchanging, publishing, reviewing
from catalogue.operations.exchanging import BadFile
from catalogue.operations.known import Known
from catalogue.strict import BadDefinition
from tests.applications.browser import text_of
from tests.catalogue.editor.world import (
    BIRTH,
    DAY,
    LAW,
    Desk,
    Editor,
    approve,
    begun,
    fee,
    fresh,
    sent,
    write,
)
from tests.countries.packs import RW
from tests.world import NOON

pytestmark = pytest.mark.django_db

RESIDENCE = (RW / "services" / "residence.yaml").read_text(encoding="utf-8")
TOMORROW = NOON + DAY


@pytest.fixture
def ange(desk: Desk) -> Editor:
    return Editor(desk.ange)


# --- the day of a draft


def approved_for_tomorrow(desk: Desk, code: str) -> ServiceDraft:
    draft = begun(desk, code)
    write(draft, "summary", {"en": "Said anew."}, by_id=desk.ange)
    reviewing.send(draft_id=draft.pk, by_id=desk.ange, at=NOON)
    approve(desk, fresh(draft.pk), publish_from=TOMORROW)
    return fresh(draft.pk)


def test_what_fits_no_more_on_its_day_goes_back_and_keeps_no_other_from_it(desk, monkeypatch):
    unfit, fit = approved_for_tomorrow(desk, BIRTH), approved_for_tomorrow(desk, "life")
    check = Known.check

    def without_the_agency(self: Known, definition: object) -> None:
        if definition.code == BIRTH:
            raise BadDefinition('agency: unknown "minaloc"')
        check(self, definition)

    monkeypatch.setattr(Known, "check", without_the_agency)
    assert publishing.publish_due(now=TOMORROW) == 1
    assert (fresh(unfit.pk).state, fresh(fit.pk).state) == ("RETURNED", "PUBLISHED")
    assert 'agency: unknown "minaloc"' in DraftReview.objects.filter(draft=unfit).latest("pk").words
    assert Service.objects.get(code=BIRTH).current.source == "pack"


def test_a_version_that_comes_while_she_approves_leaves_nothing_approved(desk, monkeypatch):
    draft = sent(desk)
    monkeypatch.setattr(publishing, "publish", lambda _draft, at: False)
    with pytest.raises(reviewing.OutOfDate):
        approve(desk, draft)
    assert fresh(draft.pk).state == "IN_REVIEW"


def test_a_fee_waits_for_the_day_of_its_law(desk):
    law = LAW | {"legal_from": "2026-11-25"}
    draft = sent(desk, "fees", [fee(2_000, **law)])
    for too_early in (None, NOON + DAY):
        with pytest.raises(reviewing.FeeBeforeLaw):
            approve(desk, draft, publish_from=too_early)
    answer = Editor(desk.bela).act(draft, "approve", revision=draft.revision)
    assert "before its law is in force" in text_of(answer)
    approve(desk, draft, publish_from=NOON.replace(day=25, hour=0))
    assert fresh(draft.pk).state == "APPROVED"


# --- two in one moment


def test_of_two_who_begin_at_once_the_second_finds_the_first(desk, monkeypatch):
    first: list[ServiceDraft] = []
    look = editing._require_none

    def a_moment_too_early(code: str) -> None:
        if first:
            look(code)
        else:
            by = {"begun_by_id": desk.bela, "changed_by_id": desk.bela}
            at = {"begun_at": NOON, "changed_at": NOON}
            first.append(ServiceDraft.objects.create(code=code, definition={}, **by, **at))

    monkeypatch.setattr(editing, "_require_none", a_moment_too_early)
    with pytest.raises(editing.DraftStands) as stands:
        editing.begin(code="boat", definition={}, by_id=desk.ange, at=NOON)
    assert stands.value.draft_id == first[0].pk


def test_a_revision_that_never_was_overwrites_nothing_and_breaks_nothing(ange, desk):
    draft = begun(desk)
    typed = {"names-en": "Mine", "summary-en": "Mine."}
    for revision in ("99", "9" * 18):
        answer = ange.post("editor_section", draft.pk, "words", revision=revision, **typed)
        assert answer.status_code == 409
    where = f"refusal_reasons/{draft.definition['refusal_reasons'][0]['code']}"
    told = {"99": 302, "9" * 5_000: 404, "٣": 404}
    for revision, status in told.items():
        answer = ange.post("editor_arrange", draft.pk, where, what="out", revision=revision)
        assert answer.status_code == status
    assert fresh(draft.pk).definition == draft.definition


# --- files


@pytest.mark.parametrize(
    "text",
    [
        "[a, b]: c\n",
        "? {a: b}\n: c\n",
        "code: 2026-13-45\n",
        "code: 0x_\n",
        f"code: {'9' * 5_000}\n",
        f"? names[{'9' * 5_000}]\n: x\n",
        "[" * 100_000,
        "- " * 100_000,
        "{a: " * 100_000,
        "<<: {code: x}\n<<: {code: y}\n",
        "\x07",
    ],
    ids=["list-as-key", "mapping-as-key", "no-day", "no-number", "endless-number", "endless-place",
         "deep", "deep-lines", "deep-keys", "merged-twice", "bell"],
)  # fmt: skip
def test_a_file_that_yaml_stumbles_over_is_refused_and_breaks_nothing(rw, text):
    with pytest.raises(BadFile):
        exchanging.read(text.encode())


@pytest.mark.parametrize(
    "value", ["no", "0123", "1e3", "1_000", "0o17", "12:30:45", "~", "2026-01-01"]
)
def test_what_yaml_takes_for_something_else_is_no_code(rw, value):
    text = RESIDENCE.replace("case_prefix: RS", f"case_prefix: {value}")
    with pytest.raises(BadFile, match="case_prefix"):
        exchanging.read(text.encode())


def test_a_file_longer_than_anybody_reads_is_refused_in_words(ange):
    standing = Service.objects.get(code=BIRTH).current.definition
    notes = [{"en": "x" * 1_900} for _ in range(180)]
    file = SimpleUploadedFile("b.yaml", exchanging.export(standing | {"notes": notes}).encode())
    answer = ange.client.post(reverse("catalogue:editor_new"), {"way": "file", "file": file})
    assert answer.status_code == 422
    assert "more than anybody can read" in text_of(answer)


# --- what is published


@pytest.mark.parametrize("url", ["https://[the law](https://example.org)", "https:///law"])
def test_an_address_that_leads_nowhere_is_not_published_and_its_preview_stands(ange, desk, url):
    draft = begun(desk)
    write(draft, "sources", [{"url": url}], by_id=desk.ange)
    assert [one.place for one in reviewing.lacks(fresh(draft.pk), at=NOON)] == ["sources[0].url"]
    assert ange.get("editor_preview", draft.pk).status_code == 200


def test_a_code_that_no_case_could_keep_is_not_published(desk):
    draft = begun(desk)
    reasons = [{"code": "x" * 61, "labels": {"en": "No."}}]
    write(draft, "refusal_reasons", reasons, by_id=desk.ange)
    assert [one.place for one in reviewing.lacks(fresh(draft.pk), at=NOON)] == [
        "refusal_reasons[0].code"
    ]


def test_two_long_texts_are_compared_in_a_moment():
    began = time.monotonic()
    pieces = comparing.words("a b " * 30_000, "a c " * 30_000)
    assert time.monotonic() - began < 2
    assert [one.kind for one in pieces] == ["gone", "new"]
