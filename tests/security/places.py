"""What lies in the house while everybody tries every door."""

from dataclasses import dataclass
from uuid import UUID

from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import Grant
from applications.models import Application
from catalogue.models import Service
from catalogue.operations import reviewing
from documents.models import Credential
from payments.models import Bill, Movement
from payments.operations import refunding
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.assisted import world as assisted
from tests.applications.attachments import giving
from tests.applications.collection import world as collection
from tests.applications.packing import HOME
from tests.applications.world import Staffed
from tests.catalogue.editor import world as editor
from tests.payments.refunding.world import paid_twice
from tests.payments.remittances import world as remittances
from tests.payments.world import make_world, post, telling
from tests.world import NOON

NOTHING = 999_999
NO_KEY = UUID(int=7)
DAY = NOON.date().isoformat()


@dataclass(frozen=True)
class Places:
    """One thing of each kind: the citizen's, or of the office at HOME, or of the district 11."""

    case: Application  # On the officer's desk.
    draft: Application
    drawn: Application  # Its paper waits for her signature.
    with_photo: Application
    attachment_id: int
    ready: Application  # Lies at the counter.
    helped: Application
    consent_id: int
    officer_id: int
    office_id: int
    suspense: Movement
    refund_id: int
    batch: UUID
    bill: Bill
    credential_id: int
    grant_id: int
    version_id: int
    service_draft_id: int  # Of what the citizen applied for, written by the editor.


def furnish(uwase: Citizen, staffed: Staffed, roles: dict[str, Client], monkeypatch) -> Places:
    helper, finance = account_of(roles["counter"]), account_of(roles["finance"])
    batch = remittances.built(remittances.desk_with_money(monkeypatch))
    _, again = paid_twice(make_world())
    refund_id = refunding.ask(
        movement_id=again.pk, amount_minor=500, reason="paid twice", by_id=finance, at=NOON
    )
    post(telling(make_world().bank, "000000000000", 700, external_id="WRONG"))
    case, drawn = world.taken(uwase, staffed.aline), world.drawn(uwase, staffed.aline, world.SINGLE)
    with_photo = giving.before_officer(uwase, staffed.aline)
    helped = assisted.agreed(helper, assisted.client())
    consent = assisted.begin(helper, assisted.client(), kind="slip")
    draft = world.draft(uwase, world.MARRIAGE)
    collection.make_physical()
    ready = collection.lying_ready(people.citizen(), staffed.aline, helper)
    return Places(
        case=case,
        draft=draft,
        drawn=drawn,
        with_photo=with_photo,
        attachment_id=with_photo.attachments.get().pk,
        ready=ready,
        helped=helped,
        consent_id=consent.pk,
        officer_id=staffed.aline,
        office_id=world.office_id(HOME),
        suspense=Movement.objects.get(external_id="WRONG"),
        refund_id=refund_id,
        batch=batch.key,
        bill=Bill.objects.get(pk=case.bill_id),
        credential_id=Credential.objects.order_by("pk")[0].pk,
        grant_id=Grant.objects.filter(account_id=staffed.aline)[0].pk,
        version_id=Service.objects.get(code=world.BIRTH).current_id,
        service_draft_id=_drafted(account_of(roles["editor"])),
    )


def _drafted(editor_id: int) -> int:
    """Return a draft of a service that waits for whoever publishes it."""
    draft = editor.begun(editor.Desk(ange=editor_id, bela=editor_id))
    editor.write(draft, "summary", {"en": "Proof of a birth."}, by_id=editor_id)
    reviewing.send(draft_id=draft.pk, by_id=editor_id, at=NOON)
    return draft.pk


def account_of(client: Client) -> int:
    return int(client.session["_auth_user_id"])


# A kind of thing whose id would be another's, were it taken from the common arguments.
_UNFURNISHED = {"reports:export": NO_KEY, "reports:export_state": NO_KEY}


def address(name: str, wanted: dict[str, object], held: dict[str, dict[str, object]]) -> str:
    """
    Return the path of an address.

    :param wanted: the names of its arguments
    """
    own = held.get(name) or held.get(name.partition("_")[0]) or {}
    if name.startswith(("payments_agencies", "payments:agency")):
        own = held[name.partition("_")[0] if ":agency" in name else "payments_agencies_api"]
    values = {
        key: own.get(key, held[""].get(key, NOTHING)) if name not in _UNFURNISHED else NO_KEY
        for key in wanted
    }
    return reverse(name, kwargs=values)


__all__ = ["NoReverseMatch", "Places", "account_of", "address", "furnish"]
