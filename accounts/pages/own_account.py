"""A citizen's own account: who she is here, how sure we are of it, and what she can change."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import guarding, moving, queries, sessions
from accounts.states import Assurance


@never_cache
@require_safe
@sessions.citizen_required
def own(request: HttpRequest) -> HttpResponse:
    """Show phone, person and level, and lead to everything else that is hers."""
    account = sessions.signed_in(request)
    person_id = sessions.current_person_id(request)
    at = timezone.now()
    wards = guarding.told_wards(person_id, at=at) if person_id is not None else []
    mail_id = queries.mail_of(person_id) if person_id is not None else None
    person = queries.person(person_id) if person_id is not None else None
    level = Assurance(person.assurance) if person else Assurance.PHONE
    context = {
        "phone": moving.masked(queries.contact(account.contact_id)) if account.contact_id else "",
        "person": person,
        "level": level,
        "steps": [(one, one.rank <= level.rank) for one in Assurance],
        "wards": [ward for ward in wards if ward.is_in_force],
        "sharing": guarding.sharing(account.contact_id, person_id, wards),
        "email": queries.contact(mail_id).value if mail_id is not None else "",
        "changes": moving.from_phone(account.contact_id) if account.contact_id else [],
    }
    return render(request, "accounts/own.html", context)
