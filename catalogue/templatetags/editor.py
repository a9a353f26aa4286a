"""The tabs over the pages of focal points: each person sees those that open to her."""

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import policies, sessions
from catalogue.policies import ACTS, CONFIRM, EDIT, PUBLISH

register = template.Library()

_TABS = (
    ("catalogue:editor", _("Services"), (EDIT, PUBLISH)),
    ("catalogue:kept", _("Keep it right"), (CONFIRM, PUBLISH)),
    ("catalogue:languages", _("Languages"), (EDIT, CONFIRM)),
    ("catalogue:missed_searches", _("Looked for and not found"), (EDIT, PUBLISH)),
)


@register.simple_tag(takes_context=True)
def editor_tabs(context: Context) -> list[tuple[str, Promise]]:
    """Return the pages, with their labels, that open to whoever is signed in."""
    account = sessions.current_account(context["request"])
    if account is None:
        return []
    now = timezone.now()  # noqa: TID251  # As a page: by it her rights are read.
    held = policies.held(account_id=account.pk, act_codes=[act.code for act in ACTS], at=now)
    return [(page, label) for page, label, acts in _TABS if any(act.code in held for act in acts)]
