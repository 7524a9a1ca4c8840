"""Two at the same moment: one of them is told that the other was faster. The control shows what the guards prevent."""

import pytest

from audit.models import AuditRow
from complaints.models import Allegation, Case, CaseLink, Entry, Finding, State
from complaints.services import findings, handling, people, relations, tracking
from complaints.tests.build_b import CLASSES, Cast
from core.models import Event
from tests.factories import at
from tests.racing import at_once, careless, kinds

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TIMES = 4
SAME = "同一位客户说的同一件事"


@pytest.fixture
def cast():
    return Cast()


def fresh(case):
    return Case.objects.get(pk=case.pk)


def only_refusals(outcomes):
    return set(kinds(outcomes)) <= {"done", "Refused"}


def test_a_case_accepted_at_once_is_accepted_once(cast):
    case = cast.receive()
    handlers = [cast.handler, cast.second_handler] * 2
    outcomes = at_once(
        [
            lambda who=who: handling.accept(
                case, by=who.user, at=at(), handler=who, department=cast.sales, **CLASSES
            )
            for who in handlers
        ]
    )
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    assert Entry.objects.count() == 1
    assert AuditRow.objects.filter(verb="complaints.case.accept").count() == 1


def test_confirming_and_returning_at_once_end_in_one_of_them(cast):
    case = cast.proposed(cast.seller, cast.colleague)
    outcomes = at_once(
        [
            lambda: cast.confirm(case, by=cast.member.user),
            lambda: findings.send_back(case, reason="证据还不够", by=cast.second_hr.user, at=at()),
        ]
        * 2
    )
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    states = set(Finding.objects.values_list("state", flat=True))
    assert (fresh(case).state, states) in (
        (State.CONFIRMED, {Finding.State.CONFIRMED}),
        (State.INVESTIGATING, {Finding.State.RETURNED}),
    )


def test_a_finding_confirmed_at_once_is_one_event(cast):
    case = cast.proposed(cast.seller)
    outcomes = at_once(
        [lambda who=who: cast.confirm(case, by=who.user) for who in (cast.member, cast.second_hr)] * 2
    )
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    assert Event.objects.filter(name="complaints.finding_confirmed").count() == 1


def test_findings_proposed_at_once_are_proposed_once(cast):
    case = cast.investigating(cast.seller)
    outcomes = at_once(
        [lambda who=who: cast.propose(case, by=who.user) for who in (cast.hr, cast.second_hr)] * 2
    )
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    assert Finding.objects.count() == 1


def test_taking_back_and_confirming_at_once_end_in_one_of_them(cast):
    case = cast.proposed(cast.seller)
    outcomes = at_once([lambda: cast.confirm(case), lambda: tracking.withdraw(case, reason="", at=at())])
    assert kinds(outcomes) == {"Refused": 1, "done": 1}


def test_the_same_merge_at_once_happens_once(cast):
    case, leading = cast.accepted(cast.seller), cast.accepted()
    outcomes = at_once(
        [lambda: relations.merge(case, into=leading, reason=SAME, by=cast.handler.user, at=at())] * TIMES
    )
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    assert leading.allegations.count() == 1


def test_a_case_taken_out_at_once_with_its_leading_one_being_judged_ends_in_one_of_them(cast):
    case, leading = cast.accepted(cast.colleague), cast.investigating(cast.seller)
    relations.merge(case, into=leading, reason=SAME, by=cast.handler.user, at=at())
    case = fresh(case)
    outcomes = at_once(
        [lambda: relations.unmerge(case, reason="是两件事", by=cast.handler.user, at=at())] * 2
        + [lambda: cast.propose(fresh(leading))] * 2
    )
    assert only_refusals(outcomes)
    is_out, is_judged = fresh(case).merged_into is None, fresh(leading).state == State.PROPOSED
    named = set(leading.allegations.values_list("employee", flat=True))
    assert is_out == (cast.colleague.pk not in named)
    assert not is_judged or set(leading.findings.values_list("allegation__employee", flat=True)) == named


def test_two_cases_merged_crosswise_at_once_leave_one_leading(cast):
    first, second = cast.accepted(), cast.accepted()
    pairs = [(first, second), (second, first)] * 2
    outcomes = at_once(
        [
            lambda one=one, other=other: relations.merge(
                one, into=other, reason=SAME, by=cast.handler.user, at=at()
            )
            for one, other in pairs
        ]
    )
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    assert Case.objects.filter(state=State.MERGED).count() == 1


def test_a_chain_merged_at_once_leads_to_its_end(cast):
    first, second, third = cast.accepted(), cast.accepted(), cast.accepted()
    steps = [(first, second), (second, third), (third, first)]
    outcomes = at_once(
        [
            lambda one=one, other=other: relations.merge(
                one, into=other, reason=SAME, by=cast.handler.user, at=at()
            )
            for one, other in steps
        ]
    )
    assert only_refusals(outcomes)
    for case in Case.objects.filter(state=State.MERGED):
        assert case.merged_into.state != State.MERGED
    assert Case.objects.exclude(state=State.MERGED).exists()


def test_naming_the_confirmer_and_their_confirming_at_once_never_both_happen(cast):
    """Named while the finding is taken back and confirmed: whoever is named has confirmed nothing afterwards."""
    case = cast.investigating(cast.seller)
    at_once(
        [
            lambda: people.name_person(
                case, employee=cast.second_hr, statement="也在场", by=cast.handler.user, at=at()
            ),
            lambda: cast.propose(case, by=cast.second_hr.user),
        ]
    )
    named = Allegation.objects.filter(case=case, employee=cast.second_hr).exists()
    proposed = Finding.objects.filter(proposed_by=cast.second_hr.user).exists()
    assert named != proposed


def test_a_person_named_at_once_is_named_once(cast):
    case = cast.accepted()
    outcomes = at_once(
        [
            lambda: people.name_person(
                case, employee=cast.seller, statement="没有接待", by=cast.handler.user, at=at()
            )
        ]
        * TIMES
    )
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}


def test_a_person_told_at_once_is_told_once(cast):
    allegation = cast.accepted(cast.seller).allegations.get()
    outcomes = at_once([lambda: people.tell_person(allegation, by=cast.hr.user, at=at())] * TIMES)
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}


def test_an_extension_given_at_once_counts_once(cast):
    case = cast.investigating()
    outcomes = at_once([lambda: handling.extend(case, reason="还要等报告", by=cast.hr.user, at=at())] * TIMES)
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    assert fresh(case).extensions == 1


def test_one_answer_linked_to_two_cases_at_once_belongs_to_one(cast):
    from complaints.tests.test_findings_facts import answer_of

    answer = answer_of(cast.company, cast.seller)
    cases = [cast.accepted(), cast.accepted()] * 2
    outcomes = at_once(
        [
            lambda case=case: relations.link_answer(case, answer=answer, by=cast.handler.user, at=at())
            for case in cases
        ]
    )
    assert only_refusals(outcomes)
    assert Case.objects.filter(answer=answer).count() == 1


def test_the_same_part_split_off_at_once_is_one_case(cast):
    case = cast.accepted()
    outcomes = at_once(
        [lambda: relations.split(case, text="另外退款没到账", by=cast.handler.user, at=at())] * TIMES
    )
    assert len({receipt.case.pk for receipt in outcomes}) == 1
    assert CaseLink.objects.filter(kind=CaseLink.Kind.SPLIT).count() == 1


def test_control_checking_before_writing_confirms_every_time(cast):
    case = cast.proposed(cast.seller)
    careless(
        lambda: fresh(case).state == State.PROPOSED,
        lambda: Event.objects.create(name="tests.confirmed", object_id=case.pk),
        TIMES,
    )
    assert Event.objects.filter(name="tests.confirmed").count() == TIMES
