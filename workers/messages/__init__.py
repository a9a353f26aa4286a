"""
Which news is worth a message, to whom, and in which words.

One file for each of whom is told; the relay names a handler without it (`relay.handler_name`).
"""

from workers.messages.cases import (
    CALLED,
    ask_for_call,
    tell_appealed,
    tell_approved,
    tell_collected,
    tell_completion_asked,
    tell_issued,
    tell_late,
    tell_paper_changed,
    tell_paper_ended,
    tell_ready,
    tell_refused,
    tell_still_ready,
)
from workers.messages.heads import (
    tell_escalated,
    tell_family_unknown,
    tell_hand_over_overdue,
    tell_key_ended,
    tell_key_ending,
    tell_papers_wait,
    tell_transferred_often,
    tell_unassigned,
    tell_uncollected,
)
from workers.messages.helping import (
    stop_word,
    tell_help_ended,
    tell_helped,
    tell_how_to_stop,
)
from workers.messages.paying import (
    tell_debt,
    tell_paid,
    tell_payment_held,
    tell_payment_restored,
    tell_what_to_pay,
)
from workers.messages.people import (
    send_code,
    tell_draft_link,
    tell_erasure,
    tell_factor_changed,
    tell_phone_change,
    tell_phone_changed,
)

__all__ = [
    "CALLED",
    "ask_for_call",
    "send_code",
    "stop_word",
    "tell_appealed",
    "tell_approved",
    "tell_collected",
    "tell_completion_asked",
    "tell_debt",
    "tell_draft_link",
    "tell_erasure",
    "tell_escalated",
    "tell_factor_changed",
    "tell_family_unknown",
    "tell_hand_over_overdue",
    "tell_help_ended",
    "tell_helped",
    "tell_how_to_stop",
    "tell_issued",
    "tell_key_ended",
    "tell_key_ending",
    "tell_late",
    "tell_paid",
    "tell_paper_changed",
    "tell_paper_ended",
    "tell_papers_wait",
    "tell_payment_held",
    "tell_payment_restored",
    "tell_phone_change",
    "tell_phone_changed",
    "tell_ready",
    "tell_refused",
    "tell_still_ready",
    "tell_transferred_often",
    "tell_unassigned",
    "tell_uncollected",
    "tell_what_to_pay",
]
