from tests.applications.attachments.conftest import (
    _kept_here,
    citizen,
    pack_with_slots,
    small_pack,
)

__all__ = ["_kept_here", "citizen", "pack_with_slots", "small_pack"]
