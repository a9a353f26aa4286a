"""What time alone brings about, and what takes minutes: beat asks for it, not news."""

from datetime import datetime
from pathlib import Path

from accounts import operations as accounts
from accounts import queries as people
from applications import operations as applications
from catalogue.operations import publishing, reminding
from documents import operations as documents
from kernel import audit_seals, retention
from payments import operations as payments
from registers import operations as registers
from reports import operations as reports
from workers.errands.carrying import Clock, alone


def work_slowly(clock: Clock, *, statements: Path) -> int:
    """
    What takes minutes, one of each: statements put into the watched folder, imports, reports.

    Return how many there were.
    """
    return alone(
        {
            "take_in_statements": lambda: payments.take_in_statements(clock(), statements),
            "work_off_imports": lambda: payments.work_off_imports(clock),
            "make_reports": lambda: reports.work(clock()),
        }
    )


def roll_up(*, now: datetime) -> None:
    """Keep the ledger's sums near to what is posted, and the desks' near to what has moved."""
    alone({"ledger": lambda: payments.roll_up(now), "desks": applications.roll_up})


def remind_keepers(*, now: datetime) -> None:
    """Remind those who keep pages right of what waits for their word."""
    reminding.remind(now=now)


def let_time_pass(*, now: datetime) -> None:
    """What has expired lapses, what need not be kept is forgotten; events tell the rest."""
    alone(
        {
            "seal_audit": lambda: audit_seals.seal(at=now),
            "look_at_channels": lambda: payments.look_at_channels(now),
            "expire_due": lambda: payments.expire_due(now=now, limit=500),
            "forget_refused": lambda: payments.forget_refused(now=now),
            "release_funded": lambda: payments.release_funded(limit=100, now=now),
            "post_waiting": lambda: payments.post_waiting(now=now),
            "finish_phone_changes": lambda: accounts.finish_phone_changes(now=now, limit=100),
            "lapse_mends": lambda: accounts.lapse_mends(now=now, limit=100),
            "forget_old": lambda: accounts.forget_old(now=now, limit=500),
            "begin_due_erasures": lambda: accounts.begin_due_erasures(now=now, limit=100),
            "release_holds": lambda: applications.release_holds(now=now),
            "reroute_stranded": lambda: applications.reroute_stranded(now=now),
            "stop_asking": lambda: applications.stop_asking(now=now),
            "forget_acts": lambda: applications.forget_acts(now=now, limit=5000),
            "remind_to_collect": lambda: applications.remind_to_collect(now=now),
            "apologise": lambda: applications.apologise(now=now),
            "look_for_handed_over": lambda: applications.look_for_handed_over(now=now),
            "escalate": lambda: applications.escalate(now),
            "publish_services": lambda: publishing.publish_due(now=now),
            "retain": lambda: retention.forget_due(now=now),
            "forget_reports": lambda: reports.forget(now),
            "forget_looks": lambda: documents.forget_looks(now=now, limit=500),
            "look_after_families": lambda: registers.look_after(
                person_ids=people.people_of_staff(), at=now
            ),
            "forget_pages": lambda: registers.forget_pages(now=now, limit=500),
        }
    )
