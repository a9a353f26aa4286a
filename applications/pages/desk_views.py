"""The views that an officer saved: made on her queue, renamed and taken away here."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sessions
from applications import operations
from applications.models.desk import VIEWS_MAX
from applications.queries import views

NAME_MAX = 40


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the view"),
        max_length=NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def saved(request: HttpRequest) -> HttpResponse:
    """List her views; a POST keeps the queue that she was looking at."""
    account = sessions.signed_in(request)
    form = NameForm(request.POST or None)
    wanted = _codes(request)
    if form.is_valid():
        try:
            operations.save_view(
                account_id=account.pk, name=form.cleaned_data["name"], wanted=views.read(wanted)
            )
        except views.NoSuchFilter:
            raise Http404 from None
        except operations.TooManyViews:
            form.add_error(
                None, gettext("You have %d views: delete one before you save another.") % VIEWS_MAX
            )
        else:
            messages.success(request, gettext("The view is saved."))
            return redirect(f"{reverse('applications:queue')}?{urlencode(wanted)}")
    context = {"form": form, "codes": wanted.items(), "views": _rows(account.pk)}
    return render(request, "applications/desk_views.html", context)


@never_cache
@require_POST
@sessions.staff_required
def change(request: HttpRequest, view_id: int) -> HttpResponse:
    """Give a view another name, or let the desk open with it, or no longer."""
    account = sessions.signed_in(request)
    form = NameForm(request.POST)
    opening = request.POST.get("opening", "")
    try:
        if opening:
            chosen = view_id if opening == "yes" else None
            operations.open_with_view(account_id=account.pk, view_id=chosen)
        elif form.is_valid():
            operations.rename_view(
                account_id=account.pk, view_id=view_id, name=form.cleaned_data["name"]
            )
        else:
            messages.error(request, gettext("A view needs a name of at most 40 letters."))
    except operations.NoSuchView:
        raise Http404 from None
    except operations.NameTaken:
        messages.error(request, gettext("Another view of yours has this name."))
    return redirect("applications:desk_views")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sessions.staff_required
def delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Ask once more, then take the view away; the cases in it stay where they are."""
    account = sessions.signed_in(request)
    view = next((one for one in views.kept(account.pk) if one.id == view_id), None)
    if view is None:
        raise Http404
    if request.method != "POST":
        return render(request, "applications/desk_view_delete.html", {"view": view})
    try:
        operations.delete_view(account_id=account.pk, view_id=view_id)
    except operations.NoSuchView:
        raise Http404 from None
    messages.success(request, gettext("The view is deleted."))
    return redirect("applications:desk_views")


def _codes(request: HttpRequest) -> dict[str, str]:
    given = {key: request.POST.get(key, "") for key in views.KEYS}
    return {key: value for key, value in given.items() if value}


def _rows(account_id: int) -> list[tuple[views.View, str]]:
    queue = reverse("applications:queue")
    return [
        (view, f"{queue}?{urlencode(views.write(view.filter))}") for view in views.kept(account_id)
    ]
