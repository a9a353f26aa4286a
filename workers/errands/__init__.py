"""
Work that goes outside the house: claim in one transaction, call in none, record in another.

A row that waits for the world is its own queue, so nothing is lost when a worker dies. Errands
are of two kinds. *Repeatable* (draw, sign, ask): claimed a few at a time under a lease; a worker
that dies lets the lease run out and another goes on. *Once-only* (a payment prompt, a refund, an
SMS): "sending" is committed before the call, and what outlives its time is only asked after.
"""

from collections.abc import Mapping

from workers.errands.attachments import check_attachments
from workers.errands.carrying import LEASE, Errand
from workers.errands.erasing import erase_persons
from workers.errands.exports import make_exports
from workers.errands.invitations import mail_invitations
from workers.errands.keys import (
    fetch_revocation_lists,
    look_after_keys,
    make_keys,
    publish_revocation_lists,
)
from workers.errands.measuring import measure_times
from workers.errands.messages import ask_after_messages, send_messages
from workers.errands.money import (
    ask_about_movements,
    ask_after_payments,
    ask_after_refunds,
    look_after_money,
    prompt_payers,
    read_lists,
    send_refunds,
)
from workers.errands.papers import augment_papers, draw_papers, sign_lists, sign_papers
from workers.errands.registers import ask_families, ask_registers, read_register_events
from workers.errands.upkeep import let_time_pass, remind_keepers, roll_up, work_slowly

PAPER = "paper"
OUTSIDE = "outside"
SLOW = "slow"

ERRANDS: Mapping[str, tuple[str, Errand]] = {
    "draw_papers": (PAPER, draw_papers),
    "sign_papers": (PAPER, sign_papers),
    "sign_lists": (PAPER, sign_lists),
    # With a new revocation list all papers since the last one are due at once: not before today's.
    "augment_papers": (SLOW, augment_papers),
    "check_attachments": (OUTSIDE, check_attachments),
    "ask_registers": (OUTSIDE, ask_registers),
    "read_register_events": (OUTSIDE, read_register_events),
    # Each officer's once a day: whatever waits for a citizen goes before.
    "ask_families": (SLOW, ask_families),
    "make_keys": (SLOW, make_keys),
    "make_exports": (SLOW, make_exports),
    "erase_persons": (SLOW, erase_persons),
    "publish_revocation_lists": (SLOW, publish_revocation_lists),
    "fetch_revocation_lists": (OUTSIDE, fetch_revocation_lists),
    "send_messages": (OUTSIDE, send_messages),
    "mail_invitations": (OUTSIDE, mail_invitations),
    "ask_after_messages": (OUTSIDE, ask_after_messages),
    "prompt_payers": (OUTSIDE, prompt_payers),
    "ask_after_payments": (OUTSIDE, ask_after_payments),
    "ask_about_movements": (OUTSIDE, ask_about_movements),
    "read_lists": (OUTSIDE, read_lists),
    "send_refunds": (OUTSIDE, send_refunds),
    "ask_after_refunds": (OUTSIDE, ask_after_refunds),
}
"""Each errand with the Celery queue that runs it: a slow network must not keep a paper waiting."""

__all__ = [
    "ERRANDS",
    "LEASE",
    "let_time_pass",
    "look_after_keys",
    "look_after_money",
    "measure_times",
    "remind_keepers",
    "roll_up",
    "work_slowly",
]
