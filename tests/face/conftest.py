from tests.applications.conftest import _static_folder, small_pack
from tests.countries.packs import light_rw, rw, tiny

__all__ = ["_static_folder", "light_rw", "rw", "small_pack", "tiny"]
