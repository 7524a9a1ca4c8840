"""A suggestion from the box to the decision on it: who may, what is refused, what the author hears."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from core.flow import Refused
from improvements.models import Assessment, MeasuredEffect, Suggestion
from improvements.services.suggestion_assessment import (
    adopt_suggestion,
    ask_opinion,
    decline_suggestion,
    give_opinion,
    link_duplicate,
    try_suggestion,
)
from improvements.services.suggestion_clock import remind_overdue
from improvements.services.suggestion_intake import resubmit_suggestion, withdraw_suggestion
from improvements.tests.build_suggestions import ASSESSED, PROBLEM, REASON, SUBMITTED, Box, again
from jobs.tests import samples
from notifications.models import Message
from policies.models import Version
from tests.factories import at
from tests.racing import at_once


@pytest.fixture
def box(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Box()


def refused(act):
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.field or refusal.value.code


def adopt(suggestion, by, **changes):
    given = {"benefit": 4, "effort": 2, "reason": REASON, "owner": suggestion.author} | changes
    return adopt_suggestion(suggestion, by=by, at=ASSESSED, **given)


def told(kind):
    return set(Message.objects.filter(kind=kind).values_list("recipient__name", flat=True))


# ---- submitting


def test_a_suggestion_is_numbered_with_a_clock_and_both_sides_hear_of_it(box):
    found = box.submit(files=[("前台.jpg", samples.jpeg())])
    assert (found.number, found.state, found.department) == ("YG-2606-0001", "submitted", box.sales)
    assert len(found.counted_days) == 10 and found.due_at > at(2026, 6, 12)
    assert [one.attachment.name for one in found.files.all()] == ["前台.jpg"]
    assert told("improvements.my_suggestion_submitted") == {"王丽"}
    assert {"陈静", "许岚", "刘洋"} <= told("improvements.suggestion_new")
    assert "王丽" not in told("improvements.suggestion_new")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"problem": "排队"}, "problem"),
        ({"proposal": " "}, "proposal"),
        ({"expected": ""}, "expected"),
        ({"files": [("a.exe", b"MZ")]}, "files"),
    ],
)
def test_what_is_missing_is_refused_beside_its_field_and_nothing_is_kept(box, wrong, field):
    assert refused(lambda: box.submit(**wrong)) == field
    assert not Suggestion.objects.exists() and not Message.objects.exists()


def test_the_same_form_twice_is_one_suggestion(box):
    assert box.submit(key="form:1").pk == box.submit(key="form:1").pk
    assert Suggestion.objects.count() == 1


def test_without_the_section_there_is_no_box(box):
    version = Version.objects.get()
    Version.objects.update(content={k: v for k, v in version.content.items() if k != "suggestions"})
    assert refused(box.submit) == "no_box"


def test_only_who_assesses_enters_one_for_a_colleague(box):
    entered = box.submit(by=box.hr, author=box.author)
    assert (entered.author, entered.entered_by) == (box.author, box.hr)
    assert refused(lambda: box.submit(by=box.cast.colleague.user, author=box.author)) == "author"


# ---- assessing


def test_neither_the_author_nor_their_line_assesses(box):
    own = box.submit(by=box.hr)
    assert refused(lambda: adopt(own, box.hr)) == "barred"
    of_seller = box.submit()
    assert refused(lambda: adopt(of_seller, box.cast.head.user)) == "barred"
    assert not Assessment.objects.exists()
    assert adopt(of_seller, box.hr).state == "adopted"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"benefit": None}, "benefit"),
        ({"effort": 9}, "effort"),
        ({"owner": None}, "owner"),
        ({"reason": "好"}, "reason"),
    ],
)
def test_adopting_asks_for_ratings_owner_and_a_reason(box, changes, field):
    suggestion = box.submit()
    assert refused(lambda: adopt(suggestion, box.hr, **changes)) == field
    assert again(suggestion).state == "submitted"


def test_a_trial_ends_in_adoption_or_refusal(box):
    suggestion = box.submit()
    tried = {"benefit": 3, "effort": 3, "reason": REASON, "by": box.hr, "at": ASSESSED}
    assert refused(lambda: try_suggestion(suggestion, until=ASSESSED.date(), **tried)) == "trial_until"
    try_suggestion(suggestion, until=dt.date(2026, 7, 15), **tried)
    assert adopt(again(suggestion), box.second).state == "adopted"
    assert list(Assessment.objects.values_list("outcome", flat=True)) == ["trial", "adopted"]


def test_a_refusal_has_a_reason_and_is_answered_once(box):
    suggestion = box.submit()
    assert refused(lambda: decline_suggestion(suggestion, reason="不行", by=box.hr, at=ASSESSED)) == "reason"
    suggestion = box.declined()
    assert told("improvements.my_suggestion_declined") == {"王丽"}
    other = {"plea": "去年没有屏幕，这次有，客户看得见号。", "at": at(2026, 6, 8)}
    assert (
        refused(lambda: resubmit_suggestion(suggestion, by=box.cast.colleague.user, **other)) == "not_yours"
    )
    resubmit_suggestion(suggestion, by=box.author.user, **other)
    assert again(suggestion).state == "submitted" and again(suggestion).due_at > at(2026, 6, 19)
    suggestion = decline_suggestion(
        again(suggestion), reason="屏幕今年没有预算，明年再看。", by=box.second, at=at(2026, 6, 9)
    )
    assert refused(lambda: resubmit_suggestion(suggestion, by=box.author.user, **other)) == "answered"
    assert [one.outcome for one in suggestion.assessments.all()] == ["declined", "declined"]


def test_the_earlier_of_two_alike_has_priority(box):
    first = box.submit()
    later = box.submit(by=box.cast.colleague.user, moment=at(2026, 6, 2))
    link = {"reason": "与前一条是同一个办法。", "by": box.hr, "at": ASSESSED}
    assert refused(lambda: link_duplicate(first, earlier=later, **link)) == "earlier"
    assert refused(lambda: link_duplicate(later, earlier=later, **link)) == "earlier"
    link_duplicate(later, earlier=first, **link)
    assert (again(later).state, again(later).duplicate_of) == ("duplicate", first)
    withdraw_suggestion(first, by=box.author.user, at=at(2026, 6, 6))
    assert (again(later).state, again(later).duplicate_of) == ("submitted", None)
    assert again(later).due_at > at(2026, 6, 19)


def test_a_suggestion_is_withdrawn_by_its_author_before_it_is_assessed(box):
    suggestion = box.submit()
    assert refused(lambda: withdraw_suggestion(suggestion, by=box.hr, at=ASSESSED)) == "not_yours"
    adopt(suggestion, box.hr)
    assert refused(lambda: withdraw_suggestion(suggestion, by=box.author.user, at=ASSESSED)) == "state"


def test_a_department_is_asked_and_its_head_answers_once(box):
    suggestion = box.submit()
    opinion = ask_opinion(suggestion, department=box.cast.other, question="行吗", by=box.hr, at=ASSESSED)
    assert told("improvements.suggestion_asked") == {"赵敏"}
    assert (
        refused(
            lambda: ask_opinion(suggestion, department=box.cast.other, question="", by=box.hr, at=ASSESSED)
        )
        == "department"
    )
    answer = {"stance": "for", "text": "我们这边也排队，愿意先试。", "at": ASSESSED}
    assert refused(lambda: give_opinion(opinion, by=box.cast.head.user, **answer)) == "barred"
    give_opinion(opinion, by=box.cast.other_head.user, **answer)
    assert refused(lambda: give_opinion(opinion, by=box.cast.other_head.user, **answer)) == "state"
    seen = Suggestion.objects.visible_to
    assert seen(box.cast.other_head.user).get() == suggestion
    assert not seen(box.cast.head.user).exists()


def test_an_overdue_suggestion_is_reminded_of_once(box):
    suggestion = box.submit()
    assert remind_overdue(suggestion.due_at - dt.timedelta(seconds=1)) == 0
    assert remind_overdue(suggestion.due_at) == 1
    assert remind_overdue(suggestion.due_at + dt.timedelta(days=1)) == 0
    assert told("improvements.suggestion_late") >= {"陈静", "许岚"}
    withdraw_suggestion(again(suggestion), by=box.author.user, at=at(2026, 7, 1))


def test_the_database_keeps_the_second_pair_of_eyes(box):
    suggestion = box.confirmed()
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.filter(pk=suggestion.pk).update(confirmed_by=box.hr)
    assert MeasuredEffect.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_assess_at_once_one_is_refused(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    box = Box()
    pk = box.submit().pk
    fresh = Suggestion.objects.get
    outcomes = at_once(
        [
            lambda: adopt(fresh(pk=pk), box.hr),
            lambda: decline_suggestion(fresh(pk=pk), reason=REASON, by=box.second, at=ASSESSED),
        ]
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["Refused", "Suggestion"]
    assert Assessment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_at_once_is_one_suggestion(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    box = Box()
    outcomes = at_once([lambda: box.submit(key="form:1") for _number in range(4)])
    assert {one.pk for one in outcomes} == {Suggestion.objects.get().pk}
    assert Suggestion.objects.get().problem == PROBLEM and Suggestion.objects.get().submitted_at == SUBMITTED
