from tests.countries.packs import light_rw, rw, tiny, whole_rw

__all__ = ["light_rw", "rw", "tiny", "whole_rw"]
