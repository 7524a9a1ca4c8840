"""Answers left out: recounted beside the first figures, and everything that rested on them follows."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from appeals import services, subjects
from appeals.models import Appeal, Consequence
from appeals.own import disputed_names
from appeals.plan import plan_for
from appeals.tests.answered import AnsweredStage
from appeals.tests.build import DECIDED, FILED, REASONS, TEXT
from core.flow import Refused
from core.registries import verifications
from incentives.models import Case, Decision, LedgerLine
from incentives.tests.build import MONTHS
from notifications.models import Message
from scoring.models import Adjudication, Close, Score, Standing
from scoring.services.adjudication import after_all
from surveys.models import Answer, Exclusion
from tests import factories
from tests.factories import at
from tests.replay import replayed

pytestmark = pytest.mark.django_db
Kind = Consequence.Kind
FACTS = ("3", "4 cases", "4 one", "5", "6")
#: 沈佳 is last now
NOVEMBER = (39, 38, 20, 36, 36, 37, 37, 38)


@pytest.fixture
def stage(db):
    return replayed("appeals.answered", made)


def made():
    found = AnsweredStage(factories.make_company())
    found.close_months()
    return found


def violations():
    """Of the facts that an appeal could break: periods, cases, ledger, who judges."""
    named = [name for name, _verify in verifications.items() if name.startswith(FACTS)]
    assert {"3 scoring", "4 cases", "5 ledger", "6 appeals"} <= set(named)
    return [f"{name}: {one}" for name in named for one in verifications[name]()]


def pictures():
    """Everything of the closes that must not change."""
    return (
        list(Score.objects.order_by("pk").values()),
        list(Standing.objects.order_by("pk").values()),
        list(Close.objects.order_by("pk").values()),
    )


def test_looking_at_the_consequences_writes_nothing_and_names_them(stage, django_assert_max_num_queries):
    stage.issued(stage.worst)
    appeal = stage.looked_into(stage.worst)
    before = pictures()
    ids = stage.dissatisfied(stage.worst, "2026-10", 20)
    with django_assert_max_num_queries(60):
        plan = plan_for(appeal, Answer.objects.filter(pk__in=ids).order_by("pk"))
    own = next(one for one in plan.standings() if one.row.employee_id == stage.worst.pk)
    assert (own.before["k"], own.before["n"], own.after["k"], own.after["n"]) == (16, 40, 16, 20)
    assert (own.before["rank"], own.after["rank"]) == (8, 7)
    assert [(one.employee_id, one.occurrence) for one in plan.own_lost] == [
        (stage.worst.pk, "2026-08..2026-10")
    ]
    assert plan.third_people() == {stage.team[2].pk}
    assert pictures() == before
    assert not Adjudication.objects.exists() and not Exclusion.objects.exists()


def test_a_won_appeal_corrects_score_rank_and_the_decision_and_the_raw_figures_stay(stage):
    stage.issued(stage.worst)
    before = pictures()
    ids = stage.dissatisfied(stage.worst, "2026-10", 20)
    appeal = stage.signed(stage.worst, left_out=ids)
    assert Decision.objects.get().state == Decision.State.REVERSED
    assert Exclusion.objects.filter(answer__in=ids).count() == 20
    standing = Standing.objects.get(employee=stage.worst, period="2026-10")
    figures = Adjudication.objects.get(kind="standing", object_id=standing.pk).figures
    assert (standing.k, standing.n, standing.rank) == (16, 40, 8)
    assert (figures["k"], figures["n"], figures["rank"], figures["place"]) == (16, 20, 7, "")
    score = Score.objects.get(
        period="2026-10", subject_kind="employee", subject_id=stage.worst.pk, measure="overall"
    )
    assert Adjudication.objects.get(kind="score", object_id=score.pk).figures["n"] == 20
    assert pictures() == before
    kinds = set(appeal.consequences.values_list("kind", flat=True))
    assert kinds == {Kind.EXCLUSION, Kind.STANDING, Kind.SCORE, Kind.REVERSED}
    assert violations() == []


def test_what_touches_a_colleague_becomes_a_case_and_never_a_decision(stage):
    stage.issued(stage.worst)
    ids = [pk for month in MONTHS for pk in stage.dissatisfied(stage.worst, month, 22)]
    appeal = stage.signed(stage.worst, left_out=ids)
    case = Case.objects.get(employee=stage.team[2], rule_code="RE-5.3a")
    assert case.evidence["cause"] == f"appeal:{appeal.pk}"
    assert not Decision.objects.filter(employee=stage.team[2]).exists()
    assert appeal.consequences.filter(kind=Kind.CASE, object_id=case.pk).exists()
    assert violations() == []


def test_a_colleague_s_decision_that_no_longer_follows_is_taken_back_by_others_than_who_proposed_it(stage):
    decided, rival = stage.posted(stage.best), stage.team[7]
    ids = [pk for month in MONTHS for pk in stage.dissatisfied(rival, month, 2)]
    standing = Standing.objects.get(employee=rival, period="2026-10")
    with time_machine.travel(FILED, tick=False):
        stage.signed(rival, kind="standing", pk=standing.pk, outcome="varied", left_out=ids[-2:])
    asked = Consequence.objects.get(kind=Kind.THIRD)
    assert (asked.employee, asked.state) == (stage.best, "open")
    assert Decision.objects.get(pk=decided.pk).state == Decision.State.POSTED
    address = reverse("appeal_settle", args=[asked.appeal_id, asked.pk])
    client = Client()
    client.force_login(stage.hr)
    refused = client.post(address, {"keep": "0", "note": "按申诉结果更正"})
    assert refused.status_code == 409 and "由您提出" in refused.content.decode()
    client.force_login(stage.reviewer)
    assert client.post(address, {"keep": "0", "note": "按申诉结果更正"}).status_code == 302
    assert Decision.objects.get(pk=decided.pk).state == Decision.State.REVERSED
    assert sum(LedgerLine.objects.values_list("amount", flat=True)) == 0
    assert violations() == []


def test_the_next_close_counts_its_streaks_with_the_corrected_months(stage):
    stage.issued(stage.worst)
    ids = [pk for month in MONTHS for pk in stage.dissatisfied(stage.worst, month, 22)]
    stage.signed(stage.worst, left_out=ids)
    stage.close_one("2026-11", NOVEMBER)
    found = Case.objects.filter(period="2026-11", rule_code="RE-5.3a")
    assert [case.employee_id for case in found] == [stage.team[2].pk]
    assert found[0].evidence["months"][0]["rank"] == 8
    assert "adjudicated_until" in found[0].evidence
    assert violations() == []


def test_without_these_answers_it_no_longer_follows_so_it_cannot_stand(stage):
    stage.issued(stage.worst)
    ids = stage.dissatisfied(stage.worst, "2026-10", 20)
    with pytest.raises(Refused) as refusal:
        stage.concluded(stage.worst, outcome="varied", effects=[{"place": 0, "amount": -1}], left_out=ids)
    assert refusal.value.field == "outcome"


def test_answers_about_others_or_other_months_cannot_be_left_out(stage):
    stage.issued(stage.worst)
    appeal = stage.looked_into(stage.worst)
    for ids in (stage.dissatisfied(stage.best, "2026-10", 1), [0]):
        with pytest.raises(Refused) as refusal:
            services.propose(
                appeal, outcome="overturned", reasons=REASONS, left_out=ids, by=stage.officer, at=DECIDED
            )
        assert refusal.value.field == "left_out"


def test_figures_that_changed_since_the_proposal_are_looked_at_again(stage):
    """Two appeals on the same month: the second was prepared before the first was signed."""
    stage.issued(stage.worst)
    ids = stage.dissatisfied(stage.worst, "2026-10", 20)
    score = Score.objects.get(
        period="2026-10", subject_kind="employee", subject_id=stage.team[2].pk, measure="overall"
    )
    own = stage.team[2]
    early = at(2026, 11, 2)
    other = services.draft("score", score.pk, by=own.user, at=early)
    other = services.write(other, grounds=["data"], text=TEXT, wish="recheck", by=own.user, at=early)
    other = services.file(other, by=own.user, at=early)
    services.accept(other, by=stage.officer, at=early)
    services.investigate(other, by=stage.officer, at=early)
    mine = stage.dissatisfied(own, "2026-10", 2)
    services.propose(other, outcome="varied", reasons=REASONS, left_out=mine, by=stage.officer, at=early)
    stage.signed(stage.worst, left_out=ids)
    with pytest.raises(Refused) as refusal:
        services.decide(Appeal.objects.get(pk=other.pk), by=stage.reviewer, at=DECIDED)
    assert refusal.value.code == "stale"
    services.send_back(
        Appeal.objects.get(pk=other.pk), reason="请按现在的数字重算", by=stage.reviewer, at=DECIDED
    )
    again = Appeal.objects.get(pk=other.pk)
    services.propose(again, outcome="varied", reasons=REASONS, left_out=mine, by=stage.officer, at=DECIDED)
    services.decide(Appeal.objects.get(pk=other.pk), by=stage.reviewer, at=DECIDED)
    assert violations() == []


def test_a_single_answer_may_be_disputed_only_where_enough_are_shown(stage):
    answer = Answer.objects.filter(employee=stage.worst, unfolding__month="2026-10").first()
    appeal = services.draft("answer", answer.pk, by=stage.worst.user, at=at(2026, 11, 2))
    assert list(appeal.answers.values_list("answer_id", "is_disputed")) == [(answer.pk, True)]
    with pytest.raises(Refused):
        services.draft("answer", answer.pk, by=stage.best.user, at=FILED)
    rest = Answer.objects.filter(employee=stage.best, unfolding__month="2026-10").order_by("pk")
    one = rest[0]
    for other in rest[1:32]:
        Exclusion.objects.create(answer=other, reason="重复提交", excluded_by=stage.hr, excluded_at=FILED)
    with pytest.raises(Refused):
        services.draft("answer", one.pk, by=stage.best.user, at=FILED)


def test_who_voted_on_what_rests_on_a_place_does_not_look_into_that_place(stage):
    stage.issued(stage.worst)
    standing = Standing.objects.get(employee=stage.worst, period="2026-10")
    appeal = stage.filed(stage.worst, kind="standing", pk=standing.pk)
    for user in (stage.hr, stage.members[0]):
        with pytest.raises(Refused) as refusal:
            services.accept(appeal, by=user, at=FILED)
        assert refusal.value.code == "barred"
    services.accept(appeal, by=stage.officer, at=FILED)


def test_single_answers_are_shown_only_once_their_month_is_scored(stage):
    assert subjects.may_see_answers(stage.worst, "2026-10")
    Close.objects.filter(period="2026-10").update(scored_at=None)
    assert not subjects.may_see_answers(stage.worst, "2026-10")


def test_a_correction_is_later_than_every_close_that_could_not_see_it(stage):
    newest = Close.objects.exclude(scored_at=None).latest("scored_at")
    assert after_all(stage.company.pk, newest.scored_at) > newest.scored_at
    assert after_all(stage.company.pk, DECIDED) == DECIDED


def test_staff_call_an_answer_by_a_label_that_follows_no_date(stage):
    with time_machine.travel(FILED, tick=False):
        client = Client()
        client.force_login(stage.worst.user)
        score = Score.objects.get(
            period="2026-10", subject_kind="employee", subject_id=stage.worst.pk, measure="overall"
        )
        pages = [
            client.get(reverse("my_answers") + "?month=2026-10").content.decode(),
            client.get(reverse("my_appeal_new", args=["score", score.pk])).content.decode(),
        ]
        named = subjects.disputable(stage.worst, ["2026-10"])
        numbers = {one.answer.number for one in named}
        assert all("A20" in page and not any(number in page for number in numbers) for page in pages)
        by_time = sorted(named, key=lambda one: one.answer.submitted_at)
        assert [one.label for one in by_time] != [one.label for one in named]
        found = named[6]
        assert client.get(reverse("my_appeal_new", args=["answer", found.answer.pk])).status_code == 404
        address = reverse("my_answer_appeal_new", args=["2026-10", "A7"])
        assert client.get(reverse("my_answer_appeal_new", args=["2026-10", "A99"])).status_code == 404
        client.post(address, {"text": TEXT, "grounds": ["data"], "wish": "recheck", "file": "1"})
    appeal = Appeal.objects.get()
    assert (appeal.subject, appeal.object_id, appeal.state) == ("answer", found.answer.pk, "filed")
    assert "A7" in appeal.title and found.answer.number not in appeal.title


def test_answers_are_disputed_by_label_and_read_with_their_number_by_the_officer(stage):
    decision = stage.issued(stage.worst)
    with time_machine.travel(FILED, tick=False):
        owner, officer = Client(), Client()
        owner.force_login(stage.worst.user)
        officer.force_login(stage.officer)
        data = {"text": TEXT, "grounds": ["data"], "wish": "recheck", "disputed": ["2026-10.A3"], "file": "1"}
        owner.post(reverse("my_appeal_new", args=["decision", decision.pk]), data)
        appeal = Appeal.objects.get()
        answer = appeal.answers.get().answer
        own = owner.get(appeal.get_own_url()).content.decode()
        desk = officer.get(appeal.get_absolute_url()).content.decode()
    assert "10 月 A3" in own and answer.number not in own
    assert f"10 月 A3 ({answer.number})" in desk


def test_disputed_answers_are_listed_by_their_labels_not_as_they_came_in(stage):
    stage.issued(stage.worst)
    named = {one.label: one.answer.pk for one in subjects.disputable(stage.worst, ["2026-10"])}
    appeal = stage.draft(stage.worst, disputed=[named[label] for label in ("A12", "A3", "A1", "A30")])
    assert disputed_names(appeal) == ["10 月 A1", "10 月 A3", "10 月 A12", "10 月 A30"]


def test_a_colleague_whose_place_changed_is_told_and_may_object_anew(stage):
    stage.issued(stage.worst)
    other = stage.team[2]
    standing = Standing.objects.get(employee=other, period="2026-10")
    was_open = subjects.find(other, "standing", standing.pk).is_open(DECIDED)
    ids = stage.dissatisfied(stage.worst, "2026-10", 20)
    stage.signed(stage.worst, left_out=ids)
    told = Message.objects.filter(kind="appeals.moved", channel="inbox")
    assert [one.recipient for one in told] == [other.user]
    assert "第 7 名变为第 8 名" in told[0].body and "方磊" not in told[0].body
    assert not was_open
    assert subjects.find(other, "standing", standing.pk).is_open(DECIDED)
    appeal = stage.draft(other, kind="standing", pk=standing.pk)
    assert services.file(appeal, by=other.user, at=DECIDED).state == "filed"
