"""A house as operators meet it: one that does well, and one in which everything has gone wrong."""

from datetime import datetime, timedelta

from kernel.models import Delivery, DeliveryState, EventRow, Pulse
from workers import watching

HANDLER = "workers.processes.confirm_payment"
TROUBLE = "builtins.RuntimeError"
REQUEST = "0123456789abcdef0123456789abcdef"


def event(
    *,
    at: datetime,
    name: str = "payments.bill.paid",
    subject_id: int = 17,
    relayed_at: datetime | None = None,
    parked_at: datetime | None = None,
    request_id: str | None = REQUEST,
) -> EventRow:
    return EventRow.objects.create(
        name=name,
        payload={"subject_id": subject_id, "occurred_at": at.isoformat()},
        occurred_at=at,
        relayed_at=relayed_at,
        parked_at=parked_at,
        request_id=request_id,
    )


def parked(
    *, at: datetime, handler: str = HANDLER, trouble: str = TROUBLE, subject_id: int = 17
) -> Delivery:
    """Return a delivery that the relay gave up on."""
    return Delivery.objects.create(
        event=event(at=at, subject_id=subject_id, relayed_at=at),
        handler=handler,
        state=DeliveryState.PARKED,
        attempts=8,
        due_at=at,
        last_error=trouble,
    )


def everybody_works(at: datetime) -> None:
    """Give every job of beat's and every queue a sign of life."""
    names = [job.name for job in watching._jobs({})]
    names += [f"queue:{name}" for name in watching.QUEUES]
    Pulse.objects.bulk_create(Pulse(name=name, ran_at=at) for name in names)


def everything_goes_wrong(at: datetime) -> None:
    """Park deliveries, let a job break and a step of another, and let news lie."""
    long_ago = at - timedelta(hours=3)
    for subject_id in range(3):
        parked(at=long_ago, subject_id=subject_id)
    parked(at=long_ago, handler="workers.messages.tell_paid", trouble="builtins.KeyError")
    event(at=long_ago)
    event(at=long_ago, name="tests.tale.forgotten", parked_at=long_ago)
    Pulse.objects.create(name="workers.tidy", ran_at=long_ago, broke_at=at, trouble="KeyError")
    Pulse.objects.create(name="step:expire_due", broke_at=at, trouble="ValueError")
