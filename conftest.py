"""Every test run has its own var/, so that runs beside each other never meet."""

import os
import tempfile

os.environ.setdefault("MANYI_VAR", tempfile.mkdtemp(prefix="manyi-test-"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # live-server tests in a browser

pytest_plugins = ["tests.fixtures"]
