"""A merge that was wrong is undone: both cases stand as if it had not been."""

import pytest

from complaints.models import State
from complaints.services import closing, people, relations
from complaints.services.intake import Contact
from complaints.tests.build_b import Cast
from complaints.tests.test_relations import fresh, merge, repeats
from core.flow import Refused
from tests.factories import at


@pytest.fixture
def cast(db):
    return Cast()


def unmerge(cast, case, moment=None):
    return relations.unmerge(fresh(case), reason="是两件事", by=cast.handler.user, at=moment or at())


def test_a_wrong_merge_is_undone_and_both_cases_stand_as_if_it_had_not_been(cast):
    early, late = at(2026, 11, 2), at(2026, 11, 4)
    case = cast.accepted(cast.seller, moment=early)
    leading = cast.investigating(cast.colleague, moment=late)
    before = {one.pk: (one.due_at, one.first_answer_due_at) for one in (fresh(case), fresh(leading))}
    merge(cast, case, leading)
    assert fresh(leading).due_at == before[case.pk][0]
    people.tell_person(
        fresh(leading).allegations.get(employee=cast.seller), by=cast.hr.user, at=at(2026, 11, 5)
    )
    unmerge(cast, case)
    assert (fresh(case).state, fresh(case).merged_into) == (State.ACCEPTED, None)
    assert {pk: (fresh(one).due_at, fresh(one).first_answer_due_at) for pk, one in
            ((case.pk, case), (leading.pk, leading))} == before  # fmt: skip
    assert [one.employee for one in fresh(leading).allegations.all()] == [cast.colleague]
    assert case.allegations.get().told_at == at(2026, 11, 5)  # what they were told, they were told
    said = case.entries.filter(is_public=True).order_by("-pk").first().text
    assert said == "您反映的事项重新单独处理。"


def test_a_case_merged_before_triage_goes_back_to_triage(cast):
    case, leading = cast.receive(), cast.accepted()
    merge(cast, case, leading)
    unmerge(cast, case)
    assert fresh(case).state == State.RECEIVED
    assert fresh(cast.accept(fresh(case))).state == State.ACCEPTED


def test_whom_another_merged_case_names_too_stays_in_the_leading_one(cast):
    first, second, leading = cast.accepted(cast.seller), cast.accepted(cast.seller), cast.accepted()
    for case in (first, second):
        merge(cast, case, fresh(leading))
    unmerge(cast, first)
    assert [one.employee for one in leading.allegations.all()] == [cast.seller]
    unmerge(cast, second)
    assert not leading.allegations.exists()


@pytest.mark.parametrize(("leads", "words"), [("proposed", "退回"), ("confirmed", "新"), ("answered", "新")])
def test_what_was_judged_for_both_is_not_taken_apart(cast, leads, words):
    case, leading = cast.accepted(cast.seller), cast.investigating(cast.seller)
    merge(cast, case, leading)
    case, leading = fresh(case), cast.propose(fresh(leading))
    if leads != "proposed":
        leading = cast.confirm(leading)
    if leads == "answered":
        closing.answer(leading, text="已处理", by=cast.handler.user, at=at())
    with pytest.raises(Refused, match=words):
        unmerge(cast, case)
    assert fresh(case).state == State.MERGED


def test_a_case_that_stands_for_itself_is_not_taken_out_of_anything(cast):
    with pytest.raises(Refused, match="没有并入"):
        unmerge(cast, cast.accepted())


def test_what_was_merged_is_no_earlier_complaint_and_is_one_again_once_taken_out(cast):
    earlier, other = (
        cast.accepted(cast.seller),
        cast.accepted(cast.colleague, contact=Contact(phone="13800000002")),
    )
    later = cast.accepted(cast.seller)
    assert repeats(later) == {earlier.pk}
    merge(cast, earlier, other)
    assert repeats(later) == set()
    unmerge(cast, earlier)
    assert repeats(later) == {earlier.pk}
