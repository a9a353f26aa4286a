"""What is taken away from books to learn on is named so."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_HEADER = "Content-Disposition"
_NAME = re.compile(r"(?<=filename=)\"?|(?<=filename\*=utf-8'')", re.IGNORECASE)


class NamedPractice:
    """
    Every file that a page or the API gives begins with "PRACTICE-", whoever gives it.

    A file leaves the page whose banner says that nothing here is real.
    """

    def __init__(self, pages: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.pages = pages

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.pages(request)
        if settings.PRACTICE and answer.has_header(_HEADER):
            answer[_HEADER] = _NAME.sub(
                lambda found: f"{found[0]}PRACTICE-", answer[_HEADER], count=1
            )
        return answer
