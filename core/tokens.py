"""Secrets in links: 128 random bits or more, stored only as a hash."""

import hashlib
import secrets


def new_token():
    """22 URL-safe characters, 128 bits."""
    return secrets.token_urlsafe(16)


def hash_token(token):
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
