import importlib
from typing import Any

from django.apps import AppConfig

# Django's own hook for rows that follow the code, as its permissions do; nothing else listens.
from django.db.models.signals import post_migrate  # noqa: TID251


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares this app's acts and rooms, and registers its checks.
        importlib.import_module("accounts.policies")
        importlib.import_module("accounts.checks")
        importlib.import_module("accounts.retention")
        importlib.import_module("accounts.erasure")
        importlib.import_module("accounts.sealed")
        importlib.import_module("accounts.rooms")
        post_migrate.connect(_write_pairs, sender=self)


def _write_pairs(*, using: str, **_later: Any) -> None:
    # Operations read models, which are not there yet when this file is imported.
    importlib.import_module("accounts.operations.duties").write_pairs(using)
