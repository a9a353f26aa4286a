"""What of a person's own rows keeps her from being erased, and what stays of them afterwards."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Guardianship, PhoneChange
from kernel.erasing import Reason, Remains, declare, declare_remains

STAFF = "staff"
GUARDIAN = "guardian"
PHONE = "phone_change"


def _keeps(person_id: int, at: datetime) -> set[str]:
    found = set()
    # Invited, or with a right that nobody has ended, is on the way in or not quite out.
    invited = Q(
        invitations__isnull=False, invitations__accepted_at=None, invitations__revoked_at=None
    )
    here = Q(is_active=True) | Q(grants__isnull=False, grants__ended_at=None) | invited
    if Account.objects.filter(here, person_id=person_id).exists():
        found.add(STAFF)
    open_ = Guardianship.objects.filter(Q(guardian_id=person_id) | Q(ward_id=person_id))
    in_force = Q(approved=None) | Q(approved=True, until_on__gt=at.date())
    if open_.filter(in_force, ended_at=None).exists():
        found.add(GUARDIAN)
    if PhoneChange.objects.filter(person_id=person_id, done_at=None, stopped_at=None).exists():
        found.add(PHONE)
    return found


declare(
    Reason(STAFF, _("This person works here: the account of staff is closed first.")),
    Reason(GUARDIAN, _("One person acts for another, or has asked to: that ends first.")),
    Reason(PHONE, _("A change of phone is under way: finish it or stop it first.")),
    keeps=_keeps,
)
declare_remains(
    Remains(
        "trace",
        _("Who did what here, and who looked"),
        _("Numbers and codes without names, sealed in a chain: nobody can change what was done."),
    ),
    Remains(
        "officer_name",
        _("If you worked here: your name and address as an officer"),
        _(
            "They stay with what you decided, as long as there are papers that rest on it: whoever "
            "was decided about may know by whom. They lead to no application of your own."
        ),
    ),
    Remains(
        "shared_phone",
        _("A phone that you share with others"),
        _("It is theirs too. Your cases lead to it no more."),
    ),
)
