import pytest

from appeals.tests.build import AppealStage
from tests import factories
from tests.replay import replayed


def made():
    found = AppealStage(factories.make_company())
    found.three_months()
    return found


@pytest.fixture
def stage(db):
    return replayed("appeals.stage", made)
