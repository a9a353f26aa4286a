from tests.countries.packs import light_rw, rw, tiny

__all__ = ["light_rw", "rw", "tiny"]
