"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

from config import serving, tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
serving.refuse_owner(os.environ)
serving.refuse_plain(os.environ)
tracing.start()  # Before the middleware is read: it adds one.
_site = get_wsgi_application()

# Not before: it reads tables' models.
from config import kept_pages  # noqa: E402

application = kept_pages.Kept(_site)
