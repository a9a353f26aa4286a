"""What operators ask of registers: when each was last heard."""

from dataclasses import dataclass
from datetime import datetime

from registers.models import Feed


@dataclass(frozen=True, slots=True)
class Heard:
    """`trouble` is a code of ours: what was the matter when it was last asked, "" if nothing."""

    name: str
    heard_at: datetime | None
    trouble: str


def feeds() -> list[Heard]:
    rows = Feed.objects.order_by("name").values_list("name", "heard_at", "trouble")
    return [Heard(*row) for row in rows]
