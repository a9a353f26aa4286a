"""Pages are kept right: a focal point confirms them, and answers what readers found wrong."""

from datetime import datetime

from django.db import transaction

from accounts import policies as grants
from catalogue.models import Confirmation, Remark, RemarkAnswer, Service
from catalogue.models.keeping import WORDS_MAX
from catalogue.policies import CONFIRM
from catalogue.queries import NoService
from kernel import audit


class Overtaken(Exception):
    """Another version is in force than the one that she read."""


class NothingToAnswer(Exception):
    """The remark is not of this service, tells nothing wrong, or is answered."""


class NoWords(Exception):
    """Whoever finds that the page was right says why."""


def confirm(*, service_code: str, version_id: int, by_id: int, at: datetime) -> None:
    """
    Keep her word that what the service's page says is right today.

    :param version_id: the version that she has read
    :raises NoService: if no active service has this code
    :raises accounts.policies.NotGranted: if it is not hers to confirm
    :raises Overtaken: if another version came into force meanwhile
    """
    with transaction.atomic():
        service = _lock(service_code, by_id, at)
        if service.current_id != version_id:
            raise Overtaken(service_code)
        Confirmation.objects.create(version_id=version_id, by_id=by_id, at=at)
        audit.record(
            act=CONFIRM.code,
            actor_id=by_id,
            subject="catalogue.service",
            subject_id=service.pk,
            detail={"service": service_code, "version_id": version_id},
            at=at,
        )


def answer(
    *, service_code: str, remark_id: int, outcome: str, words: str, by_id: int, at: datetime
) -> None:
    """
    Say what became of a remark that something on the page is wrong; once.

    :raises NoService: if no active service has this code
    :raises accounts.policies.NotGranted: if it is not hers to confirm
    :raises NothingToAnswer: if there is no such remark, or it is answered
    :raises NoWords: if the page was right and she does not say why
    :raises ValueError: if the outcome is unknown
    """
    found = RemarkAnswer.Outcome(outcome)
    words = words.strip()[:WORDS_MAX]
    with transaction.atomic():
        service = _lock(service_code, by_id, at)
        remark = (
            Remark.objects.select_for_update()
            .filter(pk=remark_id, service=service, verdict=Remark.Verdict.WRONG)
            .first()
        )
        if remark is None or RemarkAnswer.objects.filter(remark=remark).exists():
            raise NothingToAnswer(remark_id)
        if found is RemarkAnswer.Outcome.WAS_RIGHT and not words:
            raise NoWords
        RemarkAnswer.objects.create(remark=remark, outcome=found, words=words, by_id=by_id, at=at)


def _lock(service_code: str, by_id: int, at: datetime) -> Service:
    """Hold the service against a publication, and read her grants again under the lock."""
    service = Service.objects.select_for_update().filter(code=service_code, active=True).first()
    if service is None:
        raise NoService(service_code)
    grants.require(
        account_id=by_id, act=CONFIRM.code, service_code=service_code, area_code=None, at=at
    )
    return service
