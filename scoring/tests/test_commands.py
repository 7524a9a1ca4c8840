import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from jobs.models import Run
from scoring.models import Close, MetricValue
from scoring.services import close_due, close_period, run_close
from scoring.services.closing import RUN_KIND
from scoring.tasks import close_due as close_due_task
from scoring.tests import world
from scoring.tests.world import OCTOBER
from tests import factories

HEADER = "月份,工号,指标,数值,来源\n"


@pytest.fixture(autouse=True)
def on_november_second(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.november(2, 12))


def close_month(*arguments):
    out = StringIO()
    call_command("close_month", *arguments, stdout=out)
    return out.getvalue()


def test_close_month_prints_a_summary_and_a_rerun_is_a_no_op(company):
    world.make_month(company)
    first = close_month("2026-10", "--unit", "qinghe")
    assert "qinghe 2026-10: ranked" in first
    assert "overall 276 of 320 satisfied" in first
    assert "consultant: 8 people, 8 ranked, 1 places at either end" in first
    second = close_month("2026-10", "--unit", "qinghe")
    assert "nothing to do, it was ranked" in second
    assert first.splitlines()[-1] == second.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments", [("2026-13",), ("2026",), ("2026-10", "--unit", "nobody"), ("2026-11",)]
)
def test_close_month_refuses_with_a_sentence(company, arguments):
    world.make_policy(company)
    with pytest.raises(CommandError):
        close_month(*arguments)


def import_metrics(tmp_path, *lines):
    path = tmp_path / "metrics.csv"
    path.write_text(HEADER + "\n".join(lines), encoding="utf-8")
    out = StringIO()
    call_command("import_metrics", str(path), "--unit", "qinghe", stdout=out)
    return out.getvalue()


def test_metrics_come_in_once_and_are_corrected_by_a_later_file(company, tmp_path):
    world.make_policy(company)
    number = world.make_team(company, 1)[0].number
    line = f"2026-10,{number},销售业绩,86.5,10 月销售台账"
    assert "created 2" in import_metrics(tmp_path, line, f"2026年10月,{number},teamwork,70,互评")
    assert "unchanged 1" in import_metrics(tmp_path, line)
    assert "changed 1" in import_metrics(tmp_path, f"2026-10,{number},销售业绩,88,更正")
    assert sorted(MetricValue.objects.values_list("metric", "value", "source")) == [
        ("sales", 88, "更正"),
        ("teamwork", 70, "互评"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "2026-13,{number},销售业绩,86,台账",
        "2026-10,E99999,销售业绩,86,台账",
        "2026-10,{number},手气,86,台账",
        "2026-10,{number},客户满意,86,台账",
        "2026-10,{number},销售业绩,101,台账",
        "2026-10,{number},销售业绩,NaN,台账",
        "2026-10,{number},销售业绩,86,",
        "2026-10,{number},销售业绩,86,台账\n2026-10,{number},销售业绩,87,台账",
        "2026-09,{number},销售业绩,86,台账",
    ],
)
def test_one_bad_row_keeps_the_whole_file_out(company, tmp_path, line):
    campaign, team = world.make_month(company, size=1, month="2026-09")
    close_period(company=company, period=OCTOBER.previous(), at=world.november())
    good = f"2026-10,{team[0].number},teamwork,70,互评"
    with pytest.raises(CommandError):
        import_metrics(tmp_path, good, line.format(number=team[0].number))
    assert not MetricValue.objects.exists()


def requested():
    return sorted(Run.objects.filter(kind=RUN_KIND).values_list("key", flat=True))


def test_on_the_first_the_month_before_is_requested_once(company):
    world.make_month(company)
    close_due(factories.at(2026, 10, 31, 23))
    assert "2026-10" not in requested()
    close_due(factories.at(2026, 11, 1, 0, 1))
    close_due(factories.at(2026, 11, 1, 0, 2))
    assert requested().count("2026-10") == 1


def test_the_run_day_and_the_quarters_cut_off_come_from_the_policy(company):
    world.make_policy(
        company,
        closing={"month": {"cutoff_day": 31, "run_day": 3}, "quarter": {"cutoff_day": 27, "run_day": 28}},
    )
    campaign = world.make_campaign(company)
    world.give_answers(campaign, world.make_team(company, 1)[0], 5, 10, month="2026-12")
    run_due(company, factories.at(2026, 12, 27, 12))
    assert "2026Q4" not in requested()
    run_due(company, factories.at(2026, 12, 28, 0, 1))
    assert "2026Q4" in requested()
    run_due(company, factories.at(2027, 1, 2))
    assert "2026-12" not in requested()
    run_due(company, factories.at(2027, 1, 3))
    assert "2026-12" in requested()


def run_due(company, at):
    from scoring.services import unfold_pending

    unfold_pending(company, at)
    close_due(at)


def test_a_standstill_is_made_up_for_from_the_oldest_month_on(company):
    campaign, team = world.make_month(company, month="2026-08")
    world.give_answers(campaign, team[0], 5, 10, month="2026-09")
    from scoring.services import unfold_pending

    unfold_pending(company, world.november())
    for expected in ("2026-08", "2026-09", "2026-10"):
        close_due(world.november())
        assert expected in requested()
        Run.objects.filter(key=expected).update(state=Run.State.DONE)


def test_a_company_without_a_policy_is_left_alone(company):
    close_due(world.november())
    assert requested() == []


def test_a_company_that_began_later_is_not_closed_for_the_time_before(company):
    world.make_policy(company, effective_from=dt.date(2026, 11, 1), published_at=world.november())
    close_due(world.november())
    assert requested() == []


def test_the_task_requests_what_is_due_and_the_run_closes_it(company):
    world.make_month(company)
    close_due_task()
    run = Run.objects.get(key="2026-10")
    result = run_close(run, lambda **shown: None)
    assert result["state"] == Close.State.RANKED
    assert result["rankings"] == 1
