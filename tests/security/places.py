"""What lies in the house while everybody tries every door, and the arguments of each address."""

from dataclasses import dataclass
from uuid import UUID

from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import Grant
from applications.models import Application
from documents.models import Credential
from payments.models import Bill, Journal, LedgerAccount, Movement
from payments.operations import refunding
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.assisted import world as assisted
from tests.applications.attachments import giving
from tests.applications.collection import world as collection
from tests.applications.packing import HOME
from tests.applications.world import Staffed
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
    )


def account_of(client: Client) -> int:
    return int(client.session["_auth_user_id"])


def arguments(at: Places) -> dict[str, dict[str, object]]:
    """
    Return what fills an address: by its name, or by the first word of its name.

    What is not furnished is asked for by an id that nobody has: whoever may not come in must hear
    the same of it as of any other, and whoever may hears 404.
    """
    photo = {"number": at.with_photo.number, "attachment_id": at.attachment_id}
    draft, helped = {"number": at.draft.number}, {"number": at.helped.number}
    slip = {"number": at.case.number, "kind": "acknowledgement", "version": 1}
    papers = {"paper_id": at.drawn.paper_id, "kind": "revoke"}
    ledger = {"account_id": LedgerAccount.objects.order_by("pk")[0].pk}
    return {
        "catalogue:office": {"code": f"sector-{HOME}"},
        "catalogue:wall": {"code": f"sector-{HOME}"},
        "catalogue:agency": {"code": "minaloc"},
        "applications:start": {"service": world.BIRTH},
        "applications:review": draft,
        "applications:documents": draft,
        "applications:group": {**draft, "group": "spouses"},
        "applications:saved_group": {"key": NO_KEY, "group": "reason"},
        "applications:attachment": photo,
        "applications:desk_attachment": photo,
        "applications:desk_file": photo,
        "applications:desk_attachments": photo,
        "applications:slip": slip,
        "applications:desk_slip": slip,
        "applications:drawn": {"number": at.drawn.number},
        "applications:sitting_review": {"number": at.drawn.number},
        "applications:paper": {"number": at.drawn.number},
        "applications:day_pdf": {"office_id": at.office_id, "day": DAY},
        "applications:help_group": {**helped, "group": "reason"},
        **{f"applications:help_{name}": helped for name in ("case", "mend", "documents", "review")},
        **{
            f"applications:collection_{name}": {"number": at.ready.number}
            for name in ("paper", "ready", "code", "give", "witness", "print")
        },
        "documents:paper_copy": {**papers, "kind": "duplicate"},
        "documents:paper": papers,
        "documents:credential_ask": {"credential_id": at.credential_id, "kind": "revoke"},
        "documents:credential_new": {"whose": "office", "which": str(at.office_id)},
        "documents:offline_in": {"language": "fr"},
        "documents:pki": {"name": "nothing.pem"},
        "accounts:rights_give": {"account_id": at.officer_id, "act": "case.decide"},
        "payments:agency": {"code": "district-11", "key": at.batch},
        "payments:board_account": ledger,
        "payments:board_account_day": ledger | {"day": DAY},
        "payments:board_account_day_csv": ledger | {"day": DAY},
        "payments:board_figure": {"name": "suspense"},
        "payments:settlement_account_change": {"code": "district-11", "currency": "RWF"},
        "payments:refund_act": {"refund_id": at.refund_id, "name": "withdraw"},
        "payments:remittance_act": {"key": at.batch, "name": "propose"},
        "payments:pay": {"key": at.bill.key},
        "payments:prompt": {"key": at.bill.key},
        "payments:status": {"key": at.bill.key},
        "payments:receipt": {"key": at.bill.key},
        "payments:suspense_ask": {"movement_id": at.suspense.pk, "kind": "match"},
        "payments_agencies_api": {"code": "district-11", "key": at.batch},
        "callbacks:callback": {"rail_code": "nothing", "address": "paid"},
        "documents_api:paper": {"verification_id": "7QK3M0ZB94TVX2HD"},
        "documents:status_list": {"number": 1},
        "reports:download": {"form": "csv"},
    } | {
        # Of every other address, by the names of its arguments.
        "": {
            "number": at.case.number,
            "account_id": at.officer_id,
            "paper_id": at.drawn.paper_id,
            "movement_id": at.suspense.pk,
            "refund_id": at.refund_id,
            "key": at.batch,
            "bill_id": at.bill.pk,
            "reference": at.bill.reference,
            "credential_id": at.credential_id,
            "grant_id": at.grant_id,
            "consent_id": at.consent_id,
            "journal_id": Journal.objects.order_by("pk")[0].pk,
            "code": world.BIRTH,
            "day": DAY,
            "language": "fr",
            "kind": "match",
            "name": "approve",
            "form": "csv",
            "ending": "csv",
            "typed": "7QK3M0ZB94TVX2HD",
            "url": "nothing",
            "app_label": "kernel",
            "token": "nothing",
            "object_id": str(NOTHING),
            "content_type_id": str(NOTHING),
        }
    }


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


__all__ = ["NoReverseMatch", "Places", "account_of", "address", "arguments", "furnish"]
