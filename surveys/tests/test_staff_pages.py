import datetime as dt

import pytest
from django.urls import reverse

from jobs.models import Run
from jobs.services import run_now
from surveys.models import Answer, Campaign, OpenLink
from surveys.tests import make
from surveys.tests.test_campaigns import buyers
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def research(company, client):
    user = factories.user_with(company, "surveys.view", "surveys.manage", "surveys.exclude")
    client.force_login(user)
    return user


def form(version, **fields):
    return {
        "title": "重点客户回访",
        "version": version.pk,
        "opens_on": "2026-11-04",
        "closes_on": "2036-11-20",
        "audience": "recent",
        "recent_days": "3000",
        "go": "create",
        **fields,
    }


def test_a_survey_is_made_previewed_and_opened_in_three_steps(client, company, research):
    buyers(company, 12)
    version = make.make_version(company)
    seen = client.post(reverse("campaign_new"), form(version, go="preview", margin="20"))
    assert "12 位客户符合条件" in seen.content.decode()
    assert not Campaign.objects.exists()
    made = client.post(reverse("campaign_new"), form(version), follow=True)
    assert "开放并邀请 12 位客户" in made.content.decode()
    campaign = Campaign.objects.get()
    client.post(reverse("campaign_open", args=[campaign.pk]))
    run_now(Run.objects.get().pk)
    page = client.get(reverse("campaign", args=[campaign.pk])).content.decode()
    campaign.refresh_from_db()
    assert campaign.seed in page and "12 位客户里 0 位已回答" in page


def test_picked_customers_by_number(client, company, research):
    picked = buyers(company, 3)[:2]
    numbers = f"{picked[0].number}，{picked[1].number}\n"
    client.post(
        reverse("campaign_new"), form(make.make_version(company), audience="numbers", numbers=numbers)
    )
    campaign = Campaign.objects.get()
    assert campaign.kind == "adhoc" and campaign.audience["numbers"] == [one.number for one in picked]


def test_a_form_that_cannot_work_is_shown_again_with_sentences(client, company, research):
    wrong = form(make.make_version(company), closes_on="2020-01-01", recent_days="")
    response = client.post(reverse("campaign_new"), wrong)
    assert response.status_code == 422
    assert "结束日早于开始日" in response.content.decode() and "请填成交客户" in response.content.decode()


def test_lists_need_few_statements(client, company, research, django_assert_max_num_queries):
    for number in range(5):
        make.make_campaign(company, code=f"c{number}")
    client.get(reverse("campaigns"))
    with django_assert_max_num_queries(12):
        assert client.get(reverse("campaigns")).status_code == 200


def test_one_answer_is_read_without_names(client, company, research):
    invitation, token = make.make_invitation(make.make_campaign(company))
    make.fill(client, token)
    answer = Answer.objects.get()
    page = client.get(reverse("answer", args=[answer.pk])).content.decode()
    assert "贷款资料一次说清" in page and "林**" in page
    assert "林女士" not in page and "13800000001" not in page and "王丽" not in page
    assert (
        answer.number in client.get(reverse("campaign_answers", args=[answer.campaign_id])).content.decode()
    )


def test_the_person_an_answer_is_about_cannot_open_it(client, company):
    invitation, token = make.make_invitation(make.make_campaign(company))
    make.fill(client, token)
    client.force_login(factories.user_with(company, "surveys.view", employee=invitation.employee))
    assert client.get(reverse("answer", args=[Answer.objects.get().pk])).status_code == 404


def test_leaving_out_by_hand(client, company, research):
    _invitation, token = make.make_invitation(make.make_campaign(company))
    make.fill(client, token)
    answer = Answer.objects.get()
    assert client.post(reverse("answer_exclude", args=[answer.pk]), {"reason": ""}).status_code == 409
    client.post(reverse("answer_exclude", args=[answer.pk]), {"reason": "电话核实不是客户本人"})
    assert "不计入" in client.get(reverse("answer", args=[answer.pk])).content.decode()


def test_another_company_sees_nothing(client, company, research):
    other = factories.make_company("other", "别家")
    campaign = make.make_campaign(other)
    for name in ("campaign", "campaign_answers"):
        assert client.get(reverse(name, args=[campaign.pk])).status_code == 404
    for name in ("campaign_open", "campaign_close", "campaign_links", "campaign_remind", "open_link_new"):
        assert client.post(reverse(name, args=[campaign.pk])).status_code == 404


def test_a_qr_poster_and_the_list_of_links(client, company, research):
    buyers(company, 1, email=False)
    campaign = make.make_campaign(company)
    response = client.post(reverse("open_link_new", args=[campaign.pk]), {"label": "前台"}, follow=True)
    assert f"/q/{OpenLink.objects.get().code}/" in response.content.decode()
    assert "data:image/svg+xml" in response.content.decode()
    table = client.post(reverse("campaign_links", args=[campaign.pk]))
    assert table["Content-Disposition"].endswith('.xlsx"') and table.content[:2] == b"PK"


def test_service_may_look_but_not_open(client, company):
    campaign = make.make_campaign(company)
    client.force_login(factories.user_with(company, "surveys.view"))
    assert client.get(reverse("campaign", args=[campaign.pk])).status_code == 200
    assert client.post(reverse("campaign_close", args=[campaign.pk])).status_code == 403


class TestApi:
    @pytest.fixture
    def campaign(self, company):
        campaign = make.make_campaign(company)
        Campaign.objects.filter(pk=campaign.pk).update(kind=Campaign.Kind.EXTERNAL)
        campaign.refresh_from_db()
        return campaign

    def post(self, client, campaign, **fields):
        payload = {
            "external_ref": "X-1",
            "answers": {"overall": 5, "attitude": "na"},
            "texts": {"words": "好"},
            "submitted_at": "2026-10-03T10:00:00+08:00",
            **fields,
        }
        payload["campaign"] = payload.pop("campaign_id", campaign.pk)
        return client.post("/api/v1/answers/", payload, content_type="application/json")

    def test_an_answer_from_another_system_is_taken_once(self, client, company, research, campaign):
        employee = make.make_staff(company)
        first = self.post(client, campaign, employee=employee.number)
        assert first.status_code == 201, first.content
        again = self.post(client, campaign, employee=employee.number)
        assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
        answer = Answer.objects.get()
        assert answer.employee == employee and answer.department.name == "销售一部"
        assert str(answer.service_day) == "2026-10-03"

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"answers": {"overall": 9}}, 409),
            ({"answers": {"gone": 1}}, 409),
            ({"answers": {"overall": float("nan")}}, 400),
            ({"answers": "x"}, 400),
            ({"employee": "nobody"}, 400),
            ({"external_ref": ""}, 400),
            ({"external_ref": "a\x00b"}, 400),
            ({"submitted_at": "2099-01-01T00:00:00Z"}, 400),
            ({"campaign_id": 10**6}, 404),
            ({"texts": {"words": "长" * 2001}}, 400),
        ],
    )
    def test_bad_input_changes_nothing(self, client, research, campaign, fields, status):
        assert self.post(client, campaign, **fields).status_code == status
        assert not Answer.objects.exists()

    def test_reading_needs_the_verb_and_shows_no_names(self, client, company, research, campaign):
        self.post(client, campaign)
        listed = client.get("/api/v1/answers/", {"campaign": campaign.pk}).json()["results"]
        assert listed[0]["answers"]["overall"] == 5 and "employee" not in listed[0]
        assert client.get("/api/v1/campaigns/").json()["results"][0]["code"] == "autumn"
        client.force_login(factories.user_with(company, "core.home"))
        assert client.get("/api/v1/answers/").status_code == 403
        client.force_login(factories.user_with(company, "surveys.view"))
        assert self.post(client, campaign, external_ref="X-2").status_code == 403


def test_dates_of_the_list_are_days(client, company, research):
    make.make_campaign(company, closes_on=dt.date(2036, 1, 1))
    assert "2036 年 1 月 1 日" in client.get(reverse("campaigns")).content.decode()
