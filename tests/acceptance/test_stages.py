"""Results by stage of the owner, on a company set up from its rule book, through the pages alone."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from core.events import deliver_all
from core.period import SHANGHAI, Period
from customers.models import Purchase
from organization.models import Company
from scoring.models import Score, SubjectKind
from scoring.services import close_period
from surveys.models import Campaign
from surveys.tests import make
from tests import factories

pytestmark = pytest.mark.django_db
#: the day everybody answers; the page is read two years later
ANSWERED = dt.datetime(2026, 11, 20, 10, tzinfo=SHANGHAI)
READ = dt.datetime(2028, 12, 1, 10, tzinfo=SHANGHAI)
OLD, SETTLING = dt.date(2024, 11, 20), dt.date(2025, 11, 21)


@pytest.fixture
def campaign(db):
    call_command("load_policy", "realestate_rewards", unit="qinghe", name="青禾房产销售")
    return make.make_campaign(Company.objects.get(code="qinghe"), kind=Campaign.Kind.WAVE)


def owner_answers(client, campaign, moved_in, value):
    customer = factories.make_customer(campaign.company)
    employee = campaign.company.employees.first() or make.make_staff(campaign.company)
    invitation, token = make.make_invitation(campaign, employee=employee, customer=customer)
    Purchase.objects.create(
        company=campaign.company, customer=customer, site=invitation.site or campaign.company.sites.first(),
        unit=customer.number, signed_on=dt.date(2020, 1, 1), handed_over_on=moved_in,
    )  # fmt: skip
    assert make.fill(client, token, first={"q-overall": str(value)}).status_code == 303


def row(page, stage):
    """The cells of a stage's line as one text."""
    cells = page.split(f'<td class="name">{stage}', 1)[1].split("</tr>", 1)[0]
    return " ".join(cells.split())


@pytest.mark.clause("VK-3.3")
def test_the_result_of_a_wave_is_split_by_the_stage_on_the_day_of_the_answer(client, campaign):
    with time_machine.travel(ANSWERED, tick=False):
        for number in range(11):
            owner_answers(client, campaign, OLD, 5 if number < 9 else 2)
        for moved_in, many in ((SETTLING, 6), (None, 5)):
            for _number in range(many):
                owner_answers(client, campaign, moved_in, 4)
        deliver_all(ANSWERED)
    with time_machine.travel(READ, tick=False):
        client.force_login(factories.user_with(campaign.company, "surveys.view"))
        page = client.get(reverse("campaign", args=[campaign.pk])).content.decode()
        attitude = client.get(reverse("campaign", args=[campaign.pk]), {"measure": "attitude"})
    assert "按业主阶段看结果" in page and "20 / 22" in page
    old = row(page, "老业主")
    assert "81.8%" in old and "9 / 11" in old and "52.3%–94.9%" in old
    assert "答卷太少" in row(page, "磨合期") and "6 / 6" not in page
    assert "答卷太少" in row(page, "准业主") and "5 / 5" not in page
    assert "还没有答卷" in row(page, "稳定期")
    assert attitude.status_code == 200


@pytest.mark.clause("VK-3.3")
def test_the_score_of_a_closed_month_is_split_by_the_stage_on_the_day_of_the_answer(client, campaign):
    company = campaign.company
    with time_machine.travel(ANSWERED, tick=False):
        for number in range(10):
            owner_answers(client, campaign, OLD, 5 if number < 9 else 2)
        deliver_all(ANSWERED)
    with time_machine.travel(READ, tick=False):
        close_period(company=company, period=Period.parse("2026-11"), at=READ)
        score = Score.objects.get(subject_kind=SubjectKind.COMPANY, measure="overall", period="2026-11")
        client.force_login(factories.user_with(company, "scoring.view"))
        page = client.get(reverse("why_score", args=[score.pk])).content.decode()
    assert "按答卷当天的业主阶段" in page
    assert "9 / 10" in row(page, "老业主") and "还没有答卷" in row(page, "磨合期")
