from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from core.flow import Refused
from core.remembering import one_page


class RefusedMiddleware:
    """A rule that says no is a 409 with its sentence, never a 500."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, Refused):
            return None
        if request.path.startswith("/api/"):
            error = {"code": exception.code, "detail": str(exception.message), "attr": exception.field}
            return JsonResponse({"type": "client_error", "errors": [error]}, status=409)
        template = "core/refused_fragment.html" if request.headers.get("HX-Request") else "core/refused.html"
        return render(request, template, {"refusal": exception, "back": came_from(request)}, status=409)


def came_from(request):
    """The page of ours the visitor came from, or ''."""
    page = request.headers.get("Referer", "")
    return page if url_has_allowed_host_and_scheme(page, {request.get_host()}) else ""


REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class PlainAddressMiddleware:
    """No database can hold a NUL: in a path it becomes a sign that nothing is called by, in a query it is left out."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path_info:
            request.path_info = request.path_info.replace("\x00", REPLACEMENT)
        while "%00" in request.META.get("QUERY_STRING", ""):
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "")
        return self.get_response(request)


class OnePageMiddleware:
    """Reading a page asks each question once (core.remembering); whatever may write remembers nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with one_page():
            return self.get_response(request)


class LanguageMiddleware:
    """Chinese unless the visitor chose otherwise; what the browser prefers is not asked."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
