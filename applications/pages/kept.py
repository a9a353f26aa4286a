"""What an officer typed before her act was refused, given back to her."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kept:
    """`fields` holds a reason by the field's code, `text` what is meant for colleagues only."""

    fields: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    note: str = ""
    text: str = ""
