"""A bad overall rating in a survey is a complaint, once, linked to the answer."""

import pytest

from complaints.models import Case
from complaints.services import relations
from complaints.services.intake import take_low_answer
from complaints.tests.build_intake import Desk, company_with_rules
from core.events import deliver_all
from core.models import Delivery, Event
from surveys.entry import Entry
from surveys.models import Answer
from surveys.services import exclude, filling
from surveys.tests import make
from tests import factories
from tests.factories import at


@pytest.fixture
def desk(db):
    return Desk()


def answer(company, overall, *, text="等了很久，没人接待", customer=None):
    campaign = company.campaigns.first() or make.make_campaign(company)
    invitation, _token = make.make_invitation(campaign, customer=customer)
    entry = Entry(
        answers={"overall": overall, "attitude": 3, "channel": "web"}, texts={"words": text} if text else {}
    )
    return filling.submit(invitation, entry=entry, language="en", at=at())


@pytest.mark.parametrize(("overall", "cases"), [(1, 1), (2, 1), (3, 0), (5, 0)])
def test_a_low_overall_rating_opens_a_case(desk, overall, cases):
    answer(desk.company, overall)
    deliver_all()
    assert Case.objects.count() == cases


def test_the_case_knows_the_answer_the_person_the_day_and_the_words(desk):
    found = answer(desk.company, 1)
    deliver_all()
    case = Case.objects.get()
    assert (case.answer, case.channel, case.kind) == (found, "survey", "complaint")
    assert case.text == "等了很久，没人接待" and case.language == "en"
    assert (case.happened_on, case.site, case.received_at) == (found.service_day, found.site, at())
    assert case.allegations.get().employee == found.employee
    assert case.customer == found.invitation.customer
    assert (case.contact_name, case.contact_phone, case.told_by) == ("", "", "none")
    assert set(case.topics.values_list("code", flat=True)) == {"waiting"}


def test_it_is_taken_once_however_often_the_event_comes(desk):
    answer(desk.company, 1)
    event = Event.objects.get(name="surveys.answer_submitted")
    take_low_answer(event)
    take_low_answer(event)
    assert Case.objects.count() == 1


def test_a_low_answer_without_words_is_still_a_case(desk):
    answer(desk.company, 1, text="")
    deliver_all()
    assert Case.objects.get().text == ""


def test_an_excluded_answer_opens_none(desk):
    found = answer(desk.company, 1)
    exclude(found, reason="核实为他人代填，本人否认作答", by=desk.handler.user, at=at())
    deliver_all()
    assert not Case.objects.exists()


def test_an_answer_that_a_case_is_about_already_opens_no_second_one(desk):
    found = answer(desk.company, 1)
    case = desk.receive().case
    relations.link_answer(case, answer=found, by=desk.handler.user, at=at())
    deliver_all()
    assert Case.objects.get() == case
    assert not Delivery.objects.filter(done_at=None).exists()


def test_answers_of_other_systems_open_none(desk):
    campaign = make.make_campaign(desk.company)
    row = Answer.objects.create(
        company=desk.company, campaign=campaign, version=campaign.version, external_ref="1", number="X-1",
        mode="external", submitted_at=at(), answers={"overall": 1},
    )  # fmt: skip
    take_low_answer(Event.objects.create_for("surveys.answer_submitted", row, {}))
    assert not Case.objects.exists()


def test_the_policy_says_how_low_and_whether_at_all(db):
    desk = Desk(company_with_rules(low_answer_at_most=0))
    answer(desk.company, 1)
    deliver_all()
    assert not Case.objects.exists()


def test_a_company_without_such_a_rule_book_is_left_alone(company):
    answer(company, 1)
    deliver_all()
    assert not Case.objects.exists()
    assert not factories.Company.objects.filter(cases__isnull=False).exists()
