"""The settings of production: nothing to warn about, and no start without a secret."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECRET = "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def manage(tmp_path, *arguments, **environment):
    """Run manage.py as in production, with its own directory and nothing else from the environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    known = kept | {"MANYI_ENV": "production", "MANYI_VAR": str(tmp_path)} | environment
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=known,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_django_has_nothing_to_warn_about_in_production(tmp_path):
    done = manage(
        tmp_path,
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY=SECRET,
        ALLOWED_HOSTS="example.com",
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("secret", [None, "", "short", SECRET[:49]])
def test_production_does_not_start_without_a_long_secret(tmp_path, secret):
    done = manage(tmp_path, "check", **({} if secret is None else {"SECRET_KEY": secret}))
    assert done.returncode != 0
    assert "SECRET_KEY must be set" in done.stderr


def test_production_never_shows_what_went_wrong_to_visitors(tmp_path):
    shown = "from django.conf import settings; print(settings.DEBUG, settings.DEMO)"
    done = manage(tmp_path, "shell", "-v", "0", "-c", shown, SECRET_KEY=SECRET, DEBUG="1", MANYI_DEMO="1")
    assert done.stdout.split() == ["False", "False"], done.stderr
