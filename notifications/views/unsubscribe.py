"""`/unsubscribe/<token>/`: the link at the end of every message to a customer (CC-4.1, RFC 8058).

GET shows a page with one button and writes nothing, because mail scanners follow links. POST acts. A mail program's
one-click POST carries no cookie and no CSRF token; whoever holds the secret in the address may stop and resume these
messages and nothing else, which is why the view is exempt. Wrong and unknown links look the same.
"""

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.access import public
from notifications.links import find_link
from notifications.models import Optout, Purpose
from notifications.optouts import is_busy, stopped_purposes
from notifications.services.optouts import resume, stop

LANGUAGES = ("zh-hans", "en")
ONE_CLICK = "List-Unsubscribe"
UNREADABLE = (
    BadRequest,
    MultiPartParserError,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    UnreadablePostError,
)


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    try:
        posted = request.POST if request.method == "POST" else None
    except UNREADABLE:
        posted = {}  # to post here at all means: stop
    link = find_link(token)
    response = _answer(request, link, token, posted)
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request, link, token, posted):
    language = _language_of(request)
    if link is None:
        return _page(request, "unknown", language, status=404)
    if posted is None:
        return _page(request, "choice", language, link=link)
    at = timezone.now()
    if posted.get("go", "").startswith("resume") and is_busy(link, at):  # to stop is never refused
        return _page(request, "busy", language, link=link, status=429)
    act(link, posted, at)
    if ONE_CLICK in posted:  # mail programs follow no redirect here
        return _page(request, "choice", language, link=link)
    return HttpResponseRedirect(f"/unsubscribe/{token}/?lang={language}", status=303)


def act(link, posted, at):
    """`go` is stop (what a mail program means too), stop-all, resume or resume-all."""
    go = posted.get("go", "stop")
    purpose = Optout.ALL if go.endswith("-all") else link.purpose
    change = resume if go.startswith("resume") else stop
    change(link, purpose=purpose, at=at)


def _page(request, name, language, *, link=None, status=200):
    with translation.override(language):
        context = {"language": language, "address": request.path, "company": _("Messages to you")}
        if link is not None:
            stopped = stopped_purposes(link)
            context |= {
                "company": (language == "en" and link.company.name_en) or link.company.name,
                "what": Purpose(link.purpose).label,
                "is_stopped": link.purpose in stopped,
                "is_all_stopped": set(stopped) == set(Purpose.values),
                "others": [Purpose(one).label for one in stopped if one != link.purpose],
            }
        response = render(request, f"notifications/public/{name}.html", context, status=status)
    response["Content-Language"] = language
    return response


def _language_of(request):
    asked = request.GET.get("lang")
    if asked in LANGUAGES:
        return asked
    return request.LANGUAGE_CODE if request.LANGUAGE_CODE in LANGUAGES else LANGUAGES[0]
