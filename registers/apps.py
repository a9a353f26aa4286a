import importlib

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistersConfig(AppConfig):
    name = "registers"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Registers")

    def ready(self) -> None:
        importlib.import_module("registers.retention")
        importlib.import_module("registers.sealed")
