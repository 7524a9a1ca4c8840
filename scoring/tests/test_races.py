"""Many at once: one set of rows. The control shows that the same race doubles when the guards are off."""

import threading

import pytest
from django.db import connection

from core.period import Period
from scoring.models import Cell, Rating, Score, Standing, Unfolding
from scoring.services import close_period, unfold_pending, unfolding
from scoring.tests import world
from surveys.models import Answer
from tests import factories

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
OCTOBER = Period.parse("2026-10")
THREADS = 4


def at_once(work, threads=THREADS):
    """Run `work` in several threads behind a barrier; returns what was raised."""
    barrier, raised = threading.Barrier(threads), []

    def run():
        barrier.wait()
        try:
            work()
        except Exception as failure:  # noqa: BLE001  whatever is raised is what the test asks about
            raised.append(failure)
        finally:
            connection.close()

    started = [threading.Thread(target=run) for _number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return raised


def made_month(code="qinghe"):
    company = factories.make_company(code)
    campaign, team = world.make_month(company, total=20, best=18)
    return company, campaign, team


def results(company, team):
    """Everything a close writes, people by their place in the team."""
    place = {employee.pk: number for number, employee in enumerate(team)}
    scores = Score.objects.filter(company=company)
    return {
        "scores": sorted(
            (kind, place.get(pk, 0) if kind == "employee" else 0, measure, k, n)
            for kind, pk, measure, k, n in scores.values_list(
                "subject_kind", "subject_id", "measure", "k", "n"
            )
        ),
        "standings": sorted(
            (place[pk], k, n, rank, mark)
            for pk, k, n, rank, mark in Standing.objects.filter(company=company).values_list(
                "employee_id", "k", "n", "rank", "place"
            )
        ),
        "counted": sum(
            Cell.objects.filter(company=company, measure="satisfied").values_list("count", flat=True)
        ),
    }


def test_closes_at_the_same_time_make_one_set_of_rows():
    company, _campaign, team = made_month()
    control, _campaign, control_team = made_month("control")
    close_period(company=control, period=OCTOBER, at=world.november())
    assert at_once(lambda: close_period(company=company, period=OCTOBER, at=world.november())) == []
    assert results(company, team) == results(control, control_team)


def test_unfolding_at_the_same_time_counts_once():
    company, _campaign, _team = made_month()
    assert at_once(lambda: unfold_pending(company, world.november())) == []
    assert Unfolding.objects.count() == 160
    assert (
        sum(Cell.objects.filter(measure="satisfied", period="2026-10").values_list("count", flat=True)) == 160
    )


def test_answers_that_come_in_while_the_month_closes_are_counted_in_one_month():
    company, campaign, team = made_month()
    unfold_pending(company, world.november())
    world.give_answers(campaign, team[0], 5, 5)
    late = list(Answer.objects.filter(unfolding=None).values_list("pk", flat=True))
    work = [lambda: close_period(company=company, period=OCTOBER, at=world.november())]
    work += [lambda: unfolding.unfold_answers(company, late)] * 3
    assert at_once(lambda: work.pop()()) == []
    counted = Unfolding.objects.filter(month="2026-10").count()
    score = Score.objects.get(subject_kind="company", measure="overall")
    assert score.n == counted
    assert Unfolding.objects.count() == 165


def test_control_without_lock_and_guard_the_same_race_doubles(monkeypatch):
    company, _campaign, _team = made_month()
    barrier = threading.Barrier(2)
    monkeypatch.setattr(unfolding, "hold_books", lambda company: None)
    for model in (Unfolding, Rating):
        careless = model.objects.bulk_create
        monkeypatch.setattr(
            model.objects,
            "bulk_create",
            lambda rows, careless=careless: careless(rows, ignore_conflicts=True),
        )

    class Meeting(unfolding.Books):
        def __init__(self, company):
            barrier.wait(timeout=20)
            super().__init__(company)

    monkeypatch.setattr(unfolding, "Books", Meeting)
    unguarded = unfolding._unfold_batch.__wrapped__
    assert at_once(lambda: unguarded(company, Answer.objects.all()), threads=2) == []
    assert (
        sum(Cell.objects.filter(measure="satisfied", period="2026-10").values_list("count", flat=True)) == 320
    )
