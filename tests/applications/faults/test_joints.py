"""
A worker killed with -9 at each joint of a case's life: it ends once, with one paper and one number.

GUICHET_SEEDS=20 tries more moments at each joint than the usual one.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction

from applications import operations
from applications.models import Application, CaseSlip, StatusChange
from documents import queries as papers
from documents.models import MandateItem, Paper, PaperFile
from kernel.models import Delivery, DeliveryState
from notifications.models import Message
from payments import queries as bills
from payments.models import InboundMessage
from payments.operations import checking
from payments.states import Auth
from tests.accounts import people
from tests.accounts.people import Citizen
from tests.applications import world
from tests.applications.acts.world import approve
from tests.applications.faults import steps
from tests.countries.packs import load
from tests.documents.test_issuing import signatures
from tests.payments import world as money
from tests.sandbox_process import SandboxProcess
from tests.world import NOON

SEEDS = int(os.environ.get("GUICHET_SEEDS", "1"))
AFTERWARDS = [timedelta(minutes=minutes) for minutes in (1, 20)]
"""When whoever comes after the dead goes on: no lease outlives the first of them."""

WALK = [
    "AWAITING_PAYMENT", "PAID", "IN_QUEUE", "UNDER_REVIEW", "APPROVED", "AWAITING_SIGNATURE",
    "ISSUED",
]  # fmt: skip
TOLD = ["approved", "issued", "paid", "submitted"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@dataclass
class Mortals:
    """A process that forks one worker an order, and every one of them may die."""

    process: subprocess.Popen[str]

    def live(self, step: str, case: Application, *, dies_at: int) -> tuple[int, int]:
        """Let one do its step; return the signal it died by, 0 for none, and its moments."""
        order = {
            "step": step, "case": case.pk, "at": NOON.isoformat(), "dies_at": dies_at,
            "files": str(settings.FILES_DIR), "pki": str(settings.PKI_DIR),
            "sms": settings.GATEWAYS["sms"],
        }  # fmt: skip
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.line())
        return told["signal"], told["moments"]

    def line(self) -> str:
        """Return the next line that is meant for us; a log may stand between."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line == "ready\n" or line.startswith('{"signal"'):
                return line
        raise RuntimeError("The process of tests has gone.")


@pytest.fixture(scope="module")
def phones(tmp_path_factory) -> Iterator[SandboxProcess]:
    env = {
        "SANDBOX_STATE": str(tmp_path_factory.mktemp("phones")),
        "GUICHET_URL": "http://127.0.0.1:9",
        "SMS_TOKEN": settings.GATEWAYS["sms"]["token"],
    }
    with SandboxProcess(env) as sandbox:
        yield sandbox


@pytest.fixture
def aline(db, small_pack, phones, settings, tmp_path) -> int:
    settings.FILES_DIR, settings.PKI_DIR = tmp_path / "files", tmp_path / "pki"
    door = settings.GATEWAYS["sms"] | {"base_url": f"{phones.url}/sms"}
    settings.GATEWAYS = {**settings.GATEWAYS, "sms": door}
    with transaction.atomic():
        load(small_pack)
    made = world.officer(display_name="Aline Mutesi")
    world.make_keys()
    return made


@pytest.fixture(scope="module")
def mortals(phones) -> Iterator[Mortals]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.applications.faults.dying"],
        cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
    )  # fmt: skip
    with process:
        made = Mortals(process)
        made.line()
        yield made
        assert process.stdin is not None
        process.stdin.close()


# --- up to each joint


def paid(citizen: Citizen, _aline: int) -> Application:
    """Her money is posted; nobody has heard of it."""
    made = world.draft(citizen)
    pay(world.submit(citizen, made).bill_id or 0)
    return made


def pay(bill_id: int) -> None:
    """Let money come in as a message told, which is kept."""
    rail, bill = world.rail(), bills.bill(bill_id)
    message = InboundMessage.objects.create(
        received_at=NOON, rail_code=rail.code, kind="test", headers={}, body=b"",
        body_sha256=hashlib.sha256(b"").digest(), auth=Auth.VALID, external_hint="",
    )  # fmt: skip
    told = money.telling(
        rail, bill.reference, bill.due_minor, occurred_at=NOON, source_id=message.pk
    )
    money.post(told, at=NOON)


def taken(citizen: Citizen, aline: int) -> Application:
    made = paid(citizen, aline)
    steps.work(made.pk, NOON)
    operations.take(application_id=made.pk, by_id=aline, at=NOON)
    return world.fresh(made)


def requested(citizen: Citizen, aline: int) -> Application:
    made = taken(citizen, aline)
    approve(made, aline, world.birth_act(citizen))
    return world.fresh(made)


def ordered(citizen: Citizen, aline: int) -> Application:
    made = requested(citizen, aline)
    steps.work(made.pk, NOON)
    steps.order(world.fresh(made), at=NOON)
    return world.fresh(made)


def issued(citizen: Citizen, aline: int) -> Application:
    """Her paper is sealed; neither the case nor she has heard of it."""
    made = ordered(citizen, aline)
    steps.errands.ERRANDS["sign_papers"][1](lambda: NOON)
    assert world.fresh(made).status == "AWAITING_SIGNATURE"
    return made


JOINTS: dict[str, tuple[Callable[[Citizen, int], Application], str]] = {
    "paid/routed": (paid, "work"),
    "approved/requested": (taken, "approve"),
    "rendered/signed": (requested, "sign"),
    "signed/stored": (ordered, "work"),
    "issued/told": (issued, "work"),
}


@pytest.mark.parametrize("joint", JOINTS)
def test_a_worker_killed_at_a_joint_leaves_one_case_one_paper_one_number(
    joint, aline, mortals, phones
):
    up_to, step = JOINTS[joint]
    # One is spared, which tells how many moments there are to die in.
    killed_by, moments = mortals.live(step, up_to(people.citizen(), aline), dies_at=0)
    assert (killed_by, moments > 10) == (0, True)
    for seed in range(SEEDS):
        citizen = people.citizen()
        case = up_to(citizen, aline)
        moment = random.Random(f"{joint} {seed}").randint(1, moments - 5)
        killed_by, _ = mortals.live(step, case, dies_at=moment)
        what = f"{joint}, seed {seed}, moment {moment} of {moments}"
        assert (what, killed_by) == (what, 9)
        finish(case, aline)
        check(what, case, citizen, phones)
    broken = [found for found in checking.read(checking.stated(), rows_max=1) if found.offending]
    assert broken == []


def finish(case: Application, aline: int) -> None:
    """Let others take over: workers when the leases are over, the officer when she looks again."""
    for later in AFTERWARDS:
        at = NOON + later
        steps.work(case.pk, at)
        if world.fresh(case).status == "IN_QUEUE":
            operations.take(application_id=case.pk, by_id=aline, at=at)
        steps.approve(case.pk, at)
        steps.sign(case.pk, at)


def check(what: str, case: Application, citizen: Citizen, phones: SandboxProcess) -> None:
    moves = StatusChange.objects.filter(application=case).order_by("pk")
    walked = [move for move in moves.values_list("target", flat=True) if move != "DRAFT"]
    assert (what, walked) == (what, WALK)
    paper = Paper.objects.get(is_slip=False, pk=world.fresh(case).paper_id)
    made = Paper.objects.filter(is_slip=False)
    cases = Application.objects.exclude(paper_id=None)
    assert (what, made.count()) == (what, cases.count())
    numbers = sorted(made.values_list("series_no", flat=True))
    assert (what, numbers) == (what, list(range(1, len(numbers) + 1)))
    assert (what, MandateItem.objects.filter(paper=paper).count()) == (what, 1)
    assert (what, PaperFile.objects.filter(paper=paper).count()) == (what, 3)
    assert all(one.bottom_line for one in signatures(papers.final_file(paper.pk))), what
    slips = CaseSlip.objects.filter(application=case)
    assert (what, [slip.kind for slip in slips]) == (what, ["acknowledgement"])
    late = Delivery.objects.exclude(state=DeliveryState.DONE)
    assert (what, list(late.values_list("handler", "state"))) == (what, [])
    check_words(what, citizen, phones)


def check_words(what: str, citizen: Citizen, phones: SandboxProcess) -> None:
    """One message of each kind, on her phone once; one that nobody can vouch for is said to be."""
    messages = Message.objects.filter(contact_id=citizen.contact_id)
    kinds = sorted(messages.values_list("template", flat=True))
    assert (what, kinds) == (what, TOLD)
    inbox = phones.get(f"/phone/{citizen.phone[1:]}/inbox.json").json()["messages"]
    arrived = Counter(one["id"] for one in inbox)
    for message in messages:
        sent = message.state in {"SENT", "DELIVERED"}
        assert (what, message.template, arrived[str(message.key)]) == (
            what, message.template, int(sent),
        )  # fmt: skip
        assert sent or message.state == "FAILED", what
