from tests.kernel.stores import object_store, place

__all__ = ["object_store", "place"]
