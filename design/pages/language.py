"""In which language the house speaks to a reader."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from design import speaking


@require_safe
def set_language(request: HttpRequest) -> HttpResponse:
    """
    Keep the reader's language in a cookie, and lead back to the page that she came from.

    It is asked for by a form without a token, because a page with one is another page for every
    reader and nobody could keep it; what a stranger could bring about is a page in French.
    """
    language, back = request.GET.get("language", ""), request.GET.get("next", "")
    # A page of this site by its path alone: what Host a request names decides nothing.
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    # Not by `redirect`, which takes a word without a slash for the name of a page, and breaks.
    answer = HttpResponseRedirect(back if is_ours and back.startswith("/") else "/")
    if language in dict(settings.LANGUAGES):
        speaking.keep(answer, language)
    return answer
