"""What can be done about money, by subject; `workers` calls what stands here."""

from payments.operations.asking_after import ask_status, claim_queries
from payments.operations.billing import expire_due
from payments.operations.intake import forget_refused
from payments.operations.prompting import claim_prompts, send_prompt

__all__ = [
    "ask_status",
    "claim_prompts",
    "claim_queries",
    "expire_due",
    "forget_refused",
    "send_prompt",
]
