from tests.documents.custody.conftest import _national, national, service

__all__ = ["_national", "national", "service"]
