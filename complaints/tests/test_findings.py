"""Findings: one per person, proposed by one and confirmed by another; facts for the rules; verification."""

import pytest
from django.db import IntegrityError, transaction

from complaints import rules, selectors
from complaints.models import Case, Finding, Kind, State, Verdict
from complaints.services import closing, findings, handling, people, tracking
from complaints.tests.build_b import FAULT, Cast
from core.flow import Refused
from core.models import Event
from notifications.models import Message
from organization.models import Role
from tests import factories
from tests.factories import at

LATER = at(2027, 1, 1)


@pytest.fixture
def cast(db):
    return Cast()


def fresh(case):
    return Case.objects.get(pk=case.pk)


def may_also(cast, employee, role):
    factories.grant(employee.user, Role.objects.get(company=cast.company, code=role))
    return employee


def facts(cast):
    return selectors.confirmed_findings(cast.company, since=at(2026, 1, 1), until=LATER)


def told(kind):
    return sorted(Message.objects.filter(kind=kind).values_list("recipient__name", flat=True))


# ---- proposing


def test_each_person_named_gets_a_finding_of_their_own(cast):
    case = cast.investigating(cast.seller, cast.colleague)
    first, second = case.allegations.order_by("pk")
    drafts = [
        findings.Draft(first, **FAULT),
        findings.Draft(second, Verdict.NOT, "当天休假，考勤可查"),
    ]
    made = findings.propose(case, drafts=drafts, by=cast.hr.user, at=at())
    assert [one.verdict for one in made] == [Verdict.SUBSTANTIATED, Verdict.NOT]
    assert fresh(case).state == State.PROPOSED
    assert told("case_proposed") == ["孙悦", "许岚"]  # who may confirm, without the one who proposed


def test_a_person_left_out_is_refused_and_nothing_is_kept(cast):
    case = cast.investigating(cast.seller, cast.colleague)
    with pytest.raises(Refused) as refusal:
        findings.propose(case, drafts=cast.drafts(case)[:1], by=cast.hr.user, at=at())
    assert refusal.value.field == "drafts"
    assert (fresh(case).state, Finding.objects.count()) == (State.INVESTIGATING, 0)


def test_the_same_person_twice_does_not_stand_for_two(cast):
    case = cast.investigating(cast.seller, cast.colleague)
    twice = cast.drafts(case)[:1] * 2
    with pytest.raises(Refused):
        findings.propose(case, drafts=twice, by=cast.hr.user, at=at())


def test_somebody_of_another_case_is_refused(cast):
    case, other = cast.investigating(cast.seller), cast.investigating(cast.colleague)
    with pytest.raises(Refused):
        findings.propose(case, drafts=cast.drafts(other), by=cast.hr.user, at=at())


def test_a_case_about_nobody_needs_a_person_or_department_first(cast):
    case = cast.investigate(cast.accepted())
    with pytest.raises(Refused, match="涉及的人或部门"):
        findings.propose(case, drafts=[], by=cast.hr.user, at=at())
    people.name_person(case, department=cast.sales, statement="现场没人接待", by=cast.hr.user, at=at())
    cast.propose(case)
    assert Finding.objects.get().allegation.department == cast.sales


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"verdict": "maybe"}, "verdict"),
        ({"reasons": "  "}, "reasons"),
        ({"cause": ""}, "cause"),
        ({"cause": "weather"}, "cause"),
        ({"severity": ""}, "severity"),
        ({"severity": "deadly"}, "severity"),
        ({"verdict": Verdict.PARTLY, "severity": ""}, "severity"),
    ],
)
def test_an_incomplete_finding_is_refused_beside_its_field(cast, change, field):
    case = cast.investigating()
    with pytest.raises(Refused) as refusal:
        cast.propose(case, **change)
    assert refusal.value.field == field
    assert not Finding.objects.exists()


@pytest.mark.parametrize("verdict", [Verdict.NOT, Verdict.UNDETERMINED, Verdict.MALICIOUS])
def test_where_nothing_went_wrong_there_is_neither_cause_nor_severity(cast, verdict):
    case = cast.confirm(cast.propose(cast.investigating(), verdict=verdict))
    found = Finding.objects.get()
    assert (found.state, found.verdict) == (Finding.State.CONFIRMED, verdict)
    assert (found.cause, found.severity) == ("", "")
    assert closing.answer(case, text="已核实，谢谢", by=cast.handler.user, at=at()).state == State.RESPONDED


@pytest.mark.parametrize("who", ["seller", "head"])
def test_neither_who_is_named_nor_their_direct_superior_proposes(cast, who):
    judge = may_also(cast, getattr(cast, who), "hr")
    with pytest.raises(Refused):
        cast.propose(cast.investigating(cast.seller), by=judge.user)


def test_the_head_of_another_department_may_propose(cast):
    judge = may_also(cast, cast.other_head, "hr")
    assert cast.propose(cast.investigating(cast.seller), by=judge.user).state == State.PROPOSED


# ---- confirming and returning


def test_the_second_person_confirms_and_rules_hear_of_each_finding(cast):
    case = cast.confirmed(cast.seller, cast.colleague)
    found = Finding.objects.filter(case=case)
    assert {one.state for one in found} == {Finding.State.CONFIRMED}
    assert {one.confirmed_by for one in found} == {cast.member.user}
    events = Event.objects.filter(name="complaints.finding_confirmed")
    assert sorted(event.object_id for event in events) == sorted(one.pk for one in found)
    assert told("case_confirmed") == ["刘洋"]


def test_nobody_confirms_what_they_proposed(cast):
    case = cast.propose(cast.investigating(), by=cast.second_hr.user)
    with pytest.raises(Refused, match="结论由您提出"):
        cast.confirm(case, by=cast.second_hr.user)
    assert fresh(case).state == State.PROPOSED


def test_who_investigated_does_not_confirm_what_a_colleague_proposed(cast):
    case = cast.propose(cast.investigating(), by=cast.second_hr.user)
    with pytest.raises(Refused, match="您调查了"):
        cast.confirm(case, by=cast.hr.user)


@pytest.mark.parametrize("who", ["seller", "head"])
def test_neither_who_is_named_nor_their_direct_superior_confirms_or_returns(cast, who):
    judge = may_also(cast, getattr(cast, who), "group")
    case = cast.proposed(cast.seller)
    with pytest.raises(Refused):
        cast.confirm(case, by=judge.user)
    with pytest.raises(Refused):
        findings.send_back(case, reason="证据还不够", by=judge.user, at=at())
    assert fresh(case).state == State.PROPOSED


def test_the_superior_of_any_one_person_named_may_not_confirm_the_others_either(cast):
    judge = may_also(cast, cast.head, "group")
    outsider = cast.hire(cast.other, "周婷", "employee")
    with pytest.raises(Refused):
        cast.confirm(cast.proposed(outsider, cast.seller), by=judge.user)


def test_the_handler_may_confirm(cast):
    judge = may_also(cast, cast.handler, "group")
    assert cast.confirm(cast.proposed(), by=judge.user).state == State.CONFIRMED


def test_the_database_refuses_a_finding_confirmed_by_its_proposer(cast):
    cast.proposed()
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.update(state=Finding.State.CONFIRMED, confirmed_by=cast.hr.user)


def test_a_returned_finding_is_proposed_anew_and_the_old_one_stays(cast):
    case = cast.proposed()
    case = findings.send_back(case, reason="缺少现场录像", by=cast.member.user, at=at())
    assert case.state == State.INVESTIGATING
    assert told("case_returned") == ["陈静"]
    cast.confirm(cast.propose(case, verdict=Verdict.PARTLY))
    states = list(Finding.objects.order_by("pk").values_list("state", "return_reason"))
    assert states == [(Finding.State.RETURNED, "缺少现场录像"), (Finding.State.CONFIRMED, "")]


def test_returning_needs_a_reason(cast):
    with pytest.raises(Refused) as refusal:
        findings.send_back(cast.proposed(), reason="", by=cast.member.user, at=at())
    assert refusal.value.field == "reason"


def test_the_proposer_may_take_a_proposal_back(cast):
    case = findings.send_back(cast.proposed(), reason="还要补充谈话", by=cast.hr.user, at=at())
    assert case.state == State.INVESTIGATING


def test_a_finding_is_not_confirmed_twice(cast):
    case = cast.confirmed()
    with pytest.raises(Refused):
        cast.confirm(case)
    assert Event.objects.filter(name="complaints.finding_confirmed").count() == 1


def test_nobody_is_named_after_a_finding_was_proposed(cast):
    with pytest.raises(Refused, match="退回"):
        people.name_person(
            cast.proposed(), employee=cast.colleague, statement="也在场", by=cast.hr.user, at=at()
        )


# ---- answering


def test_a_simple_case_about_nobody_is_answered_without_an_investigation(cast):
    case = cast.accepted(fields={"problem_type": "waiting", "class_code": "simple"})
    assert closing.answer(case, text="已加派人手", by=cast.handler.user, at=at()).state == State.RESPONDED


def test_a_simple_case_that_names_somebody_is_investigated_first(cast):
    case = cast.accepted(cast.seller, fields={"problem_type": "waiting", "class_code": "simple"})
    with pytest.raises(Refused, match="具体的人"):
        closing.answer(case, text="已加派人手", by=cast.handler.user, at=at())


def test_a_general_case_is_investigated_first(cast):
    with pytest.raises(Refused, match="简单事项"):
        closing.answer(cast.accepted(), text="已加派人手", by=cast.handler.user, at=at())


def test_a_suggestion_is_answered_straight_away(cast):
    case = handling.accept(cast.receive(kind=Kind.SUGGESTION), by=cast.handler.user, at=at())
    assert (
        closing.answer(case, text="谢谢，已转设计部", by=cast.handler.user, at=at()).state == State.RESPONDED
    )


@pytest.mark.parametrize("kind", ["complaint", "suggestion", "praise", "report"])
@pytest.mark.parametrize("state", State.values)
def test_only_confirmed_or_accepted_cases_may_be_answered(kind, state):
    asked = {"kind": kind, "state": state, "is_simple": True, "names_people": False}
    expected = state == "confirmed" or (state == "accepted" and kind != "praise")
    assert rules.may_be_answered(**asked) == expected
    assert (rules.hindrance_to_answer(**asked) == "") == expected


# ---- reopening


def test_a_reopened_case_takes_its_findings_back(cast):
    case = cast.answered(cast.seller)
    assert len(facts(cast)) == 1
    tracking.reopen(case, reason="问题没有解决", at=at(2026, 11, 5))
    assert Finding.objects.get().state == Finding.State.REOPENED
    assert facts(cast) == []
    assert Event.objects.filter(name="complaints.finding_reopened").count() == 1
    cast.confirm(cast.propose(fresh(case), verdict=Verdict.NOT), at(2026, 11, 6))
    assert [one.verdict for one in facts(cast)] == [Verdict.NOT]


def test_a_case_taken_back_leaves_no_proposal_behind(cast):
    case = cast.proposed()
    tracking.withdraw(case, reason="已经解决", at=at())
    assert fresh(case).state == State.WITHDRAWN
    assert Finding.objects.get().state == Finding.State.RETURNED
