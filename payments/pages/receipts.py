"""The official receipts of a bill, as files for whoever holds its unguessable address."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from documents.rendering import CannotBeDrawn
from documents.rendering import receipts as drawing
from kernel import references
from kernel.country import country
from kernel.money import Money
from payments import queries
from payments.pages.words import words
from payments.queries import ReceiptView

log = structlog.get_logger()


@never_cache
@require_safe
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """
    Give an official receipt of the bill: the one of `?number=`, else the first that counts.

    It is drawn when it is asked for: the same receipt gives the same bytes in one language.
    """
    try:
        bill = queries.bill_by_key(key)
    except queries.NoBill:
        raise Http404 from None
    number = request.GET.get("number", "")
    found = [one for one in queries.receipts(bill.id) if number in {"", one.number}]
    if not found:
        raise Http404
    try:
        data = drawing.draw(content(found[0], key))
    except CannotBeDrawn:
        log.warning("receipt.cannot_be_drawn", receipt_id=found[0].id)
        messages.error(request, gettext("This receipt cannot be drawn now. Its number counts."))
        return redirect("payments:pay", key)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found[0].number}.pdf"'
    return response


def content(view: ReceiptView, key: UUID) -> drawing.Receipt:
    """Return all that the receipt shows, in the reader's language where it speaks it."""
    languages = drawing.languages(get_language() or "", country().languages)
    with override(languages[0]):
        return drawing.Receipt(
            version=view.template_version,
            languages=languages,
            country=country().name(languages[0]),
            number=view.number,
            reference=references.spaced(view.reference),
            beneficiary=words(view.beneficiary).text,
            lines=_lines(view, languages[0]),
            total=_amount(view.amount_minor, view.currency, languages[0]),
            rails=", ".join(words(names).text for names in view.rails),
            paid_on=_moment(view.paid_at),
            issued_on=_moment(view.issued_at),
            cancelled_on=_moment(view.cancelled_at) if view.cancelled_at else "",
            check_url=f"{settings.SITE_URL}{reverse('payments:pay', args=[key])}",
            made_at=view.cancelled_at or view.issued_at,
        )


def _lines(view: ReceiptView, language: str) -> tuple[drawing.Line, ...]:
    """Return its lines, the same fee of several requests as one."""
    alike: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
    for line in view.lines:
        name = words(line["names"]).text
        alike[name, line["revenue_code"], line["legal_source"]].append(line["amount_minor"])
    return tuple(
        drawing.Line(
            name=name if len(amounts) == 1 else f"{len(amounts)} \u00d7 {name}",
            revenue_code=revenue_code,
            legal_source=legal_source,
            amount=_amount(sum(amounts), view.currency, language),
        )
        for (name, revenue_code, legal_source), amounts in alike.items()
    )


def _amount(amount_minor: int, currency: str, language: str) -> str:
    return Money(amount_minor, currency).format(language)


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{formats.date_format(local, 'j F Y')}, {formats.time_format(local, 'H:i')}"
