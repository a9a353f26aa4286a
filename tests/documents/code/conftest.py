"""A world of today behind a live server: browsers and servers read the machine's clock."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.documents import world as worlds
from tests.documents.code.lists import made


@pytest.fixture
def today(monkeypatch) -> datetime:
    now = timezone.now().replace(microsecond=0)
    monkeypatch.setattr(worlds, "NOON", now)
    # Playwright keeps an event loop in this thread, which is no reason to forbid the ORM here.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    return now


@pytest.fixture
def site(today: datetime, transactional_db: None, live_server, tmp_path, settings) -> worlds.World:
    """The world of papers, on the site whose address stands in their codes."""
    settings.SITE_URL = live_server.url
    settings.PKI_DIR = tmp_path / "pki"
    settings.FILES_DIR = tmp_path / "files"
    world = worlds.build(tmp_path / "pki")
    # What is issued stands on the next lists: `lists.anew(today)`.
    made(today - timedelta(minutes=1))
    return world
