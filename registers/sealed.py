"""Which columns of registers say whom an entry or an event concerns, by a blind index."""

from kernel.reindexing import Indexed, Sealed, declare
from registers.matching import clean_national_id

declare(
    Sealed("registers.CitedEntry", "national_ids", kind="national_id", many=clean_national_id),
    Sealed("registers.RegisterEvent", "national_ids", kind="national_id", many=clean_national_id),
    indexed=(
        Indexed("registers.EntryPerson", "person_index"),
        Indexed("registers.EventPerson", "person_index"),
        # Of relatives nobody here keeps a number: the register is asked for them anew.
        Indexed("registers.Relative", "person_index", asked_by=("registers.Family", "due_at")),
    ),
)
