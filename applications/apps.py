import importlib

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        importlib.import_module("applications.policies")
        importlib.import_module("applications.retention")
        importlib.import_module("applications.erasure")
        importlib.import_module("applications.rooms")
