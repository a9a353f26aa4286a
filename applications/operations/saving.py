"""
Answers before anybody has proved who she is: begun, kept, opened again by a code, and made a case.

Whoever holds the link and the code, or the phone that was given, has written them or was let in by
whoever did; nothing of a register is shown for them.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from accounts.limits import Limit
from accounts.operations import budgets, know_phone
from applications import answers
from applications.models import DRAFT_LIFE, SavedDraft
from applications.operations.drafting import NotApplicable
from catalogue import conditions
from catalogue import queries as catalogue
from catalogue.definition import Definition
from kernel.crypto import keyed_hash

log = structlog.get_logger()

CODE_DIGITS = 8
BY_ADDRESS = Limit("saved.address", 60, timedelta(hours=1))
# Eight digits and five guesses an hour: in thirty days one in thirty thousand is guessed.
BY_KEY = Limit("saved.code", 5, timedelta(hours=1))


class NoSuchDraft(Exception):
    """No draft has this key, or it has ended."""

    def __init__(self, key: UUID) -> None:
        super().__init__(str(key))
        self.key = key


class WrongCode(Exception):
    """Not the code that was shown for this draft."""


def begin_saved(*, service_code: str, language: str, address: str, at: datetime) -> UUID:
    """
    Open a draft for somebody who has not proved who she is; return its key.

    :param address: the network address that asks
    :raises NotApplicable: if the service takes no applications
    :raises accounts.operations.BudgetSpent: after many from one address in an hour
    """
    service = catalogue.current(service_code)
    if not service.definition.applicable:
        raise NotApplicable(service_code)
    budgets.spend(BY_ADDRESS, address, at=at)
    made = SavedDraft.objects.create(
        service_code=service.service_code,
        service_version_id=service.id,
        language=language,
        answers="{}",
        created_at=at,
        changed_at=at,
    )
    log.info("draft.saved", draft_id=made.pk)
    return made.key


def keep_saved(*, key: UUID, given: Mapping[str, Any], at: datetime) -> None:
    """
    Keep answers beside those that the draft has; its thirty days begin anew.

    :param given: values by field code, as the catalogue's form cleaned them
    :raises NoSuchDraft: if it has ended
    :raises answers.UnknownField: if the service's form has no such field
    """
    with transaction.atomic():
        draft = lock_saved(key, at=at)
        _write(draft, _given(draft) | dict(given))
        draft.changed_at = at
        draft.save(update_fields=["answers", "changed_at"])


def renew_saved(*, key: UUID, at: datetime) -> tuple[Definition, Definition] | None:
    """
    Put a draft under the version of its service that is in force, as `renew_draft` does.

    :return: what the service said then and says now; None where it is the same
    :raises NoSuchDraft: if it has ended
    :raises NotApplicable: if the service takes no applications any more
    """
    with transaction.atomic():
        draft = lock_saved(key, at=at)
        try:
            service = catalogue.current(draft.service_code)
        except catalogue.NoService:
            raise NotApplicable(draft.service_code) from None
        if not service.definition.applicable:
            raise NotApplicable(draft.service_code)
        if service.id == draft.service_version_id:
            return None
        before = catalogue.version(draft.service_version_id).definition
        brought = conditions.carried(before, service.definition, _given(draft))
        draft.service_version_id = service.id
        _write(draft, brought)
        draft.save(update_fields=["service_version", "answers"])
        return before, service.definition


def leave_with_code(*, key: UUID, at: datetime) -> str:
    """
    Return a new code, shown once, that opens the draft by its link; an older one is dead.

    :raises NoSuchDraft: if it has ended
    """
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    with transaction.atomic():
        draft = lock_saved(key, at=at)
        draft.contact, draft.code_hash = None, _hash(draft.key, code)
        draft.save(update_fields=["contact", "code_hash"])
    return code


def leave_with_phone(*, key: UUID, phone: str, at: datetime) -> None:
    """
    Let whoever signs in with a phone (E.164) open the draft by its link.

    :raises NoSuchDraft: if it has ended
    """
    with transaction.atomic():
        draft = lock_saved(key, at=at)
        leave_to(draft, know_phone(phone=phone, language=draft.language))


def leave_to(draft: SavedDraft, contact_id: int) -> None:
    """Let a contact point, and nobody else, open a locked draft."""
    draft.contact_id, draft.code_hash = contact_id, None
    draft.save(update_fields=["contact", "code_hash"])


def way_in(draft: SavedDraft) -> str:
    """
    Return what a browser that has the draft open remembers: by which way it came in.

    Another code or another phone is another way: whoever came by the older one is out.
    """
    code = bytes(draft.code_hash).hex() if draft.code_hash else ""
    return keyed_hash("saved_draft.way", f"{draft.key}:{draft.contact_id}:{code}").hex()


def open_saved(*, key: UUID, code: str, at: datetime) -> None:
    """
    Take the code that was shown for a draft.

    :raises NoSuchDraft: if there is none, or it has ended
    :raises WrongCode: if the code is another
    :raises accounts.operations.BudgetSpent: after five wrong ones in an hour
    """
    draft = standing(key, at=at)
    budgets.spend(BY_KEY, str(key), at=at)
    kept = bytes(draft.code_hash) if draft.code_hash else b""
    if not compare_digest(kept, _hash(key, code)):
        raise WrongCode
    budgets.give_back(BY_KEY, str(key))


def old_saved(before: datetime) -> Any:
    """Return the drafts that nobody has touched since a moment."""
    return SavedDraft.objects.filter(ended_at=None, changed_at__lt=before)


def forget_saved(before: datetime, limit: int, *, at: datetime) -> int:
    """Empty at most so many drafts that nobody has touched since a moment; return how many."""
    with transaction.atomic():
        old = list(old_saved(before).select_for_update(skip_locked=True).order_by("pk")[:limit])
        for draft in old:
            end_saved(draft, at=at)
    return len(old)


def is_over(draft: SavedDraft, *, at: datetime) -> bool:
    """Say whether the draft has ended, or its thirty days are over and it will be emptied."""
    return draft.ended_at is not None or draft.changed_at + DRAFT_LIFE <= at


def given_in(draft: SavedDraft) -> dict[str, Any]:
    """Return the answers of a draft by field code; none once it has ended."""
    return _given(draft) if draft.answers else {}


def end_saved(draft: SavedDraft, *, at: datetime, application_id: int | None = None) -> None:
    """Empty a locked draft for good; `application_id` is the case that it became."""
    draft.answers, draft.contact, draft.code_hash = None, None, None
    draft.ended_at, draft.application_id = at, application_id
    draft.save()


def lock_saved(key: UUID, *, at: datetime) -> SavedDraft:
    """
    Return the draft, locked until the transaction ends; before any case.

    :raises NoSuchDraft: if there is none, or it has ended
    """
    return _standing(SavedDraft.objects.select_for_update().filter(key=key).first(), key, at=at)


def standing(key: UUID, *, at: datetime) -> SavedDraft:
    """:raises NoSuchDraft: if there is none, or it has ended"""
    return _standing(SavedDraft.objects.filter(key=key).first(), key, at=at)


def _standing(draft: SavedDraft | None, key: UUID, *, at: datetime) -> SavedDraft:
    if draft is None or is_over(draft, at=at):
        raise NoSuchDraft(key)
    return draft


def _given(draft: SavedDraft) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(draft.answers or "{}")
    return given


def _write(draft: SavedDraft, given: Mapping[str, Any]) -> None:
    definition = catalogue.version(draft.service_version_id).definition
    unknown = given.keys() - definition.fields.keys()
    if unknown:
        raise answers.UnknownField(", ".join(sorted(unknown)))
    plain = {code: answers.plain(value) for code, value in given.items()}
    draft.answers = json.dumps(conditions.kept(definition, plain), ensure_ascii=False)


def _hash(key: UUID, code: str) -> bytes:
    return keyed_hash("saved_draft", f"{key}:{code}")
