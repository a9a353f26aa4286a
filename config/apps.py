from django.apps import AppConfig

# Every process of the house, web included, must publish to our broker and not to a default one.
from config.celery import app as celery_app

__all__ = ["ConfigConfig", "celery_app"]


class ConfigConfig(AppConfig):
    name = "config"
