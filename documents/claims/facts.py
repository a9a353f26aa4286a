"""What the code on a paper says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Person:
    name: str
    born_on: str = ""  # ISO 8601; "" where the paper does not say.


@dataclass(frozen=True)
class Claims:
    """What is signed. Times are whole seconds in UTC."""

    issuer: str  # The site: "https://guichet.example"
    verification_id: str
    signed_at: datetime
    expires_at: datetime | None  # The first moment at which it is no longer valid.
    status_list: str  # Its address.
    place: int  # In that list, from 0.
    paper_type: str
    number: str
    entry: str
    people: tuple[Person, ...]
    office: str
    kind: str = "certificate"
    copy: str = "original"
    copy_no: int = 0
    more: Mapping[str, str] = field(default_factory=dict)  # Further facts of the wording's core.
