"""Confirmed findings as facts for the rules, answers about the same incident, and verification."""

import pytest

from complaints import selectors, verification
from complaints.models import Case, Entry, Finding, Kind, State
from complaints.services import handling, relations
from complaints.tests.build_b import Cast
from core.flow import Refused
from core.registries import verifications
from organization.models import Role
from tests import factories
from tests.factories import at

LATER = at(2027, 1, 1)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def may_also(cast, employee, role):
    factories.grant(employee.user, Role.objects.get(company=cast.company, code=role))
    return employee


def facts(cast):
    return selectors.confirmed_findings(cast.company, since=at(2026, 1, 1), until=LATER)


@pytest.fixture
def cast(db):
    return Cast()


# ---- facts for other rooms


def test_a_confirmed_finding_is_a_fact_with_all_that_a_rule_asks(cast):
    case = cast.confirmed(cast.seller, happened_on=at(2026, 11, 1).date())
    (fact,) = facts(cast)
    assert (fact.number, fact.employee_id, fact.department_id) == (case.number, cast.seller.pk, cast.sales.pk)
    assert (fact.verdict, fact.cause, fact.severity) == ("substantiated", "attitude", "general")
    assert (fact.happened_on, fact.confirmed_at) == (at(2026, 11, 1).date(), at())


def test_what_is_only_proposed_is_no_fact(cast):
    cast.proposed()
    assert facts(cast) == []


def test_facts_are_those_of_the_window(cast):
    cast.confirmed(cast.seller)
    asked = selectors.confirmed_findings
    assert asked(cast.company, since=at(2026, 1, 1), until=at()) == []
    assert len(asked(cast.company, since=at(), until=at(2026, 11, 4, minute=1))) == 1


def test_a_finding_of_an_internal_report_is_no_fact(cast):
    case = cast.receive(cast.seller, kind=Kind.REPORT)
    may_also(cast, cast.hr, "reports_reader")
    may_also(cast, cast.member, "reports_reader")
    handling.accept(
        case, by=cast.reader.user, at=at(), problem_type="other", severity="serious", handler=cast.reader
    )
    handling.investigate(case, investigator=cast.hr, by=cast.reader.user, at=at())
    cast.confirm(cast.propose(case))
    assert facts(cast) == []


def test_facts_of_many_cases_take_few_statements(cast, django_assert_max_num_queries):
    for _number in range(4):
        cast.confirmed(cast.seller)
    with django_assert_max_num_queries(3):
        assert len(facts(cast)) == 4


# ---- one incident is punished once


def answer_of(company, employee):
    from scoring.tests import world
    from surveys.models import Answer

    world.give_answers(world.make_campaign(company), employee, 0, 1)
    return Answer.objects.latest("pk")


def test_an_answer_and_a_complaint_about_the_same_incident_are_one(cast):
    answer = answer_of(cast.company, cast.seller)
    case = cast.confirmed(cast.seller)
    relations.link_answer(case, answer=answer, by=cast.handler.user, at=at())
    assert selectors.case_of_answer(answer.pk) == case
    assert facts(cast)[0].answer_ids == (answer.pk,)


def test_the_answer_of_a_merged_case_belongs_to_the_leading_one(cast):
    answer = answer_of(cast.company, cast.seller)
    merged, leading = cast.accepted(cast.seller), cast.investigating(cast.seller)
    relations.link_answer(merged, answer=answer, by=cast.handler.user, at=at())
    relations.merge(merged, into=leading, reason="同一件事", by=cast.handler.user, at=at())
    cast.confirm(cast.propose(fresh(leading)))
    assert selectors.case_of_answer(answer.pk) == leading
    assert facts(cast)[0].answer_ids == (answer.pk,)


def test_an_answer_belongs_to_one_case_only(cast):
    answer = answer_of(cast.company, cast.seller)
    first, second = cast.accepted(), cast.accepted()
    relations.link_answer(first, answer=answer, by=cast.handler.user, at=at())
    with pytest.raises(Refused, match="另一件事"):
        relations.link_answer(second, answer=answer, by=cast.handler.user, at=at())
    relations.link_answer(first, answer=answer, by=cast.handler.user, at=at())  # again changes nothing
    assert selectors.case_of_answer(answer.pk) == first


def test_an_answer_of_another_company_is_refused(cast):
    other = Cast("other", "别家")
    answer = answer_of(other.company, other.seller)
    with pytest.raises(Refused):
        relations.link_answer(cast.accepted(), answer=answer, by=cast.handler.user, at=at())


def test_an_answer_without_a_case_has_none(db):
    assert selectors.case_of_answer(4711) is None


# ---- verification


CHECKS = [name for name, check in verifications.items() if check.__module__ == "complaints.verification"]


def violations():
    return [sentence for name in CHECKS for sentence in verifications[name]()]


def test_everything_holds_after_all_kinds_of_cases(cast):
    cast.answered(cast.seller)
    cast.proposed(cast.seller, cast.colleague)
    relations.merge(cast.accepted(), into=cast.accepted(), reason="同一件事", by=cast.handler.user, at=at())
    handling.decline(cast.receive(), reason="不是我们的项目", by=cast.handler.user, at=at())
    cast.receive(kind=Kind.PRAISE)
    assert len(CHECKS) == 7
    assert violations() == []


BREAKS = {
    "judged without a finding": lambda case: Finding.objects.update(state=Finding.State.RETURNED),
    "no answer": lambda case: case.entries.filter(kind=Entry.Kind.ANSWER).delete(),
    "public interview": lambda case: Entry.objects.create(
        case=case, kind=Entry.Kind.INTERVIEW, is_public=True, at=at()
    ),
    "state without a step": lambda case: Case.objects.filter(pk=case.pk).update(state=State.CONFIRMED),
    "merged into nothing": lambda case: Case.objects.filter(pk=case.pk).update(state=State.MERGED),
    "judged by somebody named": lambda case: case.allegations.update(employee=case_hr(case)),
}


def case_hr(case):
    return case.investigator


@pytest.mark.parametrize("name", BREAKS)
def test_verification_sees_what_is_broken(cast, name):
    case = cast.answered(cast.seller)
    assert violations() == []
    BREAKS[name](case)
    assert violations() != []


def test_verification_sees_an_open_case_with_somebody_whom_it_names(cast):
    case = cast.accepted(cast.seller)
    Case.objects.filter(pk=case.pk).update(handler=cast.seller)
    assert list(verification.nobody_judges_themselves()) == [f"case {case.pk} is with somebody whom it names"]


def test_verification_takes_the_same_statements_for_many_cases(cast, django_assert_max_num_queries):
    for _number in range(3):
        cast.answered(cast.seller)
    with django_assert_max_num_queries(18):
        assert violations() == []
