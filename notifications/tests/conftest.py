import pytest

from notifications.channels import sms
from notifications.tests.robot_server import serving


@pytest.fixture
def vendor(settings):
    """A server that the robots may reach in this test."""
    with serving() as server:
        settings.ROBOT_EXTRA_ORIGINS = [server.origin]
        settings.ROBOT_ALLOW_PRIVATE = True
        yield server


@pytest.fixture
def texts(settings):
    """What was sent as text message: [(number, text, reference)]."""
    settings.SMS_BACKEND = "memory"
    sms.carried.clear()
    return sms.carried
