from tests.documents.signing.conftest import _stamping, outside
from tests.kernel.stores import object_store, place

__all__ = ["_stamping", "object_store", "outside", "place"]
