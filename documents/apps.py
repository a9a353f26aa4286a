from importlib import import_module

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares this app's acts to accounts, and its system checks to Django.
        import_module("documents.policies")
        import_module("documents.retention")
        import_module("documents.checks")
