import pytest

from reports.tests.cast import Cast


@pytest.fixture
def cast(company):
    return Cast(company)
