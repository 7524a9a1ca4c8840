"""What all pages for customers have in common: language, headers, sizes, refusals in words. No login."""

from functools import wraps

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from complaints.policy import rules_of
from core.access import public
from core.flow import Refused
from core.period import SHANGHAI
from jobs.attachments import ATTACHMENT_MAX_BYTES
from organization.models import Company
from policies.models import Version

LANGUAGES = ("zh-hans", "en")
UNREADABLE = (
    BadRequest,
    MultiPartParserError,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    UnreadablePostError,
)
#: a body with more than this many files of the largest size is not even read
MOST_FILES_READ = 12
MOST_BYTES = MOST_FILES_READ * ATTACHMENT_MAX_BYTES


def customer_page(*methods, asks_token=True):
    """`asks_token`: whether a post carries the CSRF token; the open form needs none, see complaints.views.public."""

    def decorate(view):
        inner = csrf_protect(view) if asks_token else view

        @wraps(view)
        def guarded(request, *args, **kwargs):
            language = language_of(request)
            with translation.override(language):
                request.LANGUAGE_CODE = language
                response = _answer(inner, methods, request, *args, **kwargs)
            return _with_headers(response, request, language)

        return csrf_exempt(public(guarded))

    return decorate


def _answer(view, methods, request, *args, **kwargs):
    if request.method not in (*methods, "HEAD"):
        return notice(request, "method", status=405)
    try:
        if request.method == "POST":
            _read(request)
        return view(request, *args, **kwargs)
    except UNREADABLE:
        return notice(request, "too_big", status=413)
    except Refused as refusal:
        return notice(request, "refused", status=409, sentence=refusal.message)


def _read(request):
    """Parse the body now, where too large or broken ones are answered."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise RequestDataTooBig
    request.POST  # noqa: B018


def _with_headers(response, request, language):
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Language"] = language
    if request.GET.get("lang") in LANGUAGES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
    return response


def language_of(request):
    """?lang= wins and is remembered; then the cookie of the language switch."""
    asked = request.GET.get("lang")
    if asked in LANGUAGES:
        return asked
    return request.LANGUAGE_CODE if request.LANGUAGE_CODE in LANGUAGES else LANGUAGES[0]


def shown(request, name, context, *, company=None, rules=None, status=200):
    english = translation.get_language() == "en"
    context |= {
        "company": company,
        "seal": str(company or "")[:1],
        "hotline": rules.hotline if rules else "",
        "language": "en" if english else LANGUAGES[0],
        "here": request.path,
    }
    return render(request, f"complaints/public/{name}.html", context, status=status)


def notice(request, kind, *, status=200, sentence="", company=None, rules=None):
    """A short friendly page: dead code, nothing here, too big, refused."""
    context = {"kind": kind, "sentence": sentence}
    return shown(request, "notice", context, status=status, company=company, rules=rules)


def open_companies():
    """[(company, ComplaintRules)] of all that take feedback: their policy says how."""
    day = timezone.now().astimezone(SHANGHAI).date()
    found = []
    with_policy = Version.objects.in_force(day).values("company")
    for company in Company.objects.filter(pk__in=with_policy):
        rules = rules_or_none(company, day)
        if rules is not None:
            found.append((company, rules))
    return found


def rules_or_none(company, day=None):
    try:
        return rules_of(company, day or timezone.now().astimezone(SHANGHAI).date())
    except Refused:
        return None


def to(address):
    """303: the next page is fetched with GET, so that going back and reloading post nothing."""
    return HttpResponseRedirect(address, status=303)
