"""What is said between `bench.issuing` and its clerk, a line of JSON each."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Order:
    papers: int
    a_second: float
    with_officer: bool
    paid: bool = False  # The cases wait for their payment, and the clock begins where it is posted.

    def text(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Told:
    """Milliseconds from payment, request or officer's order to the file as handed out."""

    times_ms: list[float] = field(default_factory=list)  # Ascending.
    missing: int = 0
    late_ms: float = 0.0  # How far the loop itself fell behind.
