"""What the house refuses to start with."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from design import style
from kernel.country import country


@register()
def everything_can_be_read(
    app_configs: Sequence[AppConfig] | None, **_more: Any
) -> list[CheckMessage]:
    """Refuse an accent of a country pack with which a page could not be read by everybody."""
    return [
        Error(
            f"Too little contrast, {pair}.",
            hint="Choose another `accent` in country.yaml, or other colours in tokens.css.",
            id="design.E001",
        )
        for pair in style.hard_to_read(country().accent)
    ]
