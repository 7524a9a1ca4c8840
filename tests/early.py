"""Loaded before Django's settings (`-p tests.early`): every test run has its own var/ and so its own database."""

import os
import tempfile

os.environ.setdefault("MANYI_VAR", tempfile.mkdtemp(prefix="manyi-test-"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # live-server tests in a browser
