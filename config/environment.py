"""Reading settings from the environment."""

import os
from urllib.parse import unquote, urlsplit


def flag(name, *, default):
    """True for 1, true, yes, on; the default when unset."""
    text = os.environ.get(name, "").lower()
    return default if not text else text in {"1", "true", "yes", "on"}


def database_from_url(url, sqlite_path):
    """Django's database settings for postgres://user:password@host:port/name, or SQLite when there is no URL."""
    if not url:
        return sqlite(sqlite_path)
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with postgres://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def sqlite(path):
    """One writer at a time, readers beside it: WAL and IMMEDIATE transactions."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "TEST": {"NAME": path.with_name("test.sqlite3")},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
