import importlib

from django.apps import AppConfig

from accounts import naming


class PaymentsConfig(AppConfig):
    name = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Declares this app's acts.
        importlib.import_module("payments.policies")
        importlib.import_module("payments.retention")
        importlib.import_module("payments.sealed")
        naming.tell("rail", importlib.import_module("payments.queries.reporting").rails_called)
