import time

from django.contrib.auth import logout

LONGEST_SESSION = 12 * 3600
STARTED = "session_started"


class AbsoluteSessionMiddleware:
    """Three idle hours end a session (settings); twelve hours end it in any case."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            started = request.session.setdefault(STARTED, int(time.time()))
            if time.time() - started > LONGEST_SESSION:
                logout(request)
            elif request.session.get("touched", 0) < time.time() - 300:
                request.session["touched"] = int(time.time())
        return self.get_response(request)
