import pytest

from audit.services import record, seal
from tests import factories
from tests.factories import at


@pytest.fixture
def auditor(client, company):
    user = factories.user_with(company, "audit.view")
    client.force_login(user)
    return user


def test_the_auditor_sees_who_did_what_and_its_link(client, company, auditor):
    record(
        "incentives.decision.approve",
        company,
        by=auditor,
        at=at(),
        company_id=company.pk,
        to_state="approved",
    )
    seal(at())
    page = client.get("/audit/").content.decode()
    assert "incentives.decision.approve" in page and "approved" in page


def test_rows_of_another_company_are_not_shown(client, company, auditor):
    other = factories.make_company("other", "别家")
    record("incentives.decision.secret", other, by=None, at=at(), company_id=other.pk)
    assert "decision.secret" not in client.get("/audit/").content.decode()


def test_the_log_is_searched_by_action_and_person(client, company, auditor):
    record("surveys.answer.exclude", company, by=None, at=at(), company_id=company.pk)
    record("approvals.vote.cast", company, by=auditor, at=at(), company_id=company.pk)
    page = client.get("/audit/?what=vote").content.decode()
    assert "approvals.vote.cast" in page and "surveys.answer.exclude" not in page
    assert "approvals.vote.cast" in client.get(f"/audit/?who={auditor.username}").content.decode()
    assert "approvals.vote.cast" not in client.get("/audit/?who=nobody").content.decode()


def test_looking_costs_the_same_however_many_rows(client, company, auditor, django_assert_max_num_queries):
    for _step in range(60):
        record("approvals.vote.cast", company, by=auditor, at=at(), company_id=company.pk)
    client.get("/audit/")
    with django_assert_max_num_queries(12):
        client.get("/audit/")
