"""The tracking code: what a customer holds beside the number. Told once; here stands only its hash.

It follows from the company, the idempotency key of the case and the installation's secret: whoever sends the same form
twice gets the same code, though it is stored nowhere. The hash holds the secret too, so that a copied table alone does
not let anybody try out the 31^8 codes.
"""

import unicodedata

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread or misheard: no 0 O, 1 I L
LENGTH = 8


def derive(company_id, key, secret=None):
    """The code of the case that has this key."""
    digest = salted_hmac("complaints.code", f"{company_id}:{key}", secret=secret, algorithm="sha256").digest()
    number, letters = int.from_bytes(digest, "big"), []
    for _place in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters)


def hash_of(company_id, key, code, secret=None):
    """What is stored; the key of the case is its salt."""
    value = f"{company_id}:{key}:{code}"
    return salted_hmac("complaints.code_hash", value, secret=secret, algorithm="sha256").hexdigest()


def code_of(case):
    """The code that was told when the case was made; empty when the secret has gone since."""
    codes = (derive(case.company_id, case.key, secret) for secret in _secrets())
    return next((code for code in codes if matches(case, code)), "")


def matches(case, code):
    """Whether this is the case's code, under the present secret or one kept for a change of it."""
    hashes = [hash_of(case.company_id, case.key, code, secret) for secret in _secrets()]
    return any([constant_time_compare(case.code_hash, one) for one in hashes])


def tidy(typed, longest=40):
    """As people type it: full-width letters, small ones, blanks and dashes in between."""
    plain = unicodedata.normalize("NFKC", typed[:longest]).upper()
    return "".join(char for char in plain if char.isascii() and char.isalnum())


def _secrets():
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
