import importlib

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares this app's acts and registers its checks.
        importlib.import_module("accounts.policies")
        importlib.import_module("accounts.checks")
