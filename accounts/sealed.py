"""Which columns of accounts find a sealed value by a blind index."""

from kernel.reindexing import Indexed, Sealed, declare

declare(
    Sealed("accounts.Person", "national_id", kind="national_id"),
    Sealed("accounts.ContactPoint", "value", kind_field="kind"),
    indexed=(
        Indexed("accounts.Person", "national_id_index"),
        Indexed("accounts.ContactPoint", "value_index"),
    ),
)
