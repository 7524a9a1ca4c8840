"""A run is claimed by lease, beaten, lost, tried again; twice at once is harmless."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.utils import timezone

from core.flow import Refused
from jobs import services
from jobs.models import Run
from tests.factories import at

DUE = dt.timedelta(seconds=1)


@pytest.fixture
def kind(monkeypatch):
    """Registers what the run of kind 'test' does."""
    kinds = services.Registry()
    monkeypatch.setattr(services, "run_kinds", kinds)
    return lambda do: kinds.register("test", do)


def make_run(company, key="1"):
    return services.request_run(company=company, kind="test", key=key, by=None, at=timezone.now())


def later(run):
    return run.lease_until + DUE


def test_a_run_is_executed_once_and_keeps_its_result(company, kind):
    kind(lambda run, beat: {"answer": 42})
    run = services.run_now(make_run(company).pk)
    assert (run.state, run.result, run.attempts) == (Run.State.DONE, {"answer": 42}, 1)
    assert services.run_now(run.pk) is None


def test_asking_for_the_same_run_again_makes_no_second_row(company, kind):
    assert make_run(company).pk == make_run(company).pk


def test_a_claimed_run_is_not_claimed_again_before_its_lease_lapses(company):
    run = make_run(company)
    first = services.claim(run.pk, at=timezone.now())
    assert services.claim(run.pk, at=timezone.now()) is None
    assert services.claim(run.pk, at=later(first)).attempts == 2


def test_a_beat_prolongs_the_lease_and_shows_progress(company):
    run = services.claim(make_run(company).pk, at=timezone.now())
    before = run.lease_until
    services.beat(run, step="ranking", done=3, total=9)
    run.refresh_from_db()
    assert run.lease_until > before
    assert (run.step, run.percent) == ("ranking", 33)


def test_a_worker_that_lost_its_lease_stops_at_the_next_beat(company):
    slow = services.claim(make_run(company).pk, at=timezone.now())
    services.claim(slow.pk, at=later(slow))
    with pytest.raises(services.LeaseLost):
        services.beat(slow, done=1)


def test_a_worker_that_lost_its_lease_cannot_finish_the_run(company, kind):
    def overtaken(run, beat):
        assert services.claim(run.pk, at=later(run)) is not None
        return {"from": "the slow one"}

    kind(overtaken)
    run = services.run_now(make_run(company).pk)
    assert (run.state, run.result) == (Run.State.RUNNING, {})


def test_a_run_whose_worker_died_is_found_by_its_lease(company, kind):
    kind(lambda run, beat: {"found": True})
    dead = services.claim(make_run(company).pk, at=timezone.now())
    assert list(Run.objects.due(later(dead))) == [dead]
    assert services.run_now(dead.pk, at=later(dead)).state == Run.State.DONE


def test_a_program_error_is_tried_again_later(company, kind):
    tries = []

    def broken_once(run, beat):
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("the database hiccupped")

    kind(broken_once)
    run = services.run_now(make_run(company).pk)
    assert run.state == Run.State.QUEUED
    assert "hiccupped" in run.error
    assert run.next_try_at > timezone.now() + dt.timedelta(seconds=5)
    run = services.run_now(run.pk, at=run.next_try_at)
    assert (run.state, run.error, run.attempts) == (Run.State.DONE, "", 2)


def test_waits_between_tries_grow_up_to_a_limit(company, kind):
    def broken(run, beat):
        raise RuntimeError

    kind(broken)
    run, waits = make_run(company), []
    while run.state == Run.State.QUEUED:
        begun = timezone.now()
        run = services.run_now(run.pk, at=run.next_try_at)
        waits.append(run.next_try_at - begun)
    assert run.state == Run.State.FAILED
    assert run.attempts == services.MOST_ATTEMPTS
    assert waits[0] < waits[1] < waits[2] < waits[3]
    assert max(waits) < services.LONGEST_WAIT + DUE


def test_a_refusal_fails_the_run_with_its_sentence_and_is_not_tried_again(company, kind):
    def refused(run, beat):
        raise Refused("云栖里的业绩表缺 10 月。")

    kind(refused)
    run = services.run_now(make_run(company).pk)
    assert (run.state, run.error) == (Run.State.FAILED, "云栖里的业绩表缺 10 月。")
    assert services.run_now(run.pk, at=at(2030)) is None


def test_a_failed_run_that_is_asked_for_again_is_queued_again(company, kind):
    def refused(run, beat):
        raise Refused("not yet")

    kind(refused)
    services.run_now(make_run(company).pk)
    assert make_run(company).state == Run.State.QUEUED


def test_finish_here_executes_what_nobody_has_taken(company, kind):
    kind(lambda run, beat: {})
    assert services.finish_here(make_run(company)).state == Run.State.DONE


def test_the_tick_wakes_a_worker_for_each_due_run(company, monkeypatch):
    woken = []
    monkeypatch.setattr(services, "wake_up", woken.append)
    run = make_run(company)
    services.send_due(timezone.now())
    assert woken == [run.pk]


def test_verify_names_a_run_that_died_long_ago(company):
    run = services.claim(make_run(company).pk, at=timezone.now())
    assert list(services.violations()) == []
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - dt.timedelta(hours=1))
    assert len(list(services.violations())) == 1


def test_a_run_that_failed_keeps_no_values_of_the_database(company, kind):
    number = "138" + "0" * 8

    def broken(run, beat):
        raise IntegrityError(f"twice\nDETAIL:  Key (kind, key)=(phone, {number}) already exists.\n")

    kind(broken)
    run = services.run_now(make_run(company).pk)
    assert "IntegrityError: twice" in run.error
    assert number not in run.error
    Run.objects.update(attempts=services.MOST_ATTEMPTS, next_try_at=timezone.now())
    run = services.run_now(run.pk)
    assert (run.state, number in run.error) == (Run.State.FAILED, False)
