"""From what was charged to whose case it was: where finance's pages lead up to."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts import sessions
from applications import queries


@require_safe
@sessions.staff_required
def charge(request: HttpRequest, key: str) -> HttpResponse:
    """Lead to the desk's page of the case that a bill line charges; that page says who may see."""
    number = queries.number_of_charge(key)
    if number is None:
        raise Http404
    return redirect("applications:desk_case", number)
