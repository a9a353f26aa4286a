"""
What operators see of logins and rights: read-only, and no person, phone or number.

Nobody signs in or changes a password here: Django's own forms know no budget and leave no trace.
"""

import importlib
from typing import NoReturn

from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Account, Grant, StepUp
from accounts.sessions import safe_next
from kernel.admin import ReadOnlyAdmin


def _sign_in_at_the_door(
    request: HttpRequest, extra_context: dict[str, object] | None = None
) -> HttpResponseRedirect:
    if request.user.is_authenticated:
        raise PermissionDenied  # Signed in, and no operator: the door would send her back here.
    target = safe_next(request, request.GET.get("next", "")) or reverse("admin:index")
    return redirect(f"{reverse('accounts:staff_sign_in')}?{urlencode({'next': target})}")


def _no_password_here(
    request: HttpRequest, extra_context: dict[str, object] | None = None
) -> NoReturn:
    raise Http404


admin.site.login = _sign_in_at_the_door  # type: ignore[method-assign]
admin.site.password_change = _no_password_here  # type: ignore[method-assign]
# Only grants are rights; a group would be one that nobody reads, and could be changed here.
importlib.import_module("django.contrib.auth.admin")  # It stands below: its turn would come later.
admin.site.unregister(Group)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "email", "display_name", "office", "is_active", "is_staff"]
    list_filter = ["kind", "is_active", "is_staff"]
    list_select_related = ["office"]
    fields = [
        "kind",
        "email",
        "display_name",
        "office",
        "language",
        "is_active",
        "is_staff",
        "is_superuser",
        "created_at",
        "last_login",
    ]


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "account",
        "act",
        "service_code",
        "area",
        "rail_code",
        "beneficiary_code",
        "from_at",
        "until_at",
        "given_by",
        "confirmed_by",
        "ended_at",
    ]
    list_filter = ["act"]
    list_select_related = ["account", "area", "given_by", "confirmed_by"]


@admin.register(StepUp)
class StepUpAdmin(ReadOnlyAdmin):
    list_display = ["id", "account", "purpose", "at", "expires_at", "used_at"]
    list_filter = ["purpose"]
    list_select_related = ["account"]
