"""Many at once on intake and tracking; each control doubles without its guard."""

import pytest

from complaints.models import Case, Entry, Guess
from complaints.services import closing, tracking
from complaints.services.intake import receive
from complaints.tests.build_intake import Desk
from core.flow import Refused
from core.models import Counter, Event
from tests.factories import at
from tests.racing import at_once, careless, kinds

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
TIMES = 8


@pytest.fixture
def desk():
    return Desk()


def again(case):
    return Case.objects.get(pk=case.pk)


def form(desk, key):
    return {
        "company": desk.company,
        "kind": "complaint",
        "channel": "web",
        "text": "等了很久",
        "key": key,
        "at": at(),
        "employees": [desk.consultant],
    }


def test_one_form_sent_many_times_at_once_is_one_case_with_one_number(desk):
    outcomes = at_once([lambda: receive(**form(desk, "tap"))] * TIMES)
    assert kinds(outcomes) == {"done": TIMES}
    assert {(one.case.pk, one.case.number, one.code) for one in outcomes} == {
        (Case.objects.get().pk, "TS-2611-0001", outcomes[0].code)
    }
    assert sum(one.is_new for one in outcomes) == 1
    assert Event.objects.filter(name="complaints.case_received").count() == 1
    assert Counter.objects.get(series="TS-2611").last == 1


def test_many_forms_at_once_have_numbers_without_gap_or_double(desk):
    works = [lambda place=place: receive(**form(desk, f"tap-{place}")) for place in range(TIMES)]
    outcomes = at_once(works)
    assert kinds(outcomes) == {"done": TIMES}
    numbers = sorted(one.case.number for one in outcomes)
    assert numbers == [f"TS-2611-{place:04d}" for place in range(1, TIMES + 1)]


def test_the_control_doubles_when_only_looked_for_before(desk):
    numbers = iter(range(100))

    def write():
        number = f"X-{next(numbers)}"
        Case.objects.create(
            company=desk.company, number=number, key=number, kind="complaint", channel="web", received_at=at()
        )

    careless(lambda: not Case.objects.filter(text="").exists(), write, TIMES)
    assert Case.objects.count() == TIMES


def test_many_ratings_at_once_are_one(desk):
    case = desk.answered()
    outcomes = at_once([lambda: tracking.rate(again(case), rating=5, comment="好", at=at(day=7))] * TIMES)
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    assert Entry.objects.filter(kind="from_customer").count() == 1


def test_many_taps_on_add_are_one_entry(desk):
    case = desk.accepted()
    outcomes = at_once([lambda: tracking.add(again(case), text="还有", at=at(day=5))] * TIMES)
    assert kinds(outcomes) == {"done": TIMES}
    assert Entry.objects.filter(kind="from_customer").count() == 1


def test_many_taps_on_look_again_reopen_once(desk):
    case = desk.answered()
    outcomes = at_once([lambda: tracking.reopen(again(case), reason="没有人来", at=at(day=9))] * TIMES)
    assert kinds(outcomes) == {"Refused": TIMES - 1, "done": 1}
    assert again(case).reopened == 1


def test_closing_against_rating_and_closing_leaves_one_end(desk):
    case = desk.answered()
    works = [lambda: closing.close_due(at(day=18, hour=0))] * 3
    works += [lambda: tracking.rate(again(case), rating=4, at=at(day=18, hour=0))] * 3
    outcomes = at_once(works)
    assert [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refused)] == []
    assert sum(outcomes[:3]) == 1
    assert (again(case).state, again(case).rating) == ("closed", 4)


def test_wrong_codes_at_once_are_all_counted(desk):
    def guess():
        return tracking.look_up(number="TS-2611-0001", code="23456789", address="203.0.113.7", at=at())

    outcomes = at_once([guess] * TIMES)
    assert kinds(outcomes) == {"Refused": TIMES}
    assert set(Guess.objects.values_list("count", flat=True)) == {TIMES}
