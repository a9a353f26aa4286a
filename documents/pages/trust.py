"""What verifiers fetch: certificates, revocation lists, keys, status lists; and how to use them."""

from pathlib import Path

from asn1crypto.pem import armor
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from documents import pki, statuslist, trust
from documents.longterm.roots import of_stamps
from documents.models import PublicList

_ROOT, _STAMPS = "root.cer", "stamps.cer"
_PUBLISHED = {
    "issuing.cer": "application/x-pem-file",
    "root.crl": "application/pkix-crl",
    "issuing.crl": "application/pkix-crl",
}
# Short, because a cache on the way must not hold back what was revoked.
_CACHED_SECONDS = 60
_RETRY_SECONDS = 30


@require_safe
def published(request: HttpRequest, name: str) -> HttpResponse:
    """Serve the roots that we trust, and our own authority's files; keys have no address."""
    if name == _ROOT and (roots := pki.roots()):
        whole = b"".join(each.public_bytes(Encoding.PEM) for each in roots)
        return HttpResponse(whole, content_type="application/x-pem-file")
    if name == _STAMPS and (stamps := of_stamps()):
        whole = b"".join(armor("CERTIFICATE", each.dump()) for each in stamps)
        return HttpResponse(whole, content_type="application/x-pem-file")
    file = Path(settings.PKI_DIR) / name
    if name not in _PUBLISHED or not file.is_file():
        raise Http404
    return HttpResponse(file.read_bytes(), content_type=_PUBLISHED[name])


@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    answer = JsonResponse(trust.jwks(), content_type="application/jwk-set+json")
    return _for_everybody(answer)


@require_safe
def cose_keys(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(trust.cose_keys(), content_type="application/cose-key-set")
    return _for_everybody(answer)


@require_safe
def trust_list(request: HttpRequest) -> HttpResponse:
    return _signed(PublicList.Kind.TRUST, 0, "application/jose+json")


@require_safe
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    if number >= statuslist.count():
        raise Http404
    return _signed(PublicList.Kind.STATUS, number, statuslist.MEDIA_TYPE)


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Tell banks and other offices how to trust these papers."""
    roots = trust.fingerprints()
    here = [name for name in _PUBLISHED if (Path(settings.PKI_DIR) / name).is_file()]
    files = [*([_ROOT] if roots else []), *here, *([_STAMPS] if of_stamps() else [])]
    return render(request, "documents/trust.html", {"roots": roots, "published": files})


def _signed(kind: PublicList.Kind, number: int, media_type: str) -> HttpResponse:
    """Answer with what an errand signed last: no page needs a key."""
    kept = PublicList.objects.filter(kind=kind, number=number, body__isnull=False).first()
    if kept is None or kept.body is None:
        return HttpResponse(status=503, headers={"Retry-After": str(_RETRY_SECONDS)})
    return _for_everybody(HttpResponse(bytes(kept.body), content_type=media_type))


def _for_everybody(answer: HttpResponse) -> HttpResponse:
    """Let caches keep it for a minute, and pages of other sites read it."""
    answer["Cache-Control"] = f"public, max-age={_CACHED_SECONDS}"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
