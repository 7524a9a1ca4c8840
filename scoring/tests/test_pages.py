import pytest
from django.urls import reverse

from jobs.models import Run
from organization.models import Role
from scoring.models import Close
from scoring.services import close_period, request_close
from scoring.tests import world
from scoring.tests.world import OCTOBER
from tests import factories

PROGRESS = "/closing/?month=2026-10"


@pytest.fixture
def hr(company, client):
    user = factories.user_with(company, "scoring.view", "scoring.close", "scoring.import_metrics")
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def on_november_second(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.november(2, 12))


def test_the_page_says_that_the_month_is_over_and_offers_to_close_it(company, client, hr):
    world.make_month(company)
    page = client.get(PROGRESS).content.decode()
    assert "2026年10月已经结束，可以结账" in page
    assert "现在结2026年10月的账" in page
    assert "缺销售业绩" in page
    assert reverse("import_metrics") in page


def test_looking_writes_nothing(company, client, hr):
    world.make_month(company)
    client.get(PROGRESS)
    assert not Close.objects.exists()
    assert not Run.objects.exists()


def test_without_a_policy_the_page_says_what_to_do(company, client, hr):
    assert "还没有制度" in client.get(PROGRESS).content.decode()


def test_close_now_asks_for_one_run(company, client, hr):
    world.make_month(company)
    for _tap in range(2):
        assert client.post("/closing/2026-10/close/").status_code == 302
    run = Run.objects.get()
    assert (run.kind, run.key, run.requested_by) == ("scoring.close", "2026-10", hr)
    fragment = client.get("/closing/state/?month=2026-10").content.decode()
    assert "hx-trigger" in fragment
    assert "<html" not in fragment


def test_a_month_that_is_not_over_is_a_409_with_its_sentence(company, client, hr):
    world.make_month(company)
    response = client.post("/closing/2026-11/close/")
    assert response.status_code == 409
    assert "还没有结束" in response.content.decode()


@pytest.mark.parametrize("text", ["2026-13", "2026", "x" * 300, "%00"])
def test_nonsense_for_a_period_is_not_found(company, client, hr, text):
    world.make_policy(company)
    assert client.post(f"/closing/{text}/close/").status_code == 404
    assert client.get("/closing/", {"month": text}).status_code == 404


def test_who_may_only_look_sees_no_button_and_cannot_close(company, client):
    world.make_month(company)
    client.force_login(factories.user_with(company, "scoring.view"))
    assert "现在结2026年10月的账" not in client.get(PROGRESS).content.decode()
    assert client.post("/closing/2026-10/close/").status_code == 403
    assert client.get("/closing/2026-10/close/").status_code in (403, 405)


def test_the_page_reads_a_constant_number_of_rows(company, client, hr, django_assert_max_num_queries):
    world.make_month(company)
    close_period(company=company, period=OCTOBER, at=world.november())
    with django_assert_max_num_queries(40):
        client.get(PROGRESS)


def test_a_finished_close_tells_who_asked_for_it(company, hr):
    from jobs.services import run_now
    from notifications.models import Message

    world.make_month(company)
    run = run_now(request_close(company=company, period=OCTOBER, by=hr, at=world.november()).pk)
    assert run.state == Run.State.DONE, run.error
    assert Message.objects.filter(recipient=hr, kind="scoring.closed").count() == 1


@pytest.fixture
def closed(company):
    campaign, team = world.make_month(company)
    few = factories.make_employee(team[0].assignments.get().department, "少数")
    world.give_answers(campaign, few, 4, 6)
    close_period(company=company, period=OCTOBER, at=world.november())
    return [*team, few]


def scores_seen(client, **filters):
    response = client.get("/api/v1/scores/", {"page_size": 500, **filters})
    assert response.status_code == 200
    return response.json()["results"]


def test_the_api_shows_company_wide_roles_everything(company, client, closed):
    client.force_login(factories.user_with(company, "scoring.view"))
    row = scores_seen(client, subject_kind="employee", measure="overall", subject_id=closed[-1].pk)[0]
    assert (row["k"], row["n"], row["status"]) == (4, 6, "suppressed")
    assert len(client.get("/api/v1/standings/").json()["results"]) == 9
    assert client.get("/api/v1/rankings/").json()["results"][0]["post_code"] == "consultant"
    assert client.get("/api/v1/closes/?state=ranked").json()["count"] == 1


def test_few_answers_hide_their_figures_from_a_head_and_from_oneself(company, client, closed):
    few = closed[-1]
    department = few.assignments.get().department
    head = factories.make_employee(
        department, "李强", post=factories.make_post(company, "head"), is_head=True
    )
    for user in (
        factories.user_with(company, "scoring.view", reach=Role.Reach.DEPARTMENT, employee=head),
        factories.user_with(company, "scoring.view_own", reach=Role.Reach.SELF, employee=few),
    ):
        client.force_login(user)
        row = scores_seen(client, subject_kind="employee", measure="overall", subject_id=few.pk)[0]
        assert {row[name] for name in ("k", "n", "value", "low", "high", "counts")} == {None}
        assert row["status"] == "suppressed"
        standing = client.get("/api/v1/standings/", {"employee": few.pk}).json()["results"][0]
        assert (standing["k"], standing["n"]) == (None, None)


def test_an_employee_sees_only_themselves(company, client, closed):
    client.force_login(
        factories.user_with(company, "scoring.view_own", reach=Role.Reach.SELF, employee=closed[0])
    )
    assert {(row["subject_kind"], row["subject_id"]) for row in scores_seen(client)} == {
        ("employee", closed[0].pk)
    }
    assert [row["employee"] for row in client.get("/api/v1/standings/").json()["results"]] == [closed[0].pk]


def test_another_company_sees_nothing(client, closed):
    other = factories.make_company("other")
    client.force_login(factories.user_with(other, "scoring.view"))
    for name in ("scores", "standings", "rankings", "closes"):
        assert client.get(f"/api/v1/{name}/").json()["count"] == 0


def test_a_stranger_is_refused(client, closed):
    for name in ("scores", "standings", "rankings", "closes"):
        assert client.get(f"/api/v1/{name}/").status_code in (401, 403)
