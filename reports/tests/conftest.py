import pytest

from reports.tests.cast import cast_after_october, new_cast


@pytest.fixture
def cast(db):
    return new_cast()


@pytest.fixture
def october(db):
    """The cast once October is closed."""
    return cast_after_october()
