"""What can be done about money, by subject; `workers` calls what stands here."""

from payments.operations.alarms import debit_unexplained
from payments.operations.asking_after import ask_status, claim_queries
from payments.operations.balancing import want as want_balances
from payments.operations.billing import expire_due
from payments.operations.channels import look as look_at_channels
from payments.operations.checking import check
from payments.operations.closing.listing import settle_gone as settle_differences
from payments.operations.erasing import empty_attempts
from payments.operations.health import claim_pulls, pull
from payments.operations.importing import post_waiting
from payments.operations.importing.running import work_off as work_off_imports
from payments.operations.importing.watched import take_in as take_in_statements
from payments.operations.inquiring import ask_provider, claim_inquiries
from payments.operations.intake import forget_refused
from payments.operations.prompting import claim_prompts, send_prompt
from payments.operations.proposing import for_charges as propose_for_charges
from payments.operations.proposing import for_expired as propose_for_expired
from payments.operations.proposing import for_suspended as propose_for_suspended
from payments.operations.proposing import for_withdrawn as propose_for_withdrawn
from payments.operations.receipting import cancel_receipts, issue_receipts
from payments.operations.refunding import release_funded
from payments.operations.releasing import propose_unclaimed
from payments.operations.repaying import (
    ask_after_refund,
    claim_refund_queries,
    claim_refunds,
    send_refund,
)
from payments.operations.rolling_up import roll_up
from payments.operations.watching import statement_imported, watch

__all__ = [
    "ask_after_refund",
    "ask_provider",
    "ask_status",
    "cancel_receipts",
    "check",
    "claim_inquiries",
    "claim_prompts",
    "claim_pulls",
    "claim_queries",
    "claim_refund_queries",
    "claim_refunds",
    "debit_unexplained",
    "empty_attempts",
    "expire_due",
    "forget_refused",
    "issue_receipts",
    "look_at_channels",
    "post_waiting",
    "propose_for_charges",
    "propose_for_expired",
    "propose_for_suspended",
    "propose_for_withdrawn",
    "propose_unclaimed",
    "pull",
    "release_funded",
    "roll_up",
    "send_prompt",
    "send_refund",
    "settle_differences",
    "statement_imported",
    "take_in_statements",
    "want_balances",
    "watch",
    "work_off_imports",
]
