from tests.kernel.stores import impatient, object_store, place

__all__ = ["impatient", "object_store", "place"]
