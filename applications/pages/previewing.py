"""What the applicant will read when she is asked to mend her answers, before she is asked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from applications import operations
from applications.models import Application
from applications.pages.cases import asked_of
from applications.pages.kept import Kept
from applications.queries import attachments
from catalogue import queries as catalogue


def preview(request: HttpRequest, application: Application, typed: Kept) -> HttpResponse:
    """
    Show it in her language.

    :raises NothingAsked: if no answer and no file is chosen, or none with a reason of the list
    """
    definition = catalogue.version(application.service_version_id).definition
    known = {reason.code for reason in definition.completion_reasons}
    slots = [f"{attachments.ASKED}{code}" for code in definition.slots]
    chosen = {
        code: typed.fields[code]
        for code in (*definition.fields, *slots)
        if typed.fields.get(code) in known
    }
    if not chosen:
        raise operations.NothingAsked(application.pk)
    with translation.override(application.language):
        asked = asked_of(definition, application, chosen, to=application.language)
    context = {
        "application": application,
        "name": definition.name(application.language),
        "asked": asked,
        "chosen": chosen.items(),
        "note": typed.note,
        "version": request.POST.get("version", ""),
        "to_language": application.language,
    }
    return render(request, "applications/ask_preview.html", context)
