"""Every address declares who may: a new view fails here by name until it does."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from core import access
from tests import factories

#: packages whose addresses decide for themselves: sign-in must be open, the schema asks for a login
OWN_RULES = ("allauth.",)


def patterns(resolver=None, prefix=""):
    """(route, name, callback) of every address."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.name, entry.callback


def api_class(callback):
    found = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    return found if found and issubclass(found, APIView) else None


def declared(callback):
    """'public', the tuple of verbs, 'api' or None."""
    if getattr(callback, "is_public", False):
        return "public"
    if getattr(callback, "required_verbs", None):
        return callback.required_verbs
    view = api_class(callback)
    if view is not None and (
        getattr(view, "required_verbs", None) or view.__module__.startswith("drf_spectacular")
    ):
        return "api"
    return None


def has_own_rules(callback):
    module = getattr(callback, "__module__", "") or ""
    view = getattr(callback, "view_class", None)
    return module.startswith(OWN_RULES) or bool(view and view.__module__.startswith(OWN_RULES))


def staff_pages():
    return [
        (route, name, callback)
        for route, name, callback in patterns()
        if isinstance(declared(callback), tuple)
    ]


def address(route):
    """A concrete path for a route: parameters become what no object has."""
    path = route.replace("^", "").replace("$", "")
    for part in path.split("/"):
        if part.startswith("<"):
            kind = part.strip("<>").split(":")[0] if ":" in part else "str"
            path = path.replace(part, "999999999" if kind == "int" else "nothing-here")
    return "/" + path


def test_every_view_declares_its_permission():
    silent = [
        f"{route} ({name})"
        for route, name, callback in patterns()
        if declared(callback) is None and not has_own_rules(callback)
    ]
    assert silent == []


def test_every_verb_in_use_is_declared_with_a_sentence():
    used = {verb for route, name, callback in staff_pages() for verb in declared(callback)}
    assert used - set(access.verbs) == set()


def test_the_api_asks_for_declared_verbs_only():
    used = set()
    for _route, _name, callback in patterns():
        view = api_class(callback)
        needed = getattr(view, "required_verbs", ()) if view else ()
        groups = needed.values() if isinstance(needed, dict) else [needed]
        used |= {verb for group in groups for verb in group}
    assert used - set(access.verbs) == set()


@pytest.mark.django_db
def test_a_stranger_is_sent_to_login(client):
    let_in = []
    for route in sorted({route for route, name, callback in staff_pages()}):
        response = client.get(address(route))
        if response.status_code != 302 or "/login/" not in response.url:
            let_in.append((route, response.status_code))
    assert let_in == []


@pytest.mark.django_db
def test_somebody_without_the_verb_gets_403(client):
    client.force_login(factories.make_user())
    routes = sorted({route for route, name, callback in staff_pages()})
    statuses = {route: client.get(address(route)).status_code for route in routes}
    assert {route: status for route, status in statuses.items() if status != 403} == {}


@pytest.mark.django_db
def test_what_does_not_exist_is_404_and_get_never_breaks(client):
    company = factories.make_company()
    client.force_login(factories.user_with(company, *access.verbs))
    wrong = []
    for route in sorted({route for route, name, callback in staff_pages()}):
        status = client.get(address(route)).status_code
        if status not in ({404, 405} if "<" in route else {200, 302, 404, 405}):
            wrong.append((route, status))
    assert wrong == []


@pytest.mark.django_db
def test_the_api_answers_strangers_with_401(client):
    routes = {route for route, name, callback in patterns() if api_class(callback) and "<" not in route}
    plain = {route for route in routes if "(?P" not in route}
    statuses = {address(route): client.get(address(route)).status_code for route in sorted(plain)}
    assert {path: status for path, status in statuses.items() if status not in (401, 403, 405)} == {}


def test_there_are_no_superusers_by_default():
    assert get_user_model()._meta.get_field("is_superuser").default is False
