"""Figures of carried-out decisions that an inspector reads: talks, duties, letters of the department's people."""

import datetime as dt

import pytest

from incentives.inspection_figures import compute
from incentives.models import Decision, Duty, Notice
from incentives.tests.build import Stage
from tests.factories import at

SINCE = dt.date(2026, 8, 1)


@pytest.fixture
def stage(company):
    found = Stage(company)
    found.three_months()
    found.posted(found.worst)
    decision = Decision.objects.get()
    Duty.objects.create(
        company=company, employee=found.worst, department=found.sales, decision=decision, effect=5, kind="training",
        due_at=at(2026, 11, 18), state="done", done_at=at(2026, 11, 25),
    )  # fmt: skip
    return found


def figures(stage, moment, *, departments=None, left_out=()):
    return compute(
        company=stage.company,
        department_ids=departments or {stage.sales.pk},
        since=SINCE,
        at=moment,
        left_out=left_out,
    )


def test_what_is_late_is_counted_of_what_there_is(stage):
    soon, later = figures(stage, at(2026, 11, 17)), figures(stage, at(2026, 12, 20))
    assert soon["talks_overdue"] == (0, 1) and later["talks_overdue"] == (1, 1)
    assert later["duties_late"] == (1, 1)
    served = Notice.objects.to_serve().count()
    assert served and later["letters_without_receipt"] == (served, served)


def test_another_department_has_none_of_them(stage):
    found = figures(stage, at(2026, 12, 20), departments={stage.office.pk})
    assert not any(count for count, _of in found.values())


def test_what_is_about_a_reader_is_left_out(stage):
    found = figures(stage, at(2026, 12, 20), left_out={stage.worst.pk})
    assert not any(count for count, _of in found.values())
