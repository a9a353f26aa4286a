"""Browsers beside the ORM."""

import pytest


@pytest.fixture(autouse=True)
def _threads(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("browser"):
        # Playwright keeps an event loop in its thread, which is no reason to forbid the ORM there.
        request.getfixturevalue("monkeypatch").setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
