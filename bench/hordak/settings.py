"""The least that a Django project with django-hordak needs."""

import os
from urllib.parse import unquote, urlsplit

_database = urlsplit(os.environ["PEER_DATABASE_URL"])

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "mptt",
    "hordak",
    "bench.hordak.peer",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.hordak.peer.views"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.lstrip("/"),
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "HOST": _database.hostname,
        "PORT": _database.port,
        "OPTIONS": {"pool": {"min_size": 0, "max_size": 8}},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
CURRENCIES = ["EUR", "RWF"]
DEFAULT_CURRENCY = "RWF"
# Its converter accepts no other here; nothing is converted.
HORDAK_INTERNAL_CURRENCY = "EUR"
HORDAK_DECIMAL_PLACES = 0
