"""
In which language the house speaks to a reader: what a page's switch asks for, and how it is kept.

On a page without a form the switch asks by an address of its own (`design.pages.language`). On a
page of questions it is a button of that form, so that what was typed comes along.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

SWITCH = "switch-language"
"""Name of the buttons in a form that ask for another language; no question's code has a hyphen."""


def asked_for(request: HttpRequest) -> str:
    """Return the language that a form's own switch asks for; "" where it was another button."""
    language = request.POST.get(SWITCH, "")
    return language if language in dict(settings.LANGUAGES) else ""


def keep(answer: HttpResponseBase, language: str) -> None:
    """Keep the reader's language in a cookie."""
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
