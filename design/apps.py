import importlib

from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "design"

    def ready(self) -> None:
        importlib.import_module("design.checks")
