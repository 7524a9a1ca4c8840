"""What a page remembers ends with the page, and what writes remembers nothing."""

import threading

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from core.middleware import OnePageMiddleware
from core.remembering import one_page, remembered


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
