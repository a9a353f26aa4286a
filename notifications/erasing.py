"""What was written to somebody goes with her; that something was sent, and when, stays."""

from collections.abc import Collection

from notifications.models import Message
from notifications.states import State


def erase_messages(contact_ids: Collection[int]) -> bool:
    """
    Take the text out of all messages to these contact points.

    :return: False while one is on its way: it ends within minutes, and then this is asked again
    """
    theirs = Message.objects.filter(contact_id__in=contact_ids)
    waiting = (State.QUEUED, State.SENDING)
    theirs.filter(body__isnull=False).exclude(state__in=waiting).update(body=None)
    return not theirs.filter(state__in=waiting).exists()
