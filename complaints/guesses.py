"""How often wrong tracking codes may be tried: counted by hour, per number asked for and per address, both as hashes.

31^8 codes: even at a thousand tries an hour one number would be found in about a hundred million years, so the limits
only keep machines from trying. An office of 200 people behind one address mistypes far less than its limit, and nobody
locks the owner of a number out from one address: there the much smaller limit of number and address together holds.
"""

import datetime as dt
import ipaddress

from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from complaints.models import Guess

MOST_PER_ADDRESS = 400
MOST_PER_NUMBER = 1000
MOST_PER_NUMBER_AND_ADDRESS = 20
KEEP = dt.timedelta(days=1)


def counters(number, address):
    """{hash: most} of what one try counts against. `number` need not exist."""
    network = _network(address)
    limits = {
        f"address:{network}": MOST_PER_ADDRESS,
        f"number:{number}": MOST_PER_NUMBER,
        f"both:{number}:{network}": MOST_PER_NUMBER_AND_ADDRESS,
    }
    return {_hash(key): most for key, most in limits.items()}


def is_too_much(limits, at):
    counts = dict(Guess.objects.filter(key__in=limits, hour=_hour(at)).values_list("key", "count"))
    return any(counts.get(key, 0) >= most for key, most in limits.items())


def count_wrong(limits, at):
    """One more wrong try. Each row is counted by itself, in the same order everywhere: nobody waits in a circle."""
    for key in sorted(limits):
        guess, _is_new = Guess.objects.get_or_create(key=key, hour=_hour(at))
        Guess.objects.filter(pk=guess.pk).update(count=F("count") + 1)


def forget_old(at):
    """Tick: what is older than a day. Returns how many."""
    old = Guess.objects.filter(Q(hour__lt=at - KEEP))
    return old.delete()[0] if old.exists() else 0


def _hash(key):
    """With the installation's secret: addresses are few enough to be tried out against a plain hash."""
    return salted_hmac("complaints.guess", key, algorithm="sha256").hexdigest()


def _hour(at):
    return at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def _network(address):
    """The address; of IPv6 the /64 that one household has."""
    try:
        found = ipaddress.ip_address((address or "").strip())
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
