"""Group robots hear of new and overdue cases by number only; of internal reports never."""

import pytest

from complaints.models import Case
from complaints.wiring.announce import ESCALATED
from complaints.wiring.intake import NEW_CASE
from core.events import publish
from notifications.models import Message
from notifications.registries import group_of
from notifications.services import send_due
from notifications.tests.robot_server import serving
from tests.factories import at

CANARY, NAME = "漏水三次没人管5512", "林晓燕"


@pytest.fixture
def vendor(settings):
    with serving() as server:
        settings.ROBOT_EXTRA_ORIGINS = [server.origin]
        settings.ROBOT_ALLOW_PRIVATE = True
        yield server


def robot(company, vendor):
    from notifications.services.robots import add_robot

    return add_robot(
        company=company, kind="dingtalk", label="客服群", secret="SEC1", kinds=[NEW_CASE, ESCALATED],
        webhook_url=f"{vendor.origin}/robot/send?access_token=x", per_minute=20, by=None, at=at(),
    )  # fmt: skip


def make_case(company, kind="complaint", number="TS-2026-0001"):
    return Case.objects.create(
        company=company, kind=kind, number=number, channel="web", text=CANARY, contact_name=NAME,
        key=f"test:{number}", received_at=at(), due_at=at(day=9),
    )  # fmt: skip


@pytest.mark.parametrize("event", [NEW_CASE, ESCALATED])
def test_the_group_hears_number_and_link_and_nothing_else(company, vendor, deliver, event):
    robot(company, vendor)
    case = make_case(company)
    publish(event, case)
    deliver()
    publish(event, case)
    deliver()
    send_due(at(2027))
    (words,) = vendor.texts
    assert words.split("\n")[1:] == [case.number, f"http://localhost:8000/cases/{case.pk}/"]
    sent = str(vendor.got)
    assert CANARY not in sent
    assert NAME not in sent


@pytest.mark.parametrize("event", [NEW_CASE, ESCALATED])
def test_of_internal_reports_no_group_hears(company, vendor, deliver, event):
    robot(company, vendor)
    publish(event, make_case(company, kind="report", number="NB-2026-0001"))
    deliver()
    assert not Message.objects.exists()


def test_what_is_said_of_oneself_always_comes_at_once():
    assert group_of("case_allegation")[1].is_fixed
    assert group_of("case_judged")[1].is_fixed
    assert not group_of("case_handle")[1].is_fixed


def test_messages_about_internal_reports_are_not_in_the_outbox():
    assert group_of("complaints.report")[1].is_confidential
