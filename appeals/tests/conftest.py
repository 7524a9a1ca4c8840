import pytest

from appeals.tests.build import closed_months
from tests.replay import replayed


@pytest.fixture
def stage(db):
    return replayed("appeals.stage", closed_months)
