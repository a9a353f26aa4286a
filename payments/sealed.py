"""Which columns of payments find a sealed phone or account number by a blind index."""

from kernel.reindexing import Indexed, Sealed, declare

declare(
    Sealed("payments.PaymentAttempt", "phone", kind="phone"),
    Sealed("payments.Claim", "phone", kind="phone"),
    Sealed("payments.Payee", "number", kind_field="account_kind"),
    indexed=(
        Indexed("payments.PaymentAttempt", "phone_index"),
        Indexed("payments.Claim", "phone_index"),
        Indexed("payments.Payee", "number_index"),
    ),
)
