"""Who may look at the money of the house."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts import policies as grants
from accounts import sessions
from payments.policies import VIEW_MONEY

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def money_page(page: Page[P]) -> Page[P]:
    """Let in staff who may see the money of the whole house; nothing of it is kept by a browser."""

    @never_cache
    @sessions.staff_required
    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        grants.require(
            account_id=sessions.signed_in(request).pk,
            act=VIEW_MONEY.code,
            area_code=None,
            at=timezone.now(),
        )
        return page(request, *args, **kwargs)

    return guarded
