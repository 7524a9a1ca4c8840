"""What a failure leaves in logs and rows: where and what kind, never whose name or number it happened with."""

import logging
import sys

import pytest
import structlog
from django.db import DatabaseError, IntegrityError

from core.logs import Formatter, without_values

CANARY = "canary6620"
LIKE_POSTGRESQL = f"""duplicate key value violates unique constraint "once"
DETAIL:  Key (kind, key)=(phone, {CANARY}) already
exists {CANARY}.
"""


def fail(name):
    """Fails as the database does, with a local variable that is nobody's business, inside another failure."""
    try:
        raise IntegrityError(LIKE_POSTGRESQL)
    except IntegrityError as inner:
        raise DatabaseError(f"lost\nCONTEXT: {name}") from inner


@pytest.fixture
def failure():
    try:
        fail(CANARY)
    except DatabaseError:
        return sys.exc_info()


def test_a_logged_failure_says_where_and_what_but_no_values(failure, capsys):
    structlog.get_logger().error("run_failed", run=1, exc_info=failure)
    said = capsys.readouterr().out
    assert CANARY not in said
    assert "DatabaseError: lost" in said
    assert 'violates unique constraint "once"' in said
    assert "in fail" in said


def test_the_same_holds_for_what_django_logs(failure):
    record = logging.LogRecord("django.request", logging.ERROR, "x", 1, "failed", (), failure)
    said = Formatter().format(record)
    assert CANARY not in said
    assert "in fail" in said


def test_other_failures_are_told_whole():
    assert without_values("ValueError: no\n  details") == "ValueError: no\n  details"
