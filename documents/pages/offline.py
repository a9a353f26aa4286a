"""
The verifier for who has no network: a page that stays on the device with the lists it needs.

It is made for nobody in particular: no session, no form, no name, so that a device may keep it.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from design import notes, style, wording
from documents import trust
from documents.models import CredentialState, Kind, Purpose
from documents.pages import offline_words
from documents.rendering import newest
from documents.rendering.wording import known
from kernel.country import country

FOLDER = Path(__file__).parent.parent / "static" / "documents" / "offline"
_STYLES = ("documents/verdict.css", "documents/offline/offline.css")
_PICTURES = ("design/mark.svg", "documents/offline/icon-192.png", "documents/offline/icon-512.png")


class Word(NamedTuple):
    value: str
    text: str


@never_cache
@csp_update({"manifest-src": [SELF], "worker-src": [SELF]})
@require_safe
def page(request: HttpRequest, language: str = "") -> HttpResponse:
    """Show the verifier, in the reader's language or in one that the address names."""
    if language and language not in country().languages:
        raise Http404
    with translation.override(language or translation.get_language()):
        return render(request, "documents/offline.html", _context())


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Say how the page is installed (W3C Web Application Manifest)."""
    sizes = (192, 512)
    return JsonResponse(
        {
            "id": reverse("documents:offline"),
            "name": _("Check papers offline"),
            "short_name": _("Check papers"),
            "lang": translation.get_language(),
            "start_url": reverse("documents:offline"),
            "scope": reverse("documents:offline"),
            "display": "standalone",
            "background_color": "#faf8f3",
            "theme_color": "#0b5d6b",
            "icons": [
                {
                    "src": static(f"documents/offline/icon-{size}.png"),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": "any maskable",
                }
                for size in sizes
            ],
        },
        content_type="application/manifest+json",
    )


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker: from here, because its scope is the folder it comes from."""
    pages = [reverse("documents:offline")]
    pages += [reverse("documents:offline_in", args=[each]) for each in country().languages]
    files = [*pages, reverse("documents:offline_manifest")]
    files += [style.sheet().address]
    files += [static(each) for each in (*_STYLES, *_PICTURES)] + _modules()
    kept = json.dumps({"version": _version(), "files": files})
    script = (FOLDER / "worker.js").read_text(encoding="utf-8")
    return HttpResponse(f"self.guichet = {kept};\n{script}", content_type="text/javascript")


def anchors() -> str:
    """Return, as JSON, the keys by which the page believes the list of keys."""
    return json.dumps(
        [
            {
                **{name: trust.jwk(key)[name] for name in ("kid", "kty", "crv", "x", "y")},
                "since": int(key.since.timestamp()),
                "until": int(key.until.timestamp()),
            }
            for key in trust.state_keys()
            if key.purpose == Purpose.TRUST_LIST and key.state != CredentialState.REVOKED
        ]
    )


def _context() -> dict[str, object]:
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "anchors": anchors(),
        "here": country(),
        "modules": f"{settings.STATIC_URL}documents/offline/page.js",
        "notes": notes.told(wording.shares(language.partition("-")[0]).citizens),
        **words_of(language),
    }


def beside(number: str) -> dict[str, object]:
    """Return what `documents/beside.html` needs on the page of the paper of that number."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "beside": {
            "anchors": anchors(),
            "here": country(),
            "site": settings.SITE_URL,
            "number": number,
            "module": f"{settings.STATIC_URL}documents/offline/beside.js",
            **words_of(language),
        }
    }


def words_of(language: str) -> dict[str, object]:
    """Return what the modules show: verdicts, notes, and the names of papers and facts."""
    return {
        "says": offline_words.says(),
        "notes": offline_words.notes(),
        "titles": list(_titles(language)),
        "facts": list(_facts(language)),
    }


def _titles(language: str) -> list[Word]:
    """Return the title of each type of paper, alone and with its kind."""
    found = []
    for paper_type in dict(known()):
        chosen = newest(paper_type)
        for kind in ("", *Kind.values):
            said = chosen.titles_for(kind)
            found.append(Word(f"{paper_type} {kind}".strip(), said.get(language) or said["en"]))
    return found


def _facts(language: str) -> list[Word]:
    """Return the label of each fact that a wording puts on the code by name."""
    found = {}
    for paper_type in dict(known()):
        chosen = newest(paper_type)
        for row in chosen.rows:
            for fact in set(row.facts) & set(chosen.core):
                found[fact] = row.labels.get(language) or row.labels["en"]
    return [Word(fact, label) for fact, label in sorted(found.items())]


def _modules() -> list[str]:
    """
    Return the addresses of the scripts, without a hash of their content in the name.

    Modules name each other, and nothing rewrites the names in them.
    """
    scripts = sorted(FOLDER.rglob("*.js"))
    return [
        f"{settings.STATIC_URL}documents/offline/{each.relative_to(FOLDER).as_posix()}"
        for each in scripts
        if each.name not in {"worker.js", "beside.js"}
    ]


def _version() -> str:
    """Return what changes as soon as anything on the device is older than here."""
    whole = hashlib.sha256(_files())
    for language in country().languages:
        with translation.override(language):
            whole.update(render_to_string("documents/offline.html", _context()).encode())
    return whole.hexdigest()[:16]


@cache
def _files() -> bytes:
    whole = hashlib.sha256()
    for file in sorted(FOLDER.rglob("*")):
        if file.is_file():
            whole.update(file.read_bytes())
    for address in (style.sheet().address, *map(static, _STYLES)):
        whole.update(address.encode())
    return whole.digest()
