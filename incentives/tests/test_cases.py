"""Cases: what counts as a hit, what the gate makes of it, what is frozen."""

from datetime import UTC, date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.flow import Refused
from incentives import selectors, services
from incentives.models import Case, Decision
from incentives.tests.build import CLEAR, MONTHS, PENALTY, REWARD, Stage
from notifications.models import Message
from tests.factories import at

CLOSE_BY = (91, 85, 90, 90, 89, 89, 88, 88)


def test_every_literal_hit_is_a_case_and_running_again_adds_nothing(stage):
    closes = stage.three_months()
    assert services.find_cases(closes[-1], at(2026, 11, 1, 4)) == []
    assert set(Case.objects.values_list("rule_code", "employee", "occurrence")) == {
        ("RE-5.2a", stage.best.pk, "2026-08..2026-10"),
        ("RE-5.3a", stage.worst.pk, "2026-08..2026-10"),
    }


@pytest.mark.parametrize(
    ("satisfied", "evidence", "reward", "penalty"),
    [
        (CLEAR, ("warn", "required"), ("found", True), ("found", True)),
        (CLOSE_BY, ("warn", "required"), ("found", False), ("held", False)),
        (CLOSE_BY, ("required", "warn"), ("held", False), ("found", False)),
        (CLOSE_BY, ("literal", "literal"), ("found", False), ("found", False)),
    ],
)
def test_the_gate_and_the_switch_decide_what_proposes_itself(company, satisfied, evidence, reward, penalty):
    rules = (REWARD | {"evidence": evidence[0]}, PENALTY | {"evidence": evidence[1]})
    stage = Stage(company, rules=rules)
    stage.three_months(satisfied)
    states = {case.employee: (case.state, case.is_distinguishable) for case in Case.objects.all()}
    assert (states[stage.best], states[stage.worst]) == (reward, penalty)


def test_evidence_is_frozen_whole(stage):
    stage.three_months()
    case = stage.case_of(stage.worst)
    evidence = case.evidence
    assert [(month["period"], month["k"], month["n"], month["rank"]) for month in evidence["months"]] == [
        ("2026-08", 60, 100, 8),
        ("2026-09", 60, 100, 8),
        ("2026-10", 60, 100, 8),
    ]
    assert (evidence["pooled"]["k"], evidence["pooled"]["n"]) == (180, 300)
    assert evidence["peers"] == {"k": 3 * (sum(CLEAR) - 60), "n": 2100, "members": 7}
    assert evidence["gate"]["distinguishable"] and evidence["gate"]["direction"] == "worse"
    assert evidence["gate"]["alpha"] == round(0.05 / 8, 6)
    assert evidence["rule"] == {
        "code": "RE-5.3a",
        "version": "1",
        "clause": "第 5.3 条（一）",
        "params": {"place": "bottom"},
    }
    assert (case.period, case.department, case.evidence["no_difference_months"]) == (
        "2026-10",
        stage.sales,
        [],
    )


@pytest.mark.parametrize("months", [("2026-09", "2026-10"), ("2026-07", "2026-09", "2026-10")])
def test_fewer_than_three_consecutive_months_are_no_hit(stage, months):
    closes = [stage.month(period) for period in months]
    assert services.find_cases(closes[-1], at()) == []


def test_one_insufficient_month_pauses_the_streak_and_does_not_count(stage):
    stage.month("2026-07")
    stage.month("2026-08", missing=[stage.best])
    stage.month("2026-09")
    close = stage.month("2026-10")
    services.find_cases(close, at())
    assert stage.case_of(stage.best).occurrence == "2026-07..2026-10"
    assert [month["period"] for month in stage.case_of(stage.best).evidence["months"]] == [
        "2026-07",
        "2026-09",
        "2026-10",
    ]


def test_the_rules_of_one_close_read_its_standings_once(stage):
    closes = [stage.month(period) for period in MONTHS]
    with CaptureQueriesContext(connection) as seen:
        services.find_cases(closes[-1], at(2026, 11, 1, 3))
    assert Case.objects.count() == 2
    read = [query["sql"] for query in seen if 'FROM "scoring_standing"' in query["sql"]]
    assert (
        len(read) == 2 and sum("GROUP BY" in sql for sql in read) == 1
    )  # those near an end; all counted together


def test_a_month_elsewhere_in_the_ranking_breaks_the_streak(stage):
    stage.month("2026-08")
    stage.month("2026-09", satisfied=tuple(reversed(CLEAR)))
    close = stage.month("2026-10")
    assert services.find_cases(close, at()) == []


def test_windows_do_not_overlap_once_a_decision_lives(stage):
    stage.three_months()
    stage.proposed(stage.best)
    november = stage.month("2026-11")
    services.find_cases(november, at(2026, 12, 1))
    assert not Case.objects.filter(employee=stage.best, period="2026-11").exists()
    assert Case.objects.filter(employee=stage.worst, period="2026-11").get().occurrence == "2026-09..2026-11"
    assert list(selectors.fact_4()) == []


def test_the_count_starts_again_after_an_effect(stage):
    stage.three_months()
    stage.proposed(stage.best)
    for month in ("2026-11", "2026-12", "2027-01"):
        services.find_cases(stage.month(month), at(2027, 2, 1))
    assert list(
        Case.objects.filter(employee=stage.best).order_by("pk").values_list("occurrence", flat=True)
    ) == [
        "2026-08..2026-10",
        "2026-11..2027-01",
    ]


def test_a_decision_put_aside_uses_nothing_up(stage):
    stage.three_months()
    services.set_aside(stage.proposed(stage.best), reason="另案处理", by=stage.hr, at=at())
    services.find_cases(stage.month("2026-11"), at(2026, 12, 1))
    assert Case.objects.filter(employee=stage.best, period="2026-11").exists()


def test_overlapping_cases_cannot_both_be_proposed(stage):
    stage.three_months()
    services.find_cases(stage.month("2026-11"), at(2026, 12, 1))
    first, second = Case.objects.filter(employee=stage.worst).order_by("period")
    services.propose(first, by=stage.hr, at=at())
    with pytest.raises(Refused) as refusal:
        services.propose(second, by=stage.hr, at=at())
    assert refusal.value.code == "overlap"
    second.refresh_from_db()
    assert (second.state, Decision.objects.count()) == (Case.State.FOUND, 1)


def test_hr_is_told_of_new_cases_once(stage):
    closes = stage.three_months()
    services.find_cases(closes[-1], at(2026, 11, 1, 4))
    assert Message.objects.filter(recipient=stage.hr, kind="incentives.cases").count() == 1


def test_who_proposes_from_today_on_is_told_at_night(stage):
    for period in MONTHS:
        close = stage.month(period)
    stage.hr.grants.update(starts_on=date(2026, 11, 1))
    services.find_cases(close, at(2026, 11, 1, 3).astimezone(UTC))
    assert Message.objects.filter(recipient=stage.hr, kind="incentives.cases").exists()


def test_a_case_is_put_aside_with_a_reason_by_somebody_else(stage):
    stage.three_months()
    case = stage.case_of(stage.best)
    with pytest.raises(Refused) as refusal:
        services.set_aside(case, reason=" ", by=stage.hr, at=at())
    assert refusal.value.field == "reason"
    with pytest.raises(Refused) as refusal:
        services.set_aside(case, reason="不妥", by=stage.best.user, at=at())
    assert refusal.value.code == "own"
    services.set_aside(case, reason="数据有误", by=stage.hr, at=at())
    case.refresh_from_db()
    assert (case.state, case.reason, case.settled_by) == ("set_aside", "数据有误", stage.hr)


def test_quarters_have_no_streaks(stage):
    close = stage.three_months()[-1]
    close.kind, close.period = "quarter", "2026Q3"
    assert services.find_cases(close, at()) == []


def test_verification_finds_missing_and_changed_cases(stage):
    closes = stage.three_months()
    type(closes[-1]).objects.filter(pk=closes[-1].pk).update(state="proposed")
    assert list(selectors.fact_4()) == []
    case = stage.case_of(stage.worst)
    case.evidence["months"][0]["k"] = 50
    case.save()
    stage.case_of(stage.best).delete()
    found = "\n".join(selectors.fact_4())
    assert "is not what the standing says" in found
    assert "pooled counts" in found
    assert f"employee {stage.best.pk} meets rule RE-5.2a" in found


def test_a_rerun_gives_the_same_cases_after_all_that_followed(stage):
    close = stage.three_months()[-1]
    close.state = "proposed"
    close.save()
    before = selectors.stored_cases(close)
    stage.proposed(stage.best)
    assert selectors.recomputed_cases(close) == before == selectors.stored_cases(close)
    assert len(before) == 2
