"""The page that says: too often, try again later."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.operations import BudgetSpent


def too_often(request: HttpRequest, spent: BudgetSpent) -> HttpResponse:
    seconds = max(1, int((spent.again_at - timezone.now()).total_seconds()))
    response = render(request, "accounts/too_often.html", {"again_at": spent.again_at}, status=429)
    response["Retry-After"] = str(seconds)
    return response
