"""The link that stops messages: derived from the server's key when it is needed, kept only as a hash."""

from base64 import urlsafe_b64encode

from django.conf import settings
from django.utils.crypto import salted_hmac

from core.tokens import hash_token
from notifications.addresses import hash_of
from notifications.models import UnsubscribeLink

TOKEN_BYTES = 16


def link_of(message):
    """The address that stops messages like this one. Derived, not drawn: a second try carries the same one."""
    about = (message.company_id, hash_of(message.address), message.customer_id, message.stopped_as)
    token = _token(about)
    UnsubscribeLink.objects.get_or_create(
        token_hash=hash_token(token),
        defaults={
            "company_id": message.company_id,
            "address_hash": about[1],
            "customer_id": message.customer_id,
            "purpose": message.stopped_as,
            "created_at": message.created_at,
        },
    )
    language = "?lang=en" if message.language == "en" else ""
    return f"{settings.PUBLIC_URL}/unsubscribe/{token}/{language}"


def _token(about):
    """22 characters, 128 bits that only who knows the key can make."""
    text = ":".join(str(part) for part in about)
    code = salted_hmac("notifications.unsubscribe", text, algorithm="sha256").digest()[:TOKEN_BYTES]
    return urlsafe_b64encode(code).decode().rstrip("=")


def find_link(token):
    """The link behind a token, or None."""
    return UnsubscribeLink.objects.filter(token_hash=hash_token(token)).select_related("company").first()
