"""Cases go with whoever changes her phone: what is told of them goes to the new one."""

from django.db.models import Q

from applications.models import Application


def follow_phone(*, person_id: int, old_contact_id: int, new_contact_id: int) -> int:
    """
    Reach her by the new phone in all cases that she applied for, and return how many.

    Others who share the old phone keep theirs there. Done twice, the second finds nothing.
    """
    hers = Q(holder_id=person_id, guardian=None) | Q(guardian_id=person_id)
    cases = Application.objects.filter(hers, contact_id=old_contact_id)
    return cases.update(contact_id=new_contact_id)
