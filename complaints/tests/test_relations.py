"""Merging, splitting, following up, linking; repeat complaints."""

import datetime as dt

import pytest

from complaints.models import Allegation, Case, CaseLink, Entry, Finding, Kind, State
from complaints.services import handling, people, relations, tracking
from complaints.services.intake import Contact
from complaints.tests.build_b import Cast
from core.flow import Refused
from customers.models import Purchase
from notifications.models import Message
from tests import factories
from tests.factories import at

SAME = "同一位客户说的同一件事"


@pytest.fixture
def cast(db):
    return Cast()


def fresh(case):
    return Case.objects.get(pk=case.pk)


def merge(cast, case, into, reason=SAME):
    return relations.merge(case, into=into, reason=reason, by=cast.handler.user, at=at())


def repeats(case):
    links = CaseLink.objects.filter(second=case, kind=CaseLink.Kind.REPEAT)
    return set(links.values_list("first_id", flat=True))


# ---- merging


def test_a_merged_case_points_to_the_leading_one_and_its_customer_is_told(cast):
    case, leading = cast.accepted(), cast.accepted()
    assert merge(cast, case, leading) == leading
    case = fresh(case)
    assert (case.state, case.merged_into) == (State.MERGED, leading)
    assert case.entries.filter(is_public=True, kind=Entry.Kind.PROGRESS).count() == 2
    assert not case.entries.filter(is_public=True, text=SAME).exists()


def test_people_named_get_their_finding_in_the_leading_case(cast):
    case, leading = cast.accepted(cast.seller, cast.colleague), cast.investigating(cast.seller)
    merge(cast, case, leading)
    assert {one.employee for one in leading.allegations.all()} == {cast.seller, cast.colleague}
    assert case.allegations.count() == 2
    cast.confirm(cast.propose(fresh(leading)))
    assert Finding.objects.filter(case=leading).count() == 2
    assert not Finding.objects.filter(case=case).exists()


def test_who_was_told_in_one_is_told_in_the_other_and_a_reply_goes_along(cast):
    case, leading = cast.accepted(cast.seller, cast.colleague), cast.investigating(cast.seller)
    for allegation in case.allegations.all():
        people.tell_person(allegation, by=cast.hr.user, at=at())
    people.reply(
        case.allegations.get(employee=cast.seller), text="当时在接待别人", by=cast.seller.user, at=at()
    )
    merge(cast, case, leading)
    taken_over = {one.employee.name: (one.told_at, one.reply) for one in leading.allegations.all()}
    assert taken_over == {"王丽": (at(), "当时在接待别人"), "许诺": (at(), "")}


def test_a_chain_of_merges_leads_to_its_end(cast):
    first, second, third = cast.accepted(), cast.accepted(), cast.accepted()
    merge(cast, first, second)
    merge(cast, second, third)
    assert fresh(first).merged_into == fresh(second).merged_into == third
    assert tracking.leading(fresh(first)) == third


def test_a_circle_of_merges_is_refused(cast):
    first, second = cast.accepted(), cast.accepted()
    merge(cast, first, second)
    with pytest.raises(Refused) as refusal:
        merge(cast, second, first)
    assert refusal.value.field == "into"
    assert fresh(second).state == State.ACCEPTED


def test_a_case_is_not_merged_into_itself(cast):
    case = cast.accepted()
    with pytest.raises(Refused, match="自身"):
        merge(cast, case, case)


def test_only_the_same_kind_and_company_merge(cast):
    case = cast.accepted()
    for other in (cast.receive(kind=Kind.SUGGESTION), cast.receive(kind=Kind.REPORT)):
        with pytest.raises(Refused):
            merge(cast, case, other)
    with pytest.raises(Refused):
        merge(cast, case, Cast("other", "别家").receive())
    assert fresh(case).state == State.ACCEPTED


def test_merging_needs_a_reason(cast):
    with pytest.raises(Refused) as refusal:
        merge(cast, cast.accepted(), cast.accepted(), reason="")
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("arrange", ["answered", "declined"])
def test_an_ended_case_takes_nothing_over(cast, arrange):
    if arrange == "answered":
        leading = cast.answered(cast.seller)
    else:
        leading = handling.decline(cast.receive(), reason="不是我们的", by=cast.handler.user, at=at())
    with pytest.raises(Refused, match="关联"):
        merge(cast, cast.accepted(cast.seller), leading)


def test_a_judged_case_takes_over_what_names_nobody_new_and_nothing_else(cast):
    leading = cast.proposed(cast.seller)
    with pytest.raises(Refused, match="新的人"):
        merge(cast, cast.accepted(cast.colleague), leading)
    merge(cast, cast.accepted(cast.seller), leading)
    cast.confirm(leading)


def test_a_proposed_case_is_not_merged_away(cast):
    case = cast.proposed(cast.seller)
    with pytest.raises(Refused):
        merge(cast, case, cast.accepted(cast.seller))
    assert Finding.objects.get().state == Finding.State.PROPOSED


def test_who_investigates_the_leading_case_steps_back_when_the_other_names_them(cast):
    leading = cast.investigating(cast.seller)
    case = cast.accepted()
    Allegation.objects.create(case=case, employee=cast.hr, statement="拖延", added_at=at())
    merge(cast, case, leading)
    assert fresh(leading).investigator is None


def test_somebody_whom_either_case_names_does_not_merge_them(cast):
    with pytest.raises(Refused):
        merge(cast, cast.accepted(), cast.receive(cast.handler))
    with pytest.raises(Refused):
        merge(cast, cast.receive(cast.handler), cast.accepted())


def test_the_customer_of_a_merged_case_reads_the_progress_of_the_leading_one(cast):
    case, leading = cast.accepted(), cast.accepted()
    merge(cast, case, leading)
    handling.write_entry(leading, kind="progress", text="已调取录像", by=cast.handler.user, at=at())
    handling.write_entry(leading, kind="question", text="您的合同号是多少", by=cast.handler.user, at=at())
    from complaints import progress

    words = [entry.text for entry in progress.progress_of(fresh(case))]
    assert "已调取录像" in words and "您的合同号是多少" not in words


# ---- splitting and following up


def test_a_case_split_off_is_linked_and_comes_from_the_same_customer(cast):
    case = cast.accepted(cast.seller)
    receipt = relations.split(
        case, text="另外退款也没到账", by=cast.handler.user, at=at(), employees=[cast.colleague]
    )
    new = receipt.case
    assert (new.contact_phone, new.text) == (case.contact_phone, "另外退款也没到账")
    assert [one.employee for one in new.allegations.all()] == [cast.colleague]
    link = CaseLink.objects.get(kind=CaseLink.Kind.SPLIT)
    assert (link.first, link.second) == (case, new)


def test_the_same_part_split_off_twice_is_one_case(cast):
    case = cast.accepted()
    receipts = [
        relations.split(case, text="另外退款也没到账", by=cast.handler.user, at=at()) for _time in range(2)
    ]
    assert receipts[0].case == receipts[1].case
    assert CaseLink.objects.filter(kind=CaseLink.Kind.SPLIT).count() == 1


def test_a_judged_case_is_not_split(cast):
    with pytest.raises(Refused):
        relations.split(cast.proposed(), text="另外", by=cast.handler.user, at=at())


def test_an_anonymous_voice_stays_anonymous_when_split(cast):
    case = cast.accepted(is_anonymous=True)
    new = relations.split(case, text="另外退款也没到账", by=cast.handler.user, at=at()).case
    assert new.is_anonymous and new.contact_phone == ""


def test_a_new_fact_after_the_end_is_a_new_case_linked_to_the_old(cast):
    case = cast.answered(cast.seller)
    new = relations.follow_up(case, text="又发生了一次", by=cast.handler.user, at=at(2026, 12, 1)).case
    assert (new.state, new.received_at) == (State.RECEIVED, at(2026, 12, 1))
    link = CaseLink.objects.get(kind=CaseLink.Kind.FOLLOW_UP)
    assert (link.first, link.second) == (case, new)
    assert fresh(case).state == State.RESPONDED


def test_what_is_open_is_not_followed_up(cast):
    with pytest.raises(Refused):
        relations.follow_up(cast.accepted(), text="又发生了一次", by=cast.handler.user, at=at())


# ---- linking


def test_a_link_names_the_earlier_case_first_and_stands_once(cast):
    early, late = cast.accepted(moment=at(2026, 11, 2)), cast.accepted()
    asked = {"kind": CaseLink.Kind.RELATED, "by": cast.handler.user, "at": at()}
    first = relations.link(late, early, **asked)
    assert (first.first, first.second) == (early, late)
    assert relations.link(early, late, **asked) == first


def test_a_voice_is_not_linked_to_an_internal_report_or_another_company(cast):
    asked = {"kind": CaseLink.Kind.RELATED, "by": cast.handler.user, "at": at()}
    for other in (cast.receive(kind=Kind.REPORT), Cast("other", "别家").receive()):
        with pytest.raises(Refused):
            relations.link(cast.accepted(), other, **asked)
    case = cast.accepted()
    with pytest.raises(Refused):
        relations.link(case, case, **asked)


# ---- repeat complaints


def test_the_same_customer_with_the_same_problem_is_a_repeat(cast):
    first, second = cast.accepted(moment=at(2026, 10, 8)), cast.accepted()
    assert repeats(second) == {first.pk}
    assert repeats(first) == set()


def test_another_problem_and_person_of_the_same_customer_is_no_repeat(cast):
    cast.accepted(cast.seller)
    second = cast.accepted(
        cast.colleague, text="车库漏水", problem_type="repair", fields={"problem_type": "repair"}
    )
    assert repeats(second) == set()


@pytest.mark.parametrize(
    "said",
    [
        {"text": "车库又没有车位", "problem_type": "other"},
        {"employees": True, "text": "合同写错", "problem_type": "contract"},
    ],
)
def test_the_same_topic_or_person_is_a_repeat_too(cast, said):
    people_named = [cast.seller] if said.pop("employees", False) else []
    first = cast.receive(cast.seller, text="车库停车难", problem_type="money")
    assert repeats(cast.receive(*people_named, **said)) == {first.pk}


def test_another_customer_with_the_same_problem_is_no_repeat(cast):
    cast.accepted()
    assert repeats(cast.accepted(contact=Contact("赵先生", "13900000002"))) == set()


def test_anonymous_voices_are_no_repeats(cast):
    cast.accepted(is_anonymous=True)
    assert repeats(cast.accepted(is_anonymous=True)) == set()


@pytest.mark.parametrize(("days", "is_repeat"), [(90, True), (91, False)])
def test_after_the_days_of_the_policy_it_is_no_repeat(cast, days, is_repeat):
    first = cast.accepted(moment=at() - dt.timedelta(days=days))
    assert repeats(cast.accepted()) == ({first.pk} if is_repeat else set())


def test_praise_and_what_was_taken_back_make_no_repeat(cast):
    cast.receive(kind=Kind.PRAISE)
    tracking.withdraw(cast.accepted(), reason="", at=at())
    assert repeats(cast.accepted()) == set()


def test_a_corrected_problem_leaves_no_stale_mark(cast):
    cast.accepted(text="没人理")
    second = cast.accepted(text="车库漏水")
    assert len(repeats(second)) == 1
    handling.classify(
        second, by=cast.handler.user, at=at(), problem_type="repair", severity="general", class_code="complex"
    )
    assert repeats(second) == set()


def test_a_customer_attached_later_shows_the_repeat(cast):
    first = cast.accepted()
    customer = factories.make_customer(cast.company)
    people.attach_customer(first, customer=customer, by=cast.handler.user, at=at())
    second = cast.accepted(contact=Contact())
    assert repeats(second) == set()
    people.attach_customer(second, customer=customer, by=cast.handler.user, at=at())
    assert repeats(second) == {first.pk}


def test_somebody_else_of_the_same_household_is_a_repeat(cast):
    site = factories.make_site(cast.company, "home")
    wife, husband = (
        factories.make_customer(cast.company),
        factories.make_customer(cast.company, "林先生", "13900000009"),
    )
    for one in (wife, husband):
        Purchase.objects.create(
            company=cast.company, customer=one, site=site, unit="3-2-101", signed_on=dt.date(2026, 1, 1)
        )
    first = cast.accepted(customer=wife, contact=Contact())
    assert repeats(cast.accepted(customer=husband, contact=Contact())) == {first.pk}


def test_a_repeat_tells_nobody_by_itself(cast):
    cast.accepted(), cast.accepted()
    assert not Message.objects.filter(kind__contains="repeat").exists()


def test_a_customer_who_becomes_known_later_marks_what_came_after(cast):
    customer = factories.make_customer(cast.company)
    earlier = cast.accepted(cast.seller, contact=Contact())
    later = cast.accepted(cast.seller, contact=Contact(), customer=customer)
    assert repeats(later) == set()
    people.attach_customer(earlier, customer=customer, by=cast.handler.user, at=at())
    assert repeats(later) == {earlier.pk}


def test_an_earlier_case_that_is_about_something_else_after_all_takes_the_mark_away(cast):
    earlier = cast.accepted()
    later = cast.accepted()
    assert repeats(later) == {earlier.pk}
    handling.classify(
        earlier,
        by=cast.handler.user,
        at=at(),
        problem_type="repair",
        severity="general",
        class_code="general",
    )
    assert repeats(fresh(later)) == {earlier.pk}  # the words still speak of the same topic
    for case in (earlier, later):
        handling.set_topics(fresh(case), codes=[], by=cast.handler.user, at=at())
    assert repeats(later) == set()
