"""What a suggestion did: windows, counts from answers, too few, the second person, the fact that follows."""

import datetime as dt

import pytest
from django.db import connection

from core.facts import facts_between
from core.flow import Refused
from improvements.models import MeasuredEffect
from improvements.selectors.suggestions import (
    alike,
    effects_are_what_was_counted,
    nobody_judges_their_own,
    same_ground,
    suggestion_facts,
)
from improvements.services.suggestion_assessment import give_up_suggestion
from improvements.services.suggestion_effect import (
    confirm_effect,
    counts_of,
    measure_effect,
    record_implementation,
    send_effect_back,
    widen_window,
)
from improvements.suggestions import rules
from improvements.tests.build_suggestions import (
    CARRIED_OUT,
    CONFIRMED,
    FIRST_DAY,
    MEASURED,
    PROBLEM,
    PROPOSAL,
    Box,
    again,
)
from surveys.models import Answer
from surveys.services.exclusions import exclude
from tests.factories import at

SPAN = {"since": at(2020, 1, 1), "until": at(2030, 1, 1)}


@pytest.fixture
def box(db):
    return Box()


def refused(act):
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.field or refusal.value.code


# ---- windows and likeness


def test_the_two_windows_are_of_the_same_length_and_do_not_touch():
    before, after = rules.windows_around(FIRST_DAY, 30)
    assert (before.first, before.last) == (dt.date(2026, 6, 1), dt.date(2026, 6, 30))
    assert (after.first, after.last) == (FIRST_DAY, dt.date(2026, 7, 30))
    assert before.days == after.days == 30
    assert rules.may_measure_on(after) == dt.date(2026, 7, 31)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("排队取号", "排队取号", 1.0),
        ("排队取号", "停车收费", 0.0),
        ("", "排队", 0.0),
        ("ab cd", "AB-CD", 1.0),
    ],
)
def test_likeness_of_two_texts(one, other, expected):
    assert rules.likeness(rules.pairs_of(one), rules.pairs_of(other)) == expected


# ---- what is counted


def test_the_counts_are_those_of_the_answers_in_the_windows_and_are_frozen_with_them(box):
    before, after = box.before(120, 200), box.after(170, 200)
    box.answers(0, 50, FIRST_DAY - dt.timedelta(days=100))
    box.answers(0, 50, FIRST_DAY + dt.timedelta(days=60), days=1)
    box.after(0, 40, employee=box.cast.other_head)
    measure_effect(box.implemented(), by=box.hr, at=MEASURED)
    effect = MeasuredEffect.objects.get()
    assert (effect.before_k, effect.before_n, effect.after_k, effect.after_n) == (120, 200, 170, 200)
    assert effect.before_answers == sorted(one.pk for one in before)
    assert len(effect.after_answers) == len(after)
    assert (effect.before_first, effect.after_last) == (dt.date(2026, 5, 2), dt.date(2026, 8, 29))
    assert effect.is_demonstrable and effect.difference == pytest.approx(0.25)
    assert list(effects_are_what_was_counted()) == []


def test_a_dimension_counts_the_policys_satisfied_values(box):
    box.measured(measure="attitude", before=(30, 60), after=(45, 60))
    effect = MeasuredEffect.objects.get()
    assert (effect.satisfied, effect.before_k, effect.after_k) == ([4, 5], 30, 45)


def test_a_department_counts_with_all_below_it_and_the_company_everything(box):
    parent = box.company.departments.get(code="sales")
    box.before(20, 40)
    box.after(30, 40)
    box.after(10, 10, employee=box.cast.other_head)
    for subject, n in (
        (("department", parent.pk), 50),
        (("company", box.company.pk), 50),
        (("department", box.sales.pk), 40),
    ):
        assert counts_of(box.implemented(subject=subject), MEASURED).after.n == n  # fmt: skip


def test_an_excluded_answer_does_not_count(box):
    answers = box.before(20, 40)
    exclude(
        answers[0],
        reason="同一客户重复填写，核实后剔除",
        by=box.hr,
        at=MEASURED,
    )
    box.after(30, 40)
    counts = counts_of(box.implemented(), MEASURED)
    assert (counts.before.k, counts.before.n) == (19, 39)


def test_before_the_window_has_passed_it_says_when(box):
    suggestion = box.implemented()
    box.before(120, 200)
    box.after(170, 200)
    early = at(2026, 8, 29, 23)
    assert refused(lambda: measure_effect(suggestion, by=box.hr, at=early)) == "too_early"
    assert "8 月 30 日" in counts_of(suggestion, early).sentence
    assert measure_effect(suggestion, by=box.hr, at=at(2026, 8, 30, 0, 1)).state == "measured"


def test_too_few_answers_say_so_and_only_then_the_window_is_widened(box):
    suggestion = box.implemented(days=30)
    box.before(20, 29)
    box.after(25, 40)
    assert refused(lambda: measure_effect(suggestion, by=box.hr, at=MEASURED)) == "too_few"
    assert "29" in counts_of(suggestion, MEASURED).sentence
    widen = {"by": box.hr, "at": MEASURED}
    assert refused(lambda: widen_window(suggestion, window_days=30, **widen)) == "window_days"
    assert refused(lambda: widen_window(suggestion, window_days=91, **widen)) == "window_days"
    widen_window(suggestion, window_days=60, **widen)
    box.answers(5, 10, FIRST_DAY - dt.timedelta(days=50), days=5)
    assert refused(lambda: widen_window(again(suggestion), window_days=90, **widen)) == "window_days"
    assert measure_effect(again(suggestion), by=box.hr, at=MEASURED).effect.before_n == 39


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": dt.date(2026, 7, 2)}, "day"),
        ({"day": dt.date(2026, 5, 31)}, "day"),
        ({"day": None}, "day"),
        ({"measure": "weather"}, "measure"),
        ({"subject_id": 999}, "subject"),
        ({"window_days": 29}, "window_days"),
        ({"window_days": 91}, "window_days"),
    ],
)
def test_what_is_measured_is_fixed_within_the_policys_limits(box, changes, field):
    suggestion = box.adopted()
    given = {
        "day": FIRST_DAY,
        "measure": "overall",
        "subject_kind": "department",
        "subject_id": box.sales.pk,
        "window_days": 60,
    } | changes
    assert refused(lambda: record_implementation(suggestion, by=box.hr, at=CARRIED_OUT, **given)) == field
    assert again(suggestion).state == "adopted"


# ---- the second person and the fact


def test_who_measured_the_author_and_their_line_do_not_confirm(box):
    suggestion = box.measured()
    for user in (box.hr, box.author.user, box.cast.head.user):
        assert refused(lambda user=user: confirm_effect(suggestion, by=user, at=CONFIRMED)) == "barred"
    assert suggestion_facts(box.company, "suggestion", **SPAN) == []
    confirm_effect(suggestion, by=box.second, at=CONFIRMED)
    assert list(nobody_judges_their_own()) == []


def test_a_confirmed_effect_is_one_fact_with_the_counts_and_those_behind_it(box):
    suggestion = box.confirmed()
    (fact,) = facts_between(box.company, kind="suggestion", **SPAN)
    assert fact.key == f"suggestion:{suggestion.pk}" and fact.employee_id == box.author.pk
    assert fact.figures == {"before": {"k": 120, "n": 200}, "after": {"k": 170, "n": 200}}
    assert fact.verified_by == (box.hr.pk, box.second.pk)
    assert (fact.happened_on, fact.verified_at) == (FIRST_DAY, CONFIRMED)
    assert facts_between(box.company, kind="data_error", **SPAN) == []


def test_what_was_sent_back_is_counted_anew_over_the_same_windows(box):
    suggestion = box.measured()
    back = {"reason": "有一份答卷是同事自己填的", "by": box.second, "at": CONFIRMED}
    assert refused(lambda: send_effect_back(suggestion, **(back | {"by": box.hr}))) == "barred"
    send_effect_back(suggestion, **back)
    assert (again(suggestion).state, again(suggestion).effect) == ("implemented", None)
    exclude(Answer.objects.order_by("-pk").first(), reason="同事代填，核实后剔除", by=box.hr, at=CONFIRMED)
    measure_effect(again(suggestion), by=box.hr, at=CONFIRMED)
    seen = MeasuredEffect.objects.earliest("pk").pk
    unread = {"by": box.second, "at": CONFIRMED, "seen": seen}
    assert refused(lambda: confirm_effect(again(suggestion), **unread)) == "changed"
    assert [one.after_n for one in MeasuredEffect.objects.order_by("pk")] == [200, 199]
    assert list(effects_are_what_was_counted()) == []


def test_an_adopted_one_that_is_not_done_after_all_is_given_up_with_a_reason(box):
    suggestion = box.adopted()
    reason = {"reason": "今年没有预算了，做不成。", "by": box.second, "at": CARRIED_OUT}
    assert give_up_suggestion(suggestion, **reason).state == "declined"
    measured = box.measured()
    assert refused(lambda: give_up_suggestion(measured, **reason)) == "state"


def test_verify_finds_a_figure_that_was_changed_and_a_hand_of_the_author(box):
    suggestion = box.confirmed()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE improvements_measuredeffect SET after_k = after_k + 1")
        cursor.execute(
            "UPDATE improvements_suggestion SET measured_by_id = %s WHERE id = %s",
            [box.author.user.pk, suggestion.pk],
        )
    assert len(list(effects_are_what_was_counted())) == 1
    assert any("judged by its author" in one for one in nobody_judges_their_own())


def test_two_effects_counted_from_the_same_answers_are_shown_to_each_other(box):
    first = box.measured()
    second = box.implemented(suggestion=box.adopted(by=box.cast.colleague.user))
    measure_effect(second, by=box.hr, at=MEASURED)
    assert same_ground(again(first)) == [second] and same_ground(again(second)) == [first]


def test_what_is_alike_is_found_the_closest_first_and_only_what_came_earlier(box):
    first = box.submit()
    box.submit(problem="停车场晚上太暗，客户找不到车。", proposal="入口加两盏灯，写上车位号。")
    text = f"{PROBLEM}\n{PROPOSAL}"
    assert [one.suggestion for one in alike(box.company, text, 0.4)] == [first]
    later = box.submit(by=box.cast.colleague.user, moment=at(2026, 6, 3))
    assert [one.suggestion for one in alike(box.company, text, 0.4, but=later)] == [first]
    assert alike(box.company, text, 0.4, but=first) == []
