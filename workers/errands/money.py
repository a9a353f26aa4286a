"""Payers are prompted, providers asked, refunds sent; what must hold of money is looked after."""

from datetime import datetime

from payments import operations as payments
from workers.errands.carrying import LIST_LEASE, ONCE_MAX, Clock, alone, each


def prompt_payers(clock: Clock) -> int:
    return each(payments.claim_prompts, payments.send_prompt, clock, at_once=ONCE_MAX)


def ask_after_payments(clock: Clock) -> int:
    return each(payments.claim_queries, payments.ask_status, clock)


def ask_about_movements(clock: Clock) -> int:
    return each(payments.claim_inquiries, payments.ask_provider, clock)


def read_lists(clock: Clock) -> int:
    # A list may have many pages, and one rail's must not be read twice at once.
    return each(payments.claim_pulls, payments.pull, clock, at_once=1, lease=LIST_LEASE)


def send_refunds(clock: Clock) -> int:
    return each(payments.claim_refunds, payments.send_refund, clock, at_once=ONCE_MAX)


def ask_after_refunds(clock: Clock) -> int:
    return each(payments.claim_refund_queries, payments.ask_after_refund, clock)


def look_after_money(*, now: datetime) -> None:
    """What must hold of money is checked, and what needs a person rings; balances are asked for."""
    alone(
        {
            "want_balances": lambda: payments.want_balances(now),
            "check": lambda: payments.check(now=now),
            "watch": lambda: payments.watch(now=now),
            "settle_differences": lambda: payments.settle_differences(now),
            "propose_unclaimed": lambda: payments.propose_unclaimed(now),
        }
    )
