"""The survey clauses, on a company set up from its rule book and nothing else."""

import datetime as dt
import re

import pytest
from django.core.management import call_command
from django.urls import reverse

from core import registries
from core.period import SHANGHAI
from customers.models import Purchase
from jobs.models import Run
from jobs.services import run_now
from notifications.services import send_due
from organization.models import Company, Department, Post
from surveys.models import Answer, Campaign, Invitation
from surveys.selectors import dimensions
from surveys.services.questionnaires import current_version
from tests import factories

pytestmark = pytest.mark.django_db
#: days of the story: within the quarter's wave as the rule book dates it
SERVED = dt.date(2026, 11, 28)


@pytest.fixture
def company(db):
    """A company from the shipped rule book, with 王丽 at 云栖里."""
    call_command("load_policy", "realestate_rewards", unit="qinghe", name="青禾房产销售")
    return Company.objects.get(code="qinghe")


@pytest.fixture
def wangli(company):
    department = Department.objects.filter(company=company).order_by("code").first()
    site = company.sites.first() or factories.make_site(company)
    post = Post.objects.get(company=company, code="consultant")
    return factories.make_employee(department, post=post, site=site)


def serve(employee, *, kind="viewing", bought=False, **fields):
    """A customer served by this employee, with an e-mail address."""
    customer = factories.make_customer(employee.company, **fields)
    customer.email = f"{customer.number}@example.com"
    customer.save()
    encounter = factories.make_encounter(employee, customer, day=SERVED, kind=kind)
    if bought:
        Purchase.objects.create(
            company=customer.company,
            customer=customer,
            site=encounter.site,
            unit=customer.number,
            signed_on=SERVED,
        )
    return encounter


def tick(at):
    """What the scheduler does, and the worker it wakes."""
    registries.tick_jobs["surveys.run_due"](at)
    for run in Run.objects.filter(state="queued"):
        run_now(run.pk, at=at)


def links(mailoutbox):
    """{address of the customer: path of the link} in the messages sent."""
    return {mail.to[0]: re.search(r"(/s/[\w-]+/)", mail.body)[1] for mail in mailoutbox}


def answer_all(client, base, version, value):
    """Fill every part as the page asks for it."""
    parts = version.parsed.sections
    for number, section in enumerate(parts, 1):
        page = {}
        for question in section.questions:
            if question.kind == "rate5":
                page[f"q-{question.code}"] = str(value)
            elif question.kind == "nps":
                page[f"q-{question.code}"] = str(2 * value)
            elif question.kind in {"choice", "multi"}:
                page[f"q-{question.code}"] = question.options[-1].code
            else:
                page[f"q-{question.code}"] = "讲解细致，手续可以再快一点。"
        go = "finish" if number == len(parts) else "next"
        response = client.post(f"{base}{number}/", {**page, "go": go})
        assert response.status_code == 303, response.content.decode()


@pytest.mark.clause("RE-3.1a")
def test_the_quarterly_survey_opens_by_itself_draws_invites_and_reminds(client, company, wangli, mailoutbox):
    for _number in range(14):
        serve(wangli, kind="signing", bought=True)
    for _number in range(6):
        serve(wangli, is_prospect=True)
    before = dt.datetime(2026, 11, 30, 12, tzinfo=SHANGHAI)
    tick(before)
    assert not Campaign.objects.filter(kind="wave").exists()

    opening = dt.datetime(2026, 12, 1, 8, tzinfo=SHANGHAI)
    tick(opening)
    tick(opening + dt.timedelta(minutes=1))
    wave = Campaign.objects.get(kind="wave")
    assert wave.state == "open" and wave.seed
    assert {row["stratum"].split(" · ")[0] for row in wave.allocation} == {"buyer", "prospect"}
    assert wave.frame_size == 20
    invited = wave.invitations.count()
    assert invited == wave.sample_size == sum(row["drawn"] for row in wave.allocation)

    send_due(opening)
    tick(opening + dt.timedelta(days=6))
    assert wave.invitations.exclude(reminded_at=None).count() == invited


@pytest.mark.clause("RE-3.1a")
def test_the_questionnaire_covers_the_four_dimensions_of_the_rule_book(company):
    asked = {
        question.dimension for question in current_version(company, "quarterly").parsed.questions.values()
    }
    named = {dimension.code for dimension in dimensions(company, SERVED)}
    assert named == {"attitude", "accuracy", "ease", "aftersales"} and named <= asked


@pytest.mark.clause("RE-1")
def test_a_customers_answer_knows_the_salesperson_the_department_and_the_project(
    client, company, wangli, mailoutbox
):
    encounter = serve(wangli, kind="handover")
    at = dt.datetime(2026, 11, 30, 9, tzinfo=SHANGHAI)
    tick(at)
    send_due(at)
    invitation = Invitation.objects.get()
    # the link is followed on the day the tests run
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=None)
    base = links(mailoutbox)[encounter.customer.email]
    answer_all(client, base, invitation.campaign.version, 5)
    answer = Answer.objects.get()
    assert (answer.employee, answer.department, answer.site) == (wangli, encounter.department, encounter.site)
    assert (answer.service_day, answer.segment) == (SERVED, "handover")
    overall = invitation.campaign.version.parsed.overall
    assert answer.answers[overall.code] == 5


@pytest.mark.clause("RE-3.1b")
def test_research_asks_picked_customers_in_three_steps(client, company, wangli):
    picked = [serve(wangli).customer for _number in range(3)]
    client.force_login(factories.user_with(company, "surveys.view", "surveys.manage"))
    form = {
        "title": "重点客户回访",
        "version": current_version(company, "encounter").pk,
        "opens_on": "2026-11-29",
        "closes_on": "2036-12-20",
        "audience": "numbers",
        "numbers": "\n".join(customer.number for customer in picked),
        "go": "create",
    }
    client.post(reverse("campaign_new"), form)
    campaign = Campaign.objects.get(kind="adhoc")
    client.post(reverse("campaign_open", args=[campaign.pk]))
    run_now(Run.objects.get(kind="surveys.open_campaign").pk)
    asked = set(campaign.invitations.values_list("customer__number", flat=True))
    assert asked == {customer.number for customer in picked}
    assert (
        f"{len(picked)} 位客户里 0 位已回答"
        in client.get(reverse("campaign", args=[campaign.pk])).content.decode()
    )


def test_a_customer_fills_a_survey_form_and_second_visits_say_thanks(client, company, wangli, mailoutbox):
    encounter = serve(wangli)
    at = dt.datetime(2026, 11, 30, 9, tzinfo=SHANGHAI)
    tick(at)
    send_due(at)
    Invitation.objects.update(expires_at=None)
    base = links(mailoutbox)[encounter.customer.email]
    page = client.get(base).content.decode()
    assert "同意并开始" in page and "谁看得到" in page
    answer_all(client, base, Invitation.objects.get().campaign.version, 4)
    assert "您的回答已计入" in client.get(base).content.decode()
    assert Answer.objects.count() == 1
    facts = (name for name, _check in registries.verifications.items() if name.startswith("surveys."))
    assert [sentence for name in facts for sentence in registries.verifications[name]()] == []
