"""The arguments of each address, of what lies in the house."""

from catalogue.models import ServiceDraft
from payments.models import Journal, LedgerAccount
from tests.applications import world
from tests.applications.packing import HOME
from tests.security.places import DAY, NO_KEY, NOTHING, Places


def arguments(at: Places) -> dict[str, dict[str, object]]:
    """
    Return what fills an address: by its name, or by the first word of its name.

    What is not furnished is asked for by an id that nobody has: whoever may not come in must hear
    the same of it as of any other, and whoever may hears 404.
    """
    rights = {"accounts:rights_give": {"account_id": at.officer_id, "act": "case.decide"}}
    of_subjects = _of_catalogue(at) | rights | _of_cases(at) | _of_papers(at) | _of_money(at)
    return of_subjects | {"": _of_any(at)}


def _of_catalogue(at: Places) -> dict[str, dict[str, object]]:
    draft = {"draft_id": at.service_draft_id}
    fee = ServiceDraft.objects.get(pk=at.service_draft_id).definition["fees"][0]["code"]
    return {
        "catalogue:office": {"code": f"sector-{HOME}"},
        "catalogue:wall": {"code": f"sector-{HOME}"},
        "catalogue:agency": {"code": "minaloc"},
        "catalogue:kept_service": {"code": world.BIRTH},
        "catalogue:editor_service": {"code": world.BIRTH},
        "catalogue:editor_version_file": {"version_id": at.version_id},
        "catalogue:editor_begin": {"version_id": at.version_id},
        "catalogue:editor_section": draft | {"code": "fees"},
        "catalogue:editor_part": draft | {"where": f"fees/{fee}"},
        "catalogue:editor_arrange": draft | {"where": f"fees/{fee}"},
        "catalogue:editor_preview_group": draft | {"group": "reason"},
        "catalogue:editor_act": draft | {"name": "approve"},
        **{
            f"catalogue:editor_{name}": draft
            for name in ("draft", "differences", "preview", "file")
        },
    }


def _of_cases(at: Places) -> dict[str, dict[str, object]]:
    photo = {"number": at.with_photo.number, "attachment_id": at.attachment_id}
    draft, helped = {"number": at.draft.number}, {"number": at.helped.number}
    slip = {"number": at.case.number, "kind": "acknowledgement", "version": 1}
    drawn, ready = {"number": at.drawn.number}, {"number": at.ready.number}
    return {
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
        "applications:drawn": drawn,
        "applications:sitting_review": drawn,
        "applications:paper": drawn,
        "applications:day_pdf": {"office_id": at.office_id, "day": DAY},
        "applications:help_group": {**helped, "group": "reason"},
        **{f"applications:help_{name}": helped for name in ("case", "mend", "documents", "review")},
        **{
            f"applications:collection_{name}": ready
            for name in ("paper", "ready", "code", "give", "witness", "print")
        },
    }


def _of_papers(at: Places) -> dict[str, dict[str, object]]:
    papers = {"paper_id": at.drawn.paper_id, "kind": "revoke"}
    return {
        "documents:paper_copy": {**papers, "kind": "duplicate"},
        "documents:paper": papers,
        "documents:credential_ask": {"credential_id": at.credential_id, "kind": "revoke"},
        "documents:credential_new": {"whose": "office", "which": str(at.office_id)},
        "documents:offline_in": {"language": "fr"},
        "documents:pki": {"name": "nothing.pem"},
        "documents_api:paper": {"verification_id": "7QK3M0ZB94TVX2HD"},
        "documents:status_list": {"number": 1},
    }


def _of_money(at: Places) -> dict[str, dict[str, object]]:
    ledger = {"account_id": LedgerAccount.objects.order_by("pk")[0].pk}
    return {
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
        "reports:download": {"form": "csv"},
    }


def _of_any(at: Places) -> dict[str, object]:
    """Return what fills every other address, by the names of its arguments."""
    return {
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
