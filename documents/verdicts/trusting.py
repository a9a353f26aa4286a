"""What the house believes when it reads a stranger's file: its own roots, and no chain but its."""

from datetime import datetime
from functools import lru_cache

from documents.custody import certificates
from documents.examining.examination import Trust
from documents.longterm import roots
from documents.models import Credential


def trust(at: datetime) -> Trust:
    """Return the roots, and the authorities of every credential."""
    newest = Credential.objects.order_by("-pk").values_list("pk", "serial").first()
    return Trust(
        roots=tuple(each.dump() for each in roots.of_papers()),
        stamp_roots=tuple(each.dump() for each in roots.of_stamps()),
        others=_authorities(newest) if newest else (),
        at=at,
    )


@lru_cache(maxsize=1)
def _authorities(_newest: tuple[int, str]) -> tuple[bytes, ...]:
    """Return what stands above every credential; of thousands of officers it is a handful."""
    chains = Credential.objects.order_by().values_list("chain", flat=True).distinct()
    return tuple({each.dump() for chain in chains for each in certificates(chain)})
