from tests.applications.conftest import (
    _static_folder,
    house,
    registers,
    small_pack,
    staffed,
    uwase,
)

__all__ = ["_static_folder", "house", "registers", "small_pack", "staffed", "uwase"]
