"""Drafts as two focal points make them, by the operations and through the pages."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.test import Client
from django.urls import reverse

from catalogue import tree
from catalogue.models import Service, ServiceDraft
from catalogue.operations import editing, publishing, reviewing
from catalogue.states import DraftState
from tests.accounts import people
from tests.applications.browser import officer_at
from tests.world import NOON

BIRTH = "birth-certificate"
DAY = timedelta(days=1)
LAW = {
    "legal_source": "Ministerial Order 002/2026, article 3",
    "legal_from": "2026-07-01",
    "revenue_code": "1421",
}


@dataclass(frozen=True)
class Desk:
    ange: int  # Edits.
    bela: int  # Publishes.


def begun(desk: Desk, code: str = BIRTH) -> ServiceDraft:
    version = Service.objects.get(code=code).current_id
    return fresh(editing.begin_from_version(version_id=version, by_id=desk.ange, at=NOON))


def fresh(draft_id: int) -> ServiceDraft:
    return ServiceDraft.objects.select_related("base").get(pk=draft_id)


def write(draft: ServiceDraft, key: str, value: object, *, by_id: int, **more: object) -> None:
    """Change one key of the draft, as the editor of `by_id` has it before her."""
    editing.change(
        draft_id=draft.pk,
        revision=more.pop("revision", draft.revision),
        keys=[key.partition(".")[0]],
        section=key,
        how=lambda definition: tree.merge(definition, {key: value}),
        by_id=by_id,
        at=NOON,
    )


def fee(amount_minor: int, **more: object) -> dict[str, object]:
    standing = Service.objects.get(code=BIRTH).current.definition["fees"][0]
    return {**standing, "amount_minor": amount_minor, **more}


def sent(desk: Desk, key: str = "summary", value: object = None, **more: object) -> ServiceDraft:
    """Return a draft that waits for a second person; it changes the summary, or this key."""
    draft = begun(desk)
    write(draft, key, value or {"en": "Proof of a birth."}, by_id=desk.ange)
    reviewing.send(draft_id=draft.pk, by_id=desk.ange, at=NOON, **more)
    return fresh(draft.pk)


def published(code: str, **changed: object) -> None:
    """Let two people edit and publish a service of any pack, with these keys changed."""
    publisher = people.officer("catalogue.publish", "catalogue.fees")
    desk = Desk(ange=people.officer("catalogue.edit"), bela=publisher)
    draft = begun(desk, code)
    for key, value in changed.items():
        write(fresh(draft.pk), key, value, by_id=desk.ange)
    with transaction.atomic():
        draft = editing.lock(draft.pk)
        editing.move(draft, DraftState.IN_REVIEW, by_id=desk.ange, at=NOON)
        draft.approved_by_id, draft.approved_at, draft.publish_from = desk.bela, NOON, NOON
        editing.move(draft, DraftState.APPROVED, by_id=desk.bela, at=NOON)
        publishing.publish(draft, at=NOON)


def approve(desk: Desk, draft: ServiceDraft, **more: object) -> None:
    more = {"by_id": desk.bela, "at": NOON, "revision": draft.revision} | more
    reviewing.approve(draft_id=draft.pk, **more)


class Editor:
    """A focal point at her browser."""

    def __init__(self, account_id: int) -> None:
        self.client: Client = officer_at(account_id)

    def get(self, name: str, *args: object):
        return self.client.get(reverse(f"catalogue:{name}", args=args))

    def post(self, view: str, /, *args: object, **typed: object):
        return self.client.post(reverse(f"catalogue:{view}", args=args), typed)

    def begin(self, **typed: object) -> ServiceDraft:
        answer = self.post("editor_new", way="nothing", **typed)
        assert answer.status_code == 302, answer.content.decode()
        return ServiceDraft.objects.latest("pk")

    def write(self, draft: ServiceDraft, section: str, **typed: object) -> None:
        """Fill in a section; a name with two underscores in a row is written with two hyphens."""
        self._save("editor_section", draft, section, typed)

    def add(self, draft: ServiceDraft, where: str, **typed: object) -> None:
        self._save("editor_part", draft, f"{where}/~new", typed)

    def act(self, draft: ServiceDraft, name: str, **typed: object):
        return self.post("editor_act", draft.pk, name, **typed)

    def _save(self, page: str, draft: ServiceDraft, where: str, typed: dict[str, object]) -> None:
        named = {name.replace("__", "--").replace("_en", "-en"): v for name, v in typed.items()}
        revision = fresh(draft.pk).revision
        answer = self.post(page, draft.pk, where, revision=revision, **named)
        assert answer.status_code == 302, answer.content.decode()
