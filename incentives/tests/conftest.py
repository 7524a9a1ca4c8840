import pytest
import time_machine

from incentives.tests.build import Stage
from incentives.tests.build_office import NOW, Office
from incentives.tests.pages import PageStage
from tests import factories
from tests.factories import at
from tests.replay import replayed, set_up


@pytest.fixture
def stage(db):
    return replayed("incentives.stage", lambda: Stage(factories.make_company()))


@pytest.fixture
def page_stage(db):
    """The cast with pages to open; August to October are closed, October's cases are found."""
    return replayed("incentives.pages", _three_months_with_pages)


def _three_months_with_pages():
    stage = PageStage(factories.make_company())
    stage.three_months()
    return stage


@pytest.fixture
def office(db):
    """The real-estate company with its book in force, and HR who keeps it."""
    version = set_up("realestate_rewards", unit="qinghe", by=None, at=at(2026, 1, 1)).version
    hr = factories.user_with(version.company, "policies.publish", "policies.view", "incentives.view")
    with time_machine.travel(NOW):
        yield Office(version, hr)
