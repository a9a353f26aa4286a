"""One phone, many persons: a family shares one, and an agent who uses hers for all is stopped."""

from datetime import datetime

from django.db import connection, transaction

from accounts import licences
from accounts import policies as rights
from accounts import queries as accounts
from applications import policies
from applications.models import Application, HelpHold
from kernel import audit
from places import queries as places


class HelpHeld(Exception):
    """This helper has helped too many persons through this phone: a supervisor lets her go on."""


class NoSuchHold(Exception):
    """No such hold is open, or it is her own."""


def require_room(
    *, helper_id: int, contact_id: int, holder_id: int, office_id: int, at: datetime
) -> None:
    """
    Do nothing while a phone serves a family; otherwise note it, once, for the supervisor.

    Called outside a transaction, so that what is noted stays although the help is refused.

    :raises HelpHeld: beyond `policies.PERSONS_OF_A_PHONE_MAX` persons within
        `PERSONS_OF_A_PHONE_WITHIN`, since a supervisor last let her go on
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM applications_helped_through(%s, %s, %s)", [helper_id, contact_id, at]
        )
        through = {row[0] for row in cursor.fetchall()}
    if len(through | {holder_id}) <= policies.PERSONS_OF_A_PHONE_MAX:
        return
    with transaction.atomic():
        _, is_new = HelpHold.objects.get_or_create(
            helper_id=helper_id,
            contact_id=contact_id,
            released_at=None,
            defaults={"office_id": office_id, "persons": len(through), "noticed_at": at},
        )
        if is_new:
            audit.record(
                act="help.held",
                actor_id=helper_id,
                subject="accounts.contactpoint",
                subject_id=contact_id,
                detail={"persons": len(through)},
                at=at,
            )
    raise HelpHeld(helper_id)


def release_hold(*, hold_id: int, by_id: int, because: str, at: datetime) -> None:
    """
    Let a helper go on with a phone: from now on its persons are counted anew.

    :param because: in words that name nobody
    :raises NoSuchHold: if none is open, or she would let herself go on
    :raises accounts.policies.NotGranted: if she does not supervise that office
    """
    with transaction.atomic():
        hold = HelpHold.objects.select_for_update().filter(pk=hold_id, released_at=None).first()
        if hold is None or not because.strip() or accounts.same_hands(hold.helper_id, by_id):
            raise NoSuchHold(hold_id)
        area = places.office(hold.office_id).area
        rights.require(
            account_id=by_id,
            act=policies.SUPERVISE.code,
            area_code=area.code if area else None,
            at=at,
        )
        hold.released_by_id, hold.released_at = by_id, at
        hold.released_because = because.strip()
        hold.save(update_fields=["released_by", "released_at", "released_because"])
        audit.record(
            act="help.released",
            actor_id=by_id,
            subject="accounts.contactpoint",
            subject_id=hold.contact_id,
            detail={"helper_id": hold.helper_id},
            at=at,
        )


def is_crowded_agents_phone(*, contact_id: int, holder_id: int, at: datetime) -> bool:
    """Say whether a case of one more person would begin on the phone of an agent's business."""
    if not licences.is_agents_phone(contact_id, at=at):
        return False
    others = Application.objects.filter(
        contact_id=contact_id, created_at__gt=at - policies.PERSONS_OF_A_PHONE_WITHIN
    ).exclude(holder_id=holder_id)
    persons = others.values("holder_id").distinct().count()
    return persons >= policies.PERSONS_OF_A_PHONE_MAX
