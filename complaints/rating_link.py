"""The link in our answer by which a customer rates the handling with one tap, without the tracking code.

It opens nothing but the rating: neither words nor answer nor people. 128 bits that only the installation can make; they
follow from the case and from how often it was reopened, so that each answer has a link of its own and none is stored.
"""

from base64 import urlsafe_b64encode

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from complaints.models import Case
from organization.models import Company

TOKEN_BYTES = 16


def link_of(case, leading):
    """The address for the customer of `case`, whose answer is the one of `leading`."""
    return settings.PUBLIC_URL + reverse("track_rate_link", args=[case.number, _tokens(case, leading)[0]])


def find(number, token):
    """The case whose present answer has this link, or None; also once it was reopened, redacted or taken back."""
    companies = list(Company.objects.values_list("pk", flat=True))
    cases = Case.objects.of_customers().filter(company__in=companies, number=number, redacted_at=None)
    for case in cases.select_related("company", "merged_into"):
        leading = case
        while leading.merged_into_id:
            leading = leading.merged_into
        if any([constant_time_compare(token, one) for one in _tokens(case, leading)]):
            return case
    return None


def _tokens(case, leading):
    """Of the present secret first, then of those kept for a change of it."""
    about = f"{case.company_id}:{case.key}:{leading.reopened}"
    return [_token(about, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _token(about, secret):
    digest = salted_hmac("complaints.rate", about, secret=secret, algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:TOKEN_BYTES]).decode().rstrip("=")
