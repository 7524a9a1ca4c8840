import pytest

from core.flow import Refused, advance
from jobs.models import Run
from tests.factories import at


def make_run(company):
    return Run.objects.create(
        company=company,
        kind="close",
        key="2026-10",
        requested_at=at(),
        next_try_at=at(),
        state=Run.State.RUNNING,
    )


def test_advance_moves_stamps_and_records(company):
    run = make_run(company)
    advance(run, Run.FINISH, by=None, at=at(), finished_at=at())
    run.refresh_from_db()
    assert (run.state, run.finished_at) == (Run.State.DONE, at())


def test_advance_writes_one_audit_row(company):
    from audit.models import AuditRow

    run = make_run(company)
    advance(run, Run.FINISH, by=None, at=at())
    row = AuditRow.objects.get()
    assert (row.verb, row.object_id, row.from_state, row.to_state) == (
        "jobs.run.finish",
        run.pk,
        "running",
        "done",
    )


def test_a_second_advance_is_refused_and_changes_nothing(company):
    run, stale = make_run(company), Run.objects.get()
    advance(run, Run.FINISH, by=None, at=at())
    with pytest.raises(Refused):
        advance(stale, Run.FAIL, by=None, at=at(), error="late")
    run.refresh_from_db()
    assert (run.state, run.error) == (Run.State.DONE, "")
