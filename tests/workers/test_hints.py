"""A look that has been asked for is asked for once, and whatever is committed is looked at."""

import pytest
from django.db import transaction

from config.stack.servers import free_port
from kernel import outbox
from tests.workers.tales import TaleTold
from tests.world import NOON
from workers import hints, tasks
from workers.errands import ERRANDS
from workers.routes import HURRIED, ROUTES

pytestmark = pytest.mark.django_db(transaction=True)

# What makes a row of each errand due, by the names of the events that tell of it. Of those with
# none it is time that does, or a row that tells nobody: the sweep finds them within seconds.
MAKES_DUE = {
    "draw_papers": {"documents.paper.requested"},
    "sign_papers": {"documents.paper.mandated", "applications.case.payment_restored"},
    "sign_lists": {
        "documents.paper.suspended",
        "documents.paper.resumed",
        "documents.paper.superseded",
        "documents.paper.revoked",
        "documents.paper.ended",
        "documents.credential.issued",
        "documents.credential.revoked",
    },
    "augment_papers": set(),
    "check_attachments": set(),
    "ask_registers": {
        "applications.case.paid",
        "applications.case.submitted_free",
        "applications.case.revived",
    },
    "read_register_events": set(),
    "ask_families": set(),
    "make_keys": {"documents.credential.approved"},
    "publish_revocation_lists": {"documents.credential.revoked"},
    "fetch_revocation_lists": {"documents.credential.issued"},
    "send_messages": {"notifications.message.queued"},
    "mail_invitations": {"accounts.invitation.made"},
    "make_exports": set(),
    "erase_persons": {"accounts.erasure.begun"},
    "ask_after_messages": set(),
    "prompt_payers": {"payments.prompt.asked"},
    "ask_after_payments": {"payments.prompt.status_query_due", "payments.prompt.unclear"},
    "ask_about_movements": {"payments.inquiry.due"},
    "read_lists": set(),
    "send_refunds": {"payments.refund.approved"},
    "ask_after_refunds": {"payments.refund.unclear"},
}


@pytest.fixture(autouse=True)
def _no_hints_yet(settings):
    settings.OUTBOX_WAKE = "workers.tasks.wake"


@pytest.fixture
def sent(monkeypatch):
    names = []
    monkeypatch.setattr(tasks, "_send", names.append)
    monkeypatch.setattr(tasks.hurry, "delay", lambda: names.append(tasks.RELAY))
    return names


def tell(*subjects):
    for subject in subjects:
        with transaction.atomic():
            outbox.publish(TaleTold(subject_id=subject, occurred_at=NOON))


@pytest.mark.parametrize("errand", ERRANDS)
def test_whatever_makes_an_errand_due_hurries_it(errand):
    names = {event.name for event in ROUTES}
    assert MAKES_DUE[errand] <= names
    for name in MAKES_DUE[errand]:
        assert errand in tasks.errands_after([name]), name


def test_every_errand_says_what_makes_it_due_and_every_hint_is_of_a_route():
    assert MAKES_DUE.keys() == ERRANDS.keys()
    assert set(HURRIED) <= set(ROUTES)


def test_many_transactions_ask_for_one_relay_until_it_begins(sent, monkeypatch):
    monkeypatch.setattr(tasks, "ROUTES", {TaleTold: ()})
    monkeypatch.setattr(tasks, "HURRIED", {TaleTold: ()})

    tell(1, 2, 3)
    assert sent == [tasks.RELAY]

    tasks.hurry()
    tell(4)
    assert sent == [tasks.RELAY] * 2


def test_what_is_committed_while_the_relay_looks_asks_for_another(sent, monkeypatch):
    def somebody_else_commits(**_asked):
        # In another process: there the relay's own wakes are not held back.
        tasks._hurry_relay()
        return []

    monkeypatch.setattr(tasks.relay, "deliver", somebody_else_commits)

    tasks.hurry()

    assert sent == [tasks.RELAY]


def test_an_errand_is_asked_for_again_as_soon_as_it_has_begun(sent, monkeypatch):
    monkeypatch.setattr(tasks.errands, "ERRANDS", {"tale": ("paper", lambda clock: 0)})

    tasks._hurry_errands(["tale"])
    tasks._hurry_errands(["tale"])
    assert sent == ["tale"]

    tasks.errand(name="tale")
    tasks._hurry_errands(["tale"])
    assert sent == ["tale"] * 2


def test_without_a_cache_every_hint_is_given(sent, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{free_port()}",
        }
    }

    hints.begun("draw_papers")
    tasks._hurry_errands(["draw_papers"])
    tasks._hurry_errands(["draw_papers"])

    assert sent == ["draw_papers"] * 2
