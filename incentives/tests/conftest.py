import pytest

from incentives.tests.build import Stage
from incentives.tests.pages import PageStage


@pytest.fixture
def stage(company):
    return Stage(company)


@pytest.fixture
def page_stage(company):
    """The cast with pages to open; August to October are closed, October's cases are found."""
    stage = PageStage(company)
    stage.three_months()
    return stage
