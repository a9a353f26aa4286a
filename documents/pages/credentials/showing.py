"""One credential: whose, until when, where its key lies, and what was asked about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import sessions
from documents import holding
from documents.models import Asked, Credential, CredentialRequest, CredentialState
from documents.operations.credentials import SOON, Owner
from documents.pages.credentials import reach, words

_FOR_STATE: dict[str, tuple[str, ...]] = {
    CredentialState.ACTIVE: (Asked.SUSPEND, Asked.REVOKE),
    CredentialState.SUSPENDED: (Asked.RESUME, Asked.REVOKE),
    CredentialState.RETIRED: (Asked.REVOKE,),
    CredentialState.REVOKED: (),
}


@dataclass(frozen=True)
class Shown:
    row: Any
    owner: str
    office: str
    purpose: str
    state: str
    tone: str
    days_left: int | None
    """Whole days, where it signs and ends soon."""


@never_cache
@require_safe
@sessions.staff_required
def credential(request: HttpRequest, credential_id: int) -> HttpResponse:
    now = timezone.now()
    found = reach.credential(request, credential_id, at=now)
    owner = Owner.of(found)
    asked = (
        CredentialRequest.objects.filter(credential=found)
        .select_related("asked_by", "decision__decided_by")
        .order_by("pk")
    )
    acts = _FOR_STATE[found.state] if reach.may(request, owner, Asked.REVOKE, at=now) else ()
    is_last = not _others(found).filter(pk__gt=found.pk).exists()
    context = {
        "one": shown(found, now),
        "rows": _said(found),
        "requests": [(each, words.ASKED[each.asked], words.REASONS.get(each.reason, ""))
                     for each in asked],
        "made_by": holding.requests(None).filter(credential_made=found).first(),
        "acts": [(kind, words.ASKED[kind]) for kind in acts],
        "may_renew": is_last and reach.may(request, owner, Asked.ISSUE, at=now),
        "new": new_url_parts(owner),
        "ended": words.ENDS.get(found.end_reason, ""),
    }  # fmt: skip
    return render(request, "documents/credentials/credential.html", context)


def shown(row: Credential | CredentialRequest, now: datetime, *, overtaken: bool = False) -> Shown:
    """Put a credential, or a request for one, into words."""
    owner, office = _called(row)
    state, tone, days_left = "", "", None
    if isinstance(row, Credential):
        said, tone = words.STATES[row.state]
        state = str(said)
        left = row.not_after - now
        if row.state == CredentialState.ACTIVE and left <= SOON:
            days_left = max(left.days, 0)
    else:
        state, tone = _standing(row, overtaken=overtaken)
    return Shown(row, owner, office, str(words.PURPOSES[row.purpose]), state, tone, days_left)


def new_url_parts(owner: Owner) -> tuple[str, str]:
    if owner.account_id is not None:
        return "officer", str(owner.account_id)
    if owner.office_id is not None:
        return "office", str(owner.office_id)
    return "state", str(owner.purpose.value)


def _standing(row: CredentialRequest, *, overtaken: bool) -> tuple[str, str]:
    decision = getattr(row, "decision", None)
    if decision is None:
        return gettext("waits for a second person"), "warn"
    if not decision.approved:
        return gettext("declined"), ""
    if row.asked != Asked.ISSUE or hasattr(row, "credential_made"):
        return gettext("done"), "good"
    if overtaken:
        return gettext("overtaken by a later request"), ""
    if hasattr(row, "key"):
        return gettext("waits for its certificate"), "warn"
    return gettext("the key is being made"), "warn"


def _called(row: Credential | CredentialRequest) -> tuple[str, str]:
    language = get_language() or "en"
    if row.account is not None:
        office = row.account.office
        return row.account.display_name or row.account.email or "", office.told(
            language
        ) if office else ""
    if row.office is not None:
        return row.office.told(language), row.office.code
    return gettext("The state"), ""


def _others(found: Credential) -> Any:
    return Credential.objects.filter(**Owner.of(found).columns).exclude(pk=found.pk)


def _said(found: Credential) -> list[tuple[Any, Any]]:
    return [
        (gettext("Serial number"), found.serial),
        (gettext("Where the key lies"), words.CUSTODIES.get(found.custody, found.custody)),
    ]
