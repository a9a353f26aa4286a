"""The peer's way in."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.hordak.settings")
application = get_wsgi_application()
