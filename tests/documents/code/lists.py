"""The errand that signs lists, as workers run it."""

from datetime import datetime

from documents.models import PublicList
from workers import errands


def made(at: datetime) -> datetime:
    """Sign every list that is due, and return when."""
    while errands.sign_lists(lambda: at):
        pass
    return at


def anew(at: datetime) -> datetime:
    """Sign all lists, due or not, and return when."""
    PublicList.objects.update(due_at=at, lease_until=None)
    return made(at)
