"""
Money by any road, in any order, by processes that die anywhere: what must hold of it holds.

A hypothesis state machine on a real PostgreSQL with real commits. Every invariant is asked after
every step; at the end of a story everything is told once more, as a statement would, and the ledger
must come to what really happened at the providers, movement by movement.

GUICHET_STEPS=200000 (or `make storm`) is the long run.
"""

import os
import time
from collections import Counter
from datetime import timedelta

import pytest
import structlog
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from kernel.models import Delivery
from payments.gateways.base import Collection
from payments.invariants import INVARIANTS
from payments.models import (
    Bill,
    Inbox,
    Inquiry,
    Movement,
    MovementAlias,
    PaymentAttempt,
    Refund,
    UnpostedMessage,
)
from payments.states import Leg
from tests.payments.storm.killing import Killer
from tests.payments.storm.providers import SENDING
from tests.payments.storm.town import BANK, MPESA, MTN, Town, found_town, wire

STEPS = int(os.environ.get("GUICHET_STEPS", "300"))
# The shortest story that shows a fault takes minutes to find: 0 shows the first that was met.
SHRINKS = os.environ.get("GUICHET_SHRINK", "1") == "1"
STEPS_OF_A_STORY = 60
STORIES_OF_A_SEED = 20
# A life in four ends early; 40 is more statements than most acts have.
DEATH = st.one_of(st.just(0), st.just(0), st.just(0), st.integers(1, 40))
BACK = st.integers(0, 3)
NTH = st.integers(0, 4)
YES = st.booleans()
AMOUNT = st.sampled_from([1, 100, 250, 400, 500, 750, 1000, 3000])
RAIL = st.sampled_from([BANK, BANK, MPESA])

BROKEN = "\nUNION ALL\n".join(
    f"SELECT '{one.code}' WHERE EXISTS (\n{one.sql.strip().rstrip(';')}\n)" for one in INVARIANTS
)


CHANCES: dict[str, tuple[int, dict[str, st.SearchStrategy]]] = {}


def act(weight: int, **said: st.SearchStrategy):
    """
    Let a story go on with this, as often as its weight says.

    One rule for all of them: hypothesis would leave half of its rules out of each story, and
    hardly any money would come to a bill.
    """

    def take(method):
        CHANCES[method.__name__] = (weight, said)
        return method

    return take


def _said(name: str) -> st.SearchStrategy:
    return st.tuples(st.just(name), st.fixed_dictionaries(CHANCES[name][1]))


class Storm(RuleBasedStateMachine):
    """One story; `town` does what the rules say."""

    steps = 0
    stories = 0
    seen: Counter[str] = Counter()  # What the stories came to, to know that they went anywhere.
    killer = Killer()

    @initialize(by_float=YES)
    def begin(self, by_float: bool) -> None:
        Storm.stories += 1
        self.town: Town = found_town(self.killer, by_float=by_float)
        for _ in range(2):
            self.town.issue([500], "RWF")
            self.town.issue([1000, 250], "KES")

    @rule(what=st.deferred(lambda: st.sampled_from(WEIGHED).flatmap(_said)))
    def go_on(self, what):
        name, said = what
        getattr(self, name)(**said)

    def do(self, death: int, what, *said, **more) -> None:
        with self.killer.after(death):
            what(*said, **more)

    @act(
        3,
        death=DEATH,
        amounts=st.lists(AMOUNT, min_size=1, max_size=3),
        currency=st.sampled_from(["RWF", "RWF", "KES"]),
    )
    def issue(self, death, amounts, currency):
        self.do(death, self.town.issue, amounts, currency)

    @act(
        2,
        death=DEATH,
        what=st.sampled_from(["replace", "cancel", "prolong", "owe", "reissue"]),
        back=BACK,
        amount=AMOUNT,
    )
    def change(self, death, what, back, amount):
        self.do(death, self.town.change, what, back, amount)

    @act(3, death=DEATH, minutes=st.sampled_from([1, 5, 20, 60, 24 * 60, 8 * 24 * 60]))
    def pass_time(self, death, minutes):
        self.do(death, self.town.pass_time, minutes)

    @act(4, death=DEATH, back=BACK)
    def ask_phone(self, death, back):
        self.do(death, self.town.ask_phone, back)

    @act(5, death=DEATH, takes=st.sampled_from(["taken", "taken", *SENDING]))
    def send_prompts(self, death, takes):
        self.do(death, self.town.send_prompts, takes)

    @act(4, which=NTH, is_yes=st.sampled_from([True, True, False]))
    def press(self, which, is_yes):
        self.town.press(which, is_yes=is_yes)

    @act(1, death=DEATH, which=NTH)
    def hint(self, death, which):
        self.do(death, self.town.hint, which)

    @act(4, death=DEATH)
    def ask_after(self, death):
        self.do(death, self.town.ask_after)

    @act(
        8,
        rail=RAIL,
        back=BACK,
        amount=AMOUNT,
        is_foreign=st.sampled_from([False, False, False, True]),
        told=st.sampled_from([0, 1, 1, 2]),
        death=DEATH,
    )
    def pay(self, rail, back, amount, is_foreign, told, death):
        currency = "KES" if rail == MPESA else "USD" if is_foreign else "RWF"
        bill = self.town.bill(back, currency=self.town.rails[rail].currency)
        due = bill.total_minor - bill.paid_minor if bill and amount > 250 else 0
        self.town.pay(rail, back, due or amount, currency)
        self.do(death, self.town.tell, rail, 0, told, 0)

    @act(4,
        rail=st.sampled_from([BANK, BANK, MPESA, MTN]),
        which=NTH,
        part=st.sampled_from([None, None, 100, 250]),
        leg=st.sampled_from(
            [Leg.REVERSAL, Leg.REVERSAL, Leg.REVERSAL, Leg.CHARGE, Leg.SWEEP, Leg.WITHDRAWAL]
        ),
        is_known=st.sampled_from([True, True, True, False]),
        told=st.sampled_from([0, 1, 2]),
        death=DEATH,
    )  # fmt: skip
    def take_back(self, rail, which, part, leg, is_known, told, death):
        self.town.take_back(rail, which, part, leg, is_known=is_known)
        self.do(death, self.town.tell, rail, 0, told, 0)

    @act(
        3,
        death=DEATH,
        rail=RAIL,
        which=NTH,
        times=st.integers(1, 2),
        lie=st.sampled_from([0, 0, 0, 100]),
    )
    def tell(self, death, rail, which, times, lie):
        self.do(death, self.town.tell, rail, which, times, lie)

    @act(3, death=DEATH)
    def inquire(self, death):
        self.do(death, self.town.inquire)

    @act(4, death=DEATH, which=NTH)
    def answer(self, death, which):
        self.do(death, self.town.answer, which)

    @act(2, death=DEATH)
    def pull(self, death):
        self.do(death, self.town.pull)

    @act(
        3,
        death=DEATH,
        rail=st.sampled_from([BANK, BANK, MPESA, MTN]),
        which=st.integers(0, 12),
        many=st.integers(1, 4),
    )
    def state(self, death, rail, which, many):
        self.do(death, self.town.state, rail, which, many)

    @act(1, death=DEATH)
    def post_waiting_lines(self, death):
        self.do(death, self.town.post_waiting_lines)

    @act(3, death=DEATH, batch_max=st.sampled_from([1, 2, 500]))
    def post(self, death, batch_max):
        self.do(death, self.town.post, batch_max)

    @act(6, death=DEATH, batch_max=st.just(500))
    def post_all(self, death, batch_max):
        self.do(death, self.town.post, batch_max)

    @act(3, death=DEATH)
    def spread_news(self, death):
        self.do(death, self.town.spread_news)

    @act(3, death=DEATH, which=NTH, part=st.sampled_from([1, 2, 4, 4]))
    def want_refund(self, death, which, part):
        self.do(death, self.town.want_refund, which, part)

    @act(2, death=DEATH, back=BACK)
    def propose(self, death, back):
        self.do(death, self.town.propose, back)

    @act(
        6,
        death=DEATH,
        which=st.integers(0, 1),
        decision=st.sampled_from(["approve"] * 3 + ["decline"]),
    )
    def decide(self, death, which, decision):
        self.do(death, self.town.decide, which, decision)

    @act(5, death=DEATH, takes=st.sampled_from(["taken", "taken", *SENDING]))
    def send_refunds(self, death, takes):
        self.do(death, self.town.send_refunds, takes)

    @act(4, which=NTH, is_paid=st.sampled_from([True, True, False]))
    def settle_refund(self, which, is_paid):
        self.town.settle_refund(which, is_paid=is_paid)

    @act(4, death=DEATH)
    def ask_after_refunds(self, death):
        self.do(death, self.town.ask_after_refunds)

    @act(3, death=DEATH, which=NTH, answer=st.sampled_from(["loss", "charge", "sweep"]))
    def explain(self, death, which, answer):
        self.do(death, self.town.explain, which, answer)

    @act(
        2,
        death=DEATH,
        which=NTH,
        kind=st.sampled_from(["write_off", "unclaimed"]),
        part=st.sampled_from([1, 2, 4]),
    )
    def release(self, death, which, kind, part):
        self.do(death, self.town.release, which, kind, part)

    @act(1, death=DEATH, amount=AMOUNT)
    def sweep(self, death, amount):
        self.do(death, self.town.sweep, amount)

    @act(2, death=DEATH, which=NTH)
    def arrive(self, death, which):
        self.do(death, self.town.arrive, which)

    @act(1, death=DEATH, amount=AMOUNT)
    def fill_float(self, death, amount):
        self.do(death, self.town.fill_float, amount)

    @act(1, rail=st.sampled_from([MTN, MPESA]), is_down=YES)
    def lights(self, rail, is_down):
        """A provider is not reached, or is again."""
        self.town.providers[rail].is_down = is_down

    @act(1)
    def close_day(self):
        self.town.close_day()

    @invariant()
    def nothing_is_broken(self):
        Storm.steps += 1
        with connection.cursor() as cursor:
            found = cursor.connection.execute(BROKEN, prepare=True).fetchall()
        assert not found, found

    def teardown(self):
        if not hasattr(self, "town"):
            return
        try:
            self.come_to_rest()
            self.nothing_is_broken()
            self.compare()
        finally:
            self.forget()

    def come_to_rest(self):
        """Everything that waits is done, and everything that happened is told by a statement."""
        town = self.town
        for _ in range(8):
            town.now += timedelta(hours=1)
            while town.post_due():
                pass
        for rail in (BANK, MPESA, MTN):
            town.import_file(rail, town.stated(rail), is_whole=True)
        for one in town.unstated():
            town.notify(one)
        # A reversal of what never came is put off five times.
        for _ in range(6):
            town.now += timedelta(days=1)
            while town.post_due():
                pass
            town.post_waiting_lines()
        for _ in range(3):
            town.pass_time(60)
            town.spread_news()

    def compare(self):
        town = self.town
        Storm.seen.update(Movement.objects.values_list("leg", flat=True))
        for model in (Bill, Refund, PaymentAttempt, Inquiry):
            states = model.objects.values_list("state", flat=True)
            Storm.seen.update(f"{model.__name__} {state}" for state in states)
        booked = {}
        for one in Movement.objects.select_related("rail"):
            name = (one.rail.code, one.external_id)
            assert name not in booked, (
                "twice",
                name,
                one.leg,
                booked[name],
                town.truth.money[name],
            )
            booked[name] = (one.leg == Leg.CREDIT, one.currency, one.amount_minor)
        happened = {name: isinstance(one, Collection) for name, one in town.truth.money.items()}
        call_by_their_names(booked, happened)
        here = {name: is_in for name, (is_in, *_) in booked.items()}
        assert here.items() - happened.items() == happened.items() - here.items() == set()
        for name, (_, *amount) in booked.items():
            assert tuple(amount) in town.truth.amounts[name], name
        assert not Inbox.objects.exists()
        aside = UnpostedMessage.objects.exclude(reason="tells_no_money")
        assert not list(aside.values_list("reason", flat=True))
        failed = Delivery.objects.exclude(last_error="")
        assert not list(failed.values_list("handler", "last_error"))


def call_by_their_names(booked, happened):
    """
    Call a movement that a line made under an id of its own by the name that it has at the bank.

    A second reversal of the same collection is first taken for the first, told under another id;
    the line that proves that it is a second one then finds this id taken.
    """
    taken = set(MovementAlias.objects.values_list("rail__code", "external_id"))
    untold = [name for name in happened if name in taken and name not in booked]
    for name in [each for each in booked if each[1].startswith("stmt:")]:
        is_in = booked[name][0]
        alike = [each for each in untold if each[0] == name[0] and happened[each] is is_in]
        if alike:
            untold.remove(alike[0])
            booked[alike[0]] = booked.pop(name)


WEIGHED = [name for name, (weight, _) in CHANCES.items() for _ in range(weight)]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_doubled_or_unexplained_in_any_order(monkeypatch, settings, as_owner):
    wire(monkeypatch, settings)
    as_owner.execute("SET session_replication_role = replica")
    Storm.forget = lambda _story: as_owner.execute("SELECT kept.restore()")
    began = time.monotonic()
    # Every story would tell thousands of lines.
    with Storm.killer.installed(), structlog.testing.capture_logs():
        while Storm.steps < STEPS:
            run_state_machine_as_test(Storm, settings=_settings())
            tell(began)


def tell(began: float) -> None:
    print(  # noqa: T201
        f"{Storm.steps} steps, {Storm.stories} stories, {Storm.killer.kills} killed,"
        f" {time.monotonic() - began:.0f} s;",
        ", ".join(f"{count} {what}" for what, count in sorted(Storm.seen.items())),
        flush=True,
    )


def _settings() -> settings:
    return settings(
        max_examples=min(max(1, STEPS // STEPS_OF_A_STORY), STORIES_OF_A_SEED),
        stateful_step_count=STEPS_OF_A_STORY,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
        phases=tuple(Phase) if SHRINKS else (Phase.generate,),
    )
