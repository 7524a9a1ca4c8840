"""What the pages show, to whom, and what they refuse beside the field."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals import services
from appeals.models import Appeal
from appeals.navigation import desk_inbox
from appeals.selectors import published
from appeals.tests.build import ACCEPTED, DECIDED, FILED, PROPOSED, REASONS, TEXT, one_in_each_state
from core.navigation import inbox_for
from incentives import services as incentives
from incentives.models import Decision
from jobs.tests import samples
from scoring.models import Standing
from tests.factories import at

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(at(2026, 11, 9, 10), tick=False):
        yield


def browse(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(user, name, *args, status=200):
    response = browse(user).get(reverse(name, args=args))
    assert response.status_code == status
    return response.content.decode()


def test_looking_at_the_form_writes_nothing_and_a_draft_is_kept(stage):
    decision = stage.issued(stage.worst)
    address = reverse("my_appeal_new", args=["decision", decision.pk])
    client = browse(stage.worst.user)
    client.get(address)
    assert not Appeal.objects.exists()
    client.post(address, {"text": "先记一笔", "save": "1"})
    assert Appeal.objects.get().state == "draft"
    page = client.get(reverse("my_appeal", args=[Appeal.objects.get().pk])).content.decode()
    assert "先记一笔" in page
    decision.refresh_from_db()
    assert decision.state == Decision.State.ISSUED


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_written(stage):
    decision = stage.issued(stage.worst)
    address = reverse("my_appeal_new", args=["decision", decision.pk])
    response = browse(stage.worst.user).post(address, {"text": TEXT, "grounds": ["fact"], "file": "1"})
    assert response.status_code == 409
    assert "id_wish_error" in response.content.decode() and TEXT in response.content.decode()
    assert not Appeal.objects.exists()


def test_filing_says_all_that_is_missing_at_once(stage):
    decision = stage.issued(stage.worst)
    address = reverse("my_appeal_new", args=["decision", decision.pk])
    page = browse(stage.worst.user).post(address, {"text": "太短", "file": "1"}).content.decode()
    assert all(f"id_{name}_error" in page for name in ("grounds", "text", "wish"))


def test_each_kind_of_thing_has_the_outcomes_that_mean_something_for_it(stage):
    stage.issued(stage.worst)
    page = page_of(stage.officer, "appeal", stage.looked_into(stage.worst).pk)
    assert all(f'value="{outcome}"' in page for outcome in ("upheld", "varied", "overturned"))
    standing = Standing.objects.get(employee=stage.best, period="2026-10")
    appeal = stage.looked_into(stage.best, kind="standing", pk=standing.pk)
    page = page_of(stage.officer, "appeal", appeal.pk)
    assert 'value="varied"' in page and 'value="overturned"' not in page


def test_evidence_is_kept_when_filing_is_refused_and_the_form_goes_on_with_the_draft(
    stage, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    decision = stage.issued(stage.worst)
    address, client = reverse("my_appeal_new", args=["decision", decision.pk]), browse(stage.worst.user)
    scan = SimpleUploadedFile("签收单.pdf", PDF, "application/pdf")
    sent = {"text": TEXT, "grounds": ["fact"], "file": "1"}
    page = client.post(address, sent | {"files": scan})
    assert page.status_code == 409 and "签收单.pdf" in page.content.decode()
    client.post(address, sent | {"wish": "overturn"})
    appeal = Appeal.objects.get()
    assert (appeal.state, appeal.files.get().attachment.name) == ("filed", "签收单.pdf")


def test_colleagues_find_neither_the_appeal_nor_its_page(stage):
    stage.issued(stage.worst)
    appeal = stage.filed(stage.worst)
    page_of(stage.best.user, "my_appeal", appeal.pk, status=404)
    page_of(stage.best.user, "appeal", appeal.pk, status=403)
    page_of(stage.officer, "appeal", appeal.pk)


def test_a_draft_is_nobody_elses_business(stage):
    stage.issued(stage.worst)
    appeal = stage.draft(stage.worst)
    page_of(stage.officer, "appeal", appeal.pk, status=404)
    assert "方磊" not in page_of(stage.officer, "appeals")


def test_who_is_barred_reads_why_and_gets_no_button(stage):
    stage.issued(stage.worst)
    appeal = stage.filed(stage.worst)
    page = page_of(stage.hr, "appeal", appeal.pk)
    assert 'value="accept"' not in page and "由您提案" in page
    assert 'value="accept"' in page_of(stage.officer, "appeal", appeal.pk)


def test_another_officer_may_take_it_over(stage):
    stage.issued(stage.worst)
    appeal = stage.looked_into(stage.worst)
    assert 'value="take_over"' in page_of(stage.second, "appeal", appeal.pk)
    browse(stage.hr).post(reverse("appeal_handle", args=[appeal.pk]), {"step": "take_over"})
    assert Appeal.objects.get().investigator == stage.officer
    browse(stage.second).post(reverse("appeal_handle", args=[appeal.pk]), {"step": "take_over"})
    assert Appeal.objects.get().investigator == stage.second


def test_the_inbox_says_what_each_may_do_next(stage):
    stage.issued(stage.worst)
    appeal = stage.filed(stage.worst)
    kinds = {
        name: [
            item.kind for item in inbox_for(user, stage.company, FILED) if item.kind.startswith("appeals.")
        ]
        for name, user in (("officer", stage.officer), ("hr", stage.hr), ("reviewer", stage.reviewer))
    }
    assert kinds == {"officer": ["appeals.desk"], "hr": [], "reviewer": []}
    services.accept(appeal, by=stage.officer, at=ACCEPTED)
    services.investigate(appeal, by=stage.officer, at=ACCEPTED)
    services.propose(appeal, outcome="upheld", reasons=REASONS, by=stage.officer, at=PROPOSED)
    found = inbox_for(stage.reviewer, stage.company, PROPOSED)
    assert [item.action for item in found if item.kind == "appeals.desk"] == ["决定"]
    services.decide(appeal, by=stage.reviewer, at=DECIDED)
    found = [item.kind for item in inbox_for(stage.worst.user, stage.company, DECIDED)]
    assert "appeals.own" in found


def test_the_board_asks_a_fixed_number_of_questions(stage, django_assert_max_num_queries):
    stage.issued(stage.worst)
    stage.filed(stage.worst)
    client = browse(stage.reviewer)
    client.get(reverse("appeals"))
    with django_assert_max_num_queries(14):
        client.get(reverse("appeals"))


def test_the_inbox_asks_no_more_for_many_appeals_than_for_one(stage):
    standings = list(Standing.objects.filter(period="2026-10").select_related("employee").order_by("pk"))
    costs = []
    for place, row in enumerate(standings[:4]):
        stage.filed(row.employee, kind="standing", pk=row.pk)
        with CaptureQueriesContext(connection) as queries:
            assert len(desk_inbox(stage.officer, stage.company, FILED)) == place + 1
        costs.append(len(queries))
    assert max(costs[1:]) <= 8
    for appeal in Appeal.objects.all():
        services.accept(appeal, by=stage.officer, at=ACCEPTED)
        taken = services.investigate(Appeal.objects.get(pk=appeal.pk), by=stage.officer, at=ACCEPTED)
        services.propose(taken, outcome="upheld", reasons=REASONS, by=stage.officer, at=PROPOSED)
    with CaptureQueriesContext(connection) as queries:
        assert len(desk_inbox(stage.reviewer, stage.company, PROPOSED)) == 4
    assert len(queries) <= 14


def test_rates_are_published_only_on_enough_answers(stage):
    stage.issued(stage.worst)
    stage.signed(stage.worst)
    assert "太少" in page_of(stage.officer, "appeal_rates")


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([7, 9], [True, True]),
        ([7, 2, 9], [False, False, True]),
        ([7, 2, 3], [True, False, False]),
        ([2], [False]),
    ],
)
def test_a_hidden_rate_cannot_be_had_by_subtracting_the_others_from_the_total(counts, shown):
    rates = published([(place, 1, count) for place, count in enumerate(counts)], 5)
    assert [rate.is_shown for rate in rates] == shown


def test_every_state_has_its_pages(stage):
    """The set-up for the demo: one appeal in each state, each of another person, opens on both sides."""
    ranked = Standing.objects.filter(company=stage.company).select_related(
        "employee__user", "employee__company"
    )
    made = one_in_each_state(stage, [(row.employee, "standing", row.pk) for row in ranked])
    assert {state: one.state for state, one in fresh(made).items()} == {state: state for state in made}
    assert len(made) == 11
    for appeal in made.values():
        page_of(appeal.employee.user, "my_appeal", appeal.pk)
        if appeal.state != "draft":
            page_of(stage.officer, "appeal", appeal.pk)


def fresh(made):
    return {state: Appeal.objects.get(pk=one.pk) for state, one in made.items()}


def test_the_investigator_reads_the_statement_of_the_hearing_with_its_files(stage, client):
    decision = stage.proposed(stage.worst)
    hearing = incentives.call_hearing(decision, by=stage.hr, at=at(2026, 11, 2))
    photo = [("现场.jpg", samples.jpeg())]
    incentives.state_case(
        hearing, statement="客户不满的是交付", files=photo, by=stage.worst.user, at=at(2026, 11, 2)
    )
    incentives.write_opinion(hearing.decision, opinion="照片属实", by=stage.hr, at=at(2026, 11, 3))
    incentives.waive_hearing(hearing, by=stage.worst.user, at=at(2026, 11, 3))
    incentives.submit_batch([Decision.objects.get()], by=stage.hr, at=at(2026, 11, 4))
    stage.vote(Decision.objects.get())
    appeal = stage.looked_into(stage.worst)
    client.force_login(stage.officer)
    page = client.get(appeal.get_absolute_url()).content.decode()
    place = reverse("hearing_file", args=[hearing.files.get().pk])
    assert "客户不满的是交付" in page and place in page
    assert client.get(place).status_code == 200
