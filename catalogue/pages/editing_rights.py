"""Who may come into the editor, and which draft or service she asks for."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from accounts import policies as grants
from accounts import sessions
from catalogue import drafted
from catalogue.models import ServiceDraft
from catalogue.policies import EDIT, FEES, PUBLISH
from catalogue.words import FALLBACK, tell


@dataclass(frozen=True)
class Visitor:
    """Who asks, when, in which language, and which services she may edit or publish."""

    account_id: int
    at: datetime
    language: str
    reach: frozenset[str] | None  # None: all.

    def may(self, act: str, code: str) -> bool:
        return grants.may(
            account_id=self.account_id, act=act, service_code=code, area_code=None, at=self.at
        )

    def may_edit(self, code: str) -> bool:
        return self.may(EDIT.code, code)

    def may_publish(self, code: str, *, with_fees: bool) -> bool:
        return self.may(PUBLISH.code, code) and (not with_fees or self.may(FEES.code, code))

    def require(self, code: str) -> None:
        """:raises accounts.policies.NotGranted: if she may neither edit nor publish the service"""
        if self.reach is not None and code not in self.reach:
            raise grants.NotGranted(account_id=self.account_id, act=EDIT.code)


def visitor(request: HttpRequest) -> Visitor:
    """:raises accounts.policies.NotGranted: if she may edit and publish nothing"""
    account, now = sessions.signed_in(request), timezone.now()
    reach = drafted.reach(account.pk, at=now)
    if reach is not None and not reach:
        raise grants.NotGranted(account_id=account.pk, act=EDIT.code)
    return Visitor(account.pk, now, get_language() or FALLBACK, reach)


def draft_for(who: Visitor, draft_id: int) -> ServiceDraft:
    """
    Return the draft, with the version that it began from.

    :raises Http404: if there is none
    :raises accounts.policies.NotGranted: if it is of a service that is not hers
    """
    found = ServiceDraft.objects.select_related("base").filter(pk=draft_id).first()
    if found is None:
        raise Http404
    who.require(found.code)
    return found


def name_of(draft: ServiceDraft, who: Visitor) -> str:
    """Return by what name the draft is shown."""
    return tell(draft.definition.get("names") or {}, who.language).text or draft.code
