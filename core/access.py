"""Who may: `require(verb)` beside every staff view, `public` beside the few others.

A stranger is sent to login, somebody outside the scope gets 404 (the queryset's `visible_to`), inside but not
entitled 403, entitled but against a rule 409 (core.middleware turns `Refused` into it).
"""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission

#: verb -> English sentence of what it allows; filled by each room's `ready()`, shown on the roles page
verbs = {}


def declare_verbs(**named):
    """Rooms declare their verbs: declare_verbs(**{"surveys.open": _("open a campaign")})."""
    verbs.update(named)


def require(*names):
    """Any one of the verbs suffices."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not may(request.user, *names):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_verbs = names
        return guarded

    return decorate


def public(view):
    """Nothing is asked of the visitor."""
    view.is_public = True
    return view


def may(user, *names):
    return any(user.has_perm(name) for name in names)


class Requires(BasePermission):
    """API twin of `require`: the view names its verbs per method or action in `required_verbs`.

    `required_verbs = {"list": ("scoring.view",), ...}` or one tuple for all actions.
    """

    def has_permission(self, request, view):
        if not request.user.is_authenticated:
            return False
        needed = view.required_verbs
        if isinstance(needed, dict):
            asked = getattr(view, "action", None) or request.method.lower()
            if asked not in needed:
                raise MethodNotAllowed(request.method)
            needed = needed[asked]
        return may(request.user, *needed)
