"""How often one address or one link may write on the public pages.

An office of 200 people behind one address fills the survey of one QR code within an hour without meeting a limit;
somebody who stuffs the ballot from one machine does. Counted in the cache: losing a count lets a few more through.
"""

from django.conf import settings
from django.core.cache import cache

HOUR = 3600
NEW_PER_ADDRESS = 400
POSTS_PER_TOKEN = 600


def address_of(request):
    """The visitor's address; behind our own proxy the last entry that it added."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.PRODUCTION and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR", "")


def is_too_much(kind, key, most, *, seconds=HOUR):
    """Count one more; True when `most` within the time is exceeded."""
    name = f"surveys.limit:{kind}:{key}"
    cache.add(name, 0, seconds)
    try:
        return cache.incr(name) > most
    except ValueError:  # it lapsed between the two calls
        return False
