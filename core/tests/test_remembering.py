"""What a page remembers ends with the page, and what writes remembers nothing."""

import datetime as dt
import threading

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from core.middleware import OnePageMiddleware
from core.models import CalendarDay
from core.remembering import one_page, remembered
from core.workdays import due_after, working_days_left
from organization.scopes import with_descendants
from tests import factories


class Asked:
    """Counts how often it is asked."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return self.times


@pytest.fixture
def ask():
    return Asked()


def twice(ask, key="rules"):
    return [remembered(key, ask), remembered(key, ask)]


def test_outside_of_a_page_each_question_is_asked_anew(ask):
    assert twice(ask) == [1, 2]


def test_within_a_page_a_question_is_asked_once_and_another_one_by_itself(ask):
    with one_page():
        assert twice(ask) == [1, 1]
        assert twice(ask, "other rules") == [2, 2]


def test_nothing_is_kept_for_the_next_page(ask):
    for _page in range(2):
        with one_page():
            twice(ask)
    assert ask.times == 2
    assert remembered("rules", ask) == 3


def test_a_page_that_breaks_off_leaves_nothing_behind(ask):
    with pytest.raises(ZeroDivisionError), one_page():
        twice(ask)
        raise ZeroDivisionError
    assert twice(ask) == [2, 3]


def test_none_is_an_answer_too():
    answers = iter([None])
    with one_page():
        assert twice(lambda: next(answers)) == [None, None]


def test_the_page_of_another_thread_asks_for_itself(ask):
    def other():
        with one_page():
            twice(ask)

    with one_page():
        twice(ask)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert ask.times == 2


@pytest.mark.parametrize(
    ("method", "times"), [("GET", 1), ("HEAD", 1), ("POST", 2), ("PUT", 2), ("PATCH", 2), ("DELETE", 2)]
)
def test_only_reading_remembers(ask, method, times):
    def view(request):
        twice(ask)
        return HttpResponse()

    OnePageMiddleware(view)(RequestFactory().generic(method, "/"))
    assert ask.times == times


@pytest.fixture
def holiday(db):
    """1 January 2027, a Friday off, and the Saturday after it, worked instead."""
    CalendarDay.objects.create(day=dt.date(2027, 1, 1), is_workday=False)
    CalendarDay.objects.create(day=dt.date(2027, 1, 2), is_workday=True)


@pytest.mark.parametrize("days", range(1, 8))
def test_deadlines_of_a_page_are_those_of_the_verbs_across_the_turn_of_the_year(holiday, days):
    start = dt.date(2026, 12, 30)
    alone = due_after(start, days)
    with one_page():
        assert (due_after(start, days).day, due_after(start, days).counted) == (alone.day, alone.counted)


def test_a_page_reads_the_calendar_of_each_year_once(holiday, django_assert_num_queries):
    with one_page(), django_assert_num_queries(2):
        for days in (3, 5, 8):
            due_after(dt.date(2026, 12, 30), days)
        working_days_left(factories.at(2026, 12, 30), dt.date(2027, 1, 8))


def test_the_departments_of_a_page_are_its_own_companys(db):
    first, second = factories.make_company(), factories.make_company("other", "别的公司")
    here, there = factories.make_department(first), factories.make_department(second)
    with one_page():
        below = factories.make_department(first, "sales-1-1", "一组", parent=here)
        assert with_descendants({here.pk}, first.pk) == {here.pk, below.pk}
        team = factories.make_department(second, "sales-1-1", "一组", parent=there)
        assert with_descendants({there.pk}, second.pk) == {there.pk, team.pk}
    more = factories.make_department(first, "sales-1-2", "二组", parent=here)
    assert with_descendants({here.pk}, first.pk) == {here.pk, below.pk, more.pk}
