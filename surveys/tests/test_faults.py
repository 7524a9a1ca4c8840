"""A fault at each SQL statement in turn of every write path: all or nothing, and a second try heals."""

import pytest
from django.db import DatabaseError, connection

from surveys.tests.write_paths import PATHS

MOST_STATEMENTS = 80


class FailAt:
    """Raise instead of running statement number `number`."""

    def __init__(self, number):
        self.left = number

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left < 0:
            raise DatabaseError("made to fail")
        return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", PATHS)
def test_a_fault_at_any_statement_leaves_all_or_nothing(name):
    path = PATHS[name]
    arguments = path.arrange()
    before = path.observe()
    for number in range(MOST_STATEMENTS):
        fault = FailAt(number)
        try:
            with connection.execute_wrapper(fault):
                path.act(*arguments)
        except DatabaseError:
            assert path.observe() == before, f"statement {number}"
            continue
        assert fault.left >= 0
        assert path.observe() != before
        return
    pytest.fail("the sweep did not reach the end of the path")
