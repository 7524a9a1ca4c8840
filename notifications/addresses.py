"""Addresses as they are kept where only their sameness matters: opt-outs and suspensions hold no address."""

import hashlib
import hmac
import re

from django.conf import settings

from customers.rules import mask_email, mask_phone
from notifications.rules import canonical

OUR_ID = re.compile(r"<?([0-9]{1,18})\.([0-9a-f]{16})@")
LIKE_AN_ADDRESS = re.compile(r"\S+@\S+|\+?[0-9][0-9-]{5,}[0-9]")


def hash_of(address):
    """Keyed, because the hash of a telephone number alone is undone by trying all numbers."""
    key = settings.ADDRESS_HASH_KEY.encode()
    return hmac.new(key, canonical(address).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def masked(address):
    return mask_email(address) if "@" in address else mask_phone(address)


def without_addresses(text):
    """A server's words about a failure, as they may be kept and shown: mail servers like to repeat the address."""
    return LIKE_AN_ADDRESS.sub("…", text)


def message_id(message):
    """The same message tried twice has the same id: mail programs show it once."""
    return f"<{reference(message)}@{settings.MAIL_DOMAIN}>"


def reference(message):
    return f"{message.pk}.{hashlib.sha256(message.key.encode()).hexdigest()[:16]}"


def parse_message_id(text):
    """The reference within one of our ids, or ''."""
    found = OUR_ID.search(text)
    is_ours = found and text.strip().rstrip(">").endswith(f"@{settings.MAIL_DOMAIN}")
    return f"{found[1]}.{found[2]}" if is_ours else ""
