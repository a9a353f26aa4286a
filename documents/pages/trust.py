"""The certificates and revocation lists that any reader of a paper may want."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_PUBLISHED = {
    "root.cer": "application/x-pem-file",
    "issuing.cer": "application/x-pem-file",
    "root.crl": "application/pkix-crl",
    "issuing.crl": "application/pkix-crl",
}


@require_safe
def published(request: HttpRequest, name: str) -> HttpResponse:
    """Serve one of the four public files; the keys beside them have no address."""
    file = Path(settings.PKI_DIR) / name
    if name not in _PUBLISHED or not file.is_file():
        raise Http404
    return HttpResponse(file.read_bytes(), content_type=_PUBLISHED[name])
