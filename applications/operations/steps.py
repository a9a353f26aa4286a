"""What a helper did in a case is written down as she does it, for the person to read."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from applications import answers
from applications.models import Assistance, HelpStep
from applications.states import HelpStepKind

LOOKED_AGAIN_AFTER = timedelta(minutes=10)
"""A page loaded anew within so long is the same look."""
_NOTHING = (None, "", False)


def typed(
    help_: Assistance, before: Mapping[str, Any], given: Mapping[str, Any], *, at: datetime
) -> None:
    """
    Write down each answer that differs from the one before; an empty one where none was is none.

    :param before: the case's answers before she typed, `given` what the form cleaned
    """
    plain = {code: answers.plain(value) for code, value in given.items()}
    HelpStep.objects.bulk_create(
        HelpStep(
            assistance=help_,
            kind=HelpStepKind.TYPED,
            code=code,
            value=json.dumps(value, ensure_ascii=False),
            at=at,
        )
        for code, value in plain.items()
        if value != before.get(code) and not (value in _NOTHING and before.get(code) in _NOTHING)
    )


def gave_file(help_: Assistance, code: str, *, at: datetime) -> None:
    HelpStep.objects.create(assistance=help_, kind=HelpStepKind.FILE, code=code, at=at)


def looked(help_: Assistance, page: str, *, at: datetime) -> None:
    """Write down that the helper opened a page of the case; not again within ten minutes."""
    lately = HelpStep.objects.filter(
        assistance=help_, kind=HelpStepKind.LOOKED, code=page, at__gt=at - LOOKED_AGAIN_AFTER
    )
    if not lately.exists():
        HelpStep.objects.create(assistance=help_, kind=HelpStepKind.LOOKED, code=page, at=at)
