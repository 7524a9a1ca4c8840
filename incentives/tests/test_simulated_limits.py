"""Caps and floors in the trial of a draft: what it says would be posted is what the ledger posts for the same hits."""

from collections import defaultdict
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from audit.models import AuditRow
from incentives import draft_pages, policy
from incentives.models import Case, Decision, LedgerLine, Rule, Simulation
from incentives.services import ledger, simulating
from incentives.simulation.limiting import laid, limits_by_month, months_of_people
from incentives.simulation.running import Found
from incentives.simulation.summing import counts
from incentives.tests.build import MONTHS, PENALTY, REWARD
from incentives.tests.build_facts import Units, add_book, rule
from incentives.tests.effects_stage import EffectsStage
from incentives.tests.pages import browse
from incentives.tests.test_simulation import NOW, make_draft
from incentives.triggers import Hit
from jobs.services import run_now
from policies.models import Version
from tests.factories import at

HEAVY = PENALTY | {
    "effects": [
        {"kind": "points", "amount": -8, "least": -8, "most": -8},
        {"kind": "money", "amount": -30000, "least": -30000, "most": -30000},
    ]
}
KINDS = ("points", "money", "team_fund")
amounts = st.tuples(
    st.sampled_from(KINDS), st.integers(-9, 9).filter(bool), st.integers(0, 2), st.sampled_from(MONTHS)
)


def effect(kind, amount):
    return {"kind": kind, "amount": abs(amount) if kind == "team_fund" else amount}


def hit_of(place, kind, amount, employee_id, period):
    made = Rule(code=f"R{place:02d}", effects=[effect(kind, amount)], direction="reward")
    hit = Hit(
        employee_id=employee_id,
        department_id=1,
        occurrence=f"fact:{place}",
        evidence={},
        is_distinguishable=True,
    )
    return Found(made, hit, period, True, False)


@given(
    rows=st.lists(amounts, max_size=14),
    cap=st.none() | st.integers(1, 9),
    floor=st.none() | st.integers(-9, -1),
    carry=st.none() | st.integers(0, 3),
)
@example(rows=[("points", 8, 0, "2026-09"), ("points", 8, 0, "2026-08")], cap=5, floor=None, carry=1)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_simulated_sums_are_those_the_ledger_posts_for_the_same_hits(books, rows, cap, floor, carry):
    limits = policy.Limits(
        points_cap=cap, points_floor=floor, money_cap_fen=cap, money_floor_fen=floor, carry_months=carry
    )
    people = books.team[:3]
    found = [
        hit_of(place, kind, amount, people[who].pk, period)
        for place, (kind, amount, who, period) in enumerate(rows)
    ]
    simulated = laid(found, lambda month: limits)
    posted, lapsed = books.post(sorted(found, key=lambda one: (one.period, one.rule.code)), limits)
    assert _simulated_sums(simulated) == posted
    totals = counts(simulated)
    for unit in ("points", "fen"):
        assert totals[unit] == sum(sums[unit] for sums in posted.values())
        assert totals[f"lapsed_{unit}"] == lapsed[unit]
    assert sum(row["lapsed"] for row in months_of_people(simulated)) == sum(lapsed.values())


def _simulated_sums(simulated):
    """{(employee, month): {unit: sum}} of the parts."""
    sums = defaultdict(lambda: defaultdict(int))
    for one in simulated:
        for part in one.parts:
            sums[one.hit.employee_id, part.month][part.unit] += part.amount
    return sums


class Books(EffectsStage):
    """Decisions straight before the ledger, one after the other; each call begins with empty books."""

    def post(self, found, limits):
        self.monkey.setattr(ledger.policy, "limits", lambda company, month: limits)
        start = LedgerLine.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.monkey.setattr(
            ledger, "sums_by_month", lambda employee_id, unit: _sums(start, employee_id, unit)
        )
        before = AuditRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for one in found:
            decision = self._decision(one)
            for index, spec in enumerate(decision.effects):
                add = ledger.add_points if spec["kind"] == "points" else ledger.add_money
                add(decision, index, spec, at(2026, 11, 16))
        sums = defaultdict(lambda: defaultdict(int))
        for line in LedgerLine.objects.filter(pk__gt=start):
            sums[line.employee_id, line.counts_for][line.unit] += line.amount
        return sums, _lapsed(before)

    def _decision(self, one):
        made = self.rule(*one.effects)
        case = self.case(
            made, next(who for who in self.team if who.pk == one.hit.employee_id), month=one.period
        )
        return Decision.objects.create(
            company=self.company,
            number=f"T{Decision.objects.count() + 1}",
            case=case,
            rule=made,
            rule_code=made.code,
            direction=made.direction,
            employee=case.employee,
            department=self.sales,
            occurrence=case.occurrence,
            counts_for=one.period,
            effects=one.effects,
            proposed_at=at(),
            state=Decision.State.FINAL,
        )


def _sums(start, employee_id, unit):
    sums = defaultdict(int)
    lines = LedgerLine.objects.filter(pk__gt=start, employee_id=employee_id, unit=unit)
    for line in lines.exclude(money_class="team_fund"):
        sums[line.counts_for] += line.amount
    return dict(sums)


def _lapsed(before):
    found = {"points": 0, "fen": 0}
    for row in AuditRow.objects.filter(verb="incentives.decision.lapse", pk__gt=before):
        kind = Decision.objects.get(pk=row.object_id).effects[row.data["effect"]]["kind"]
        found["points" if kind == "points" else "fen"] += row.data["amount"]
    return found


@pytest.fixture
def books(company, monkeypatch):
    stage = Books(company)
    stage.monkey = monkeypatch
    return stage


def draft_with(stage, limits, rules=(HEAVY,)):
    draft = make_draft(stage, rules)
    draft.content["limits"] = limits
    return draft


def test_what_exceeds_the_floor_of_a_month_is_carried_over_and_said_per_person(stage):
    stage.three_months()
    draft = draft_with(stage, {"points_floor": -5, "money_floor_fen": -20000, "carry_months": 1})
    result = simulating.simulate(draft, None)
    now = result["totals"]["now"]
    assert (now["points"], now["carried_points"], now["lapsed_points"]) == (-8, -3, 0)
    assert (now["fen"], now["carried_fen"], now["lapsed_fen"]) == (-30000, -10000, 0)
    rows = [(row["period"], row["unit"], row["counted"], row["later"]) for row in result["over_limits"]]
    assert rows == [
        ("2026-10", "fen", -20000, {"2026-11": -10000}),
        ("2026-10", "points", -5, {"2026-11": -3}),
    ]
    assert {row["employee"] for row in result["over_limits"]} == {stage.worst.pk}


def test_without_a_section_of_its_own_the_limits_of_the_other_book_hold(stage):
    draft = make_draft(stage, (HEAVY,))
    assert limits_by_month(draft)("2026-10") == policy.Limits()
    stage.version.content["limits"] = {"points_floor": -5}
    Version.objects.filter(pk=stage.version.pk).update(content=stage.version.content)
    assert limits_by_month(draft)("2026-10").points_floor == -5
    assert limits_by_month(stage.version)("2026-10").points_floor == -5
    same = SimpleNamespace(content={}, company=stage.company, document_id=stage.version.document_id)
    assert limits_by_month(same)("2026-10") == policy.Limits()


def test_the_page_shows_who_is_over_and_where_it_goes(page_stage):
    stage = page_stage
    stage.allow(stage.hr, "policies.publish")
    draft = make_draft(stage, (REWARD, HEAVY))
    draft.content["limits"] = {"points_floor": -5, "carry_months": 0}
    draft.save()
    made = simulating.request_simulation(draft, by=stage.hr, at=NOW)
    assert run_now(simulating.run_of(made).pk).state == "done"
    page = browse(stage.hr).get(f"/policies/{draft.pk}/simulation/").content.decode()
    assert "超过当月上下限的部分" in page and stage.worst.name in page
    assert "不再计入" in page and "−3&nbsp;分" in page and "−5&nbsp;分" in page
    assert "&lt;" not in page and "−3\u00a0分 不再计入" in page
    assert "有 1 人次当月超过上下限" in page


def test_an_older_trial_without_these_sums_is_still_shown(page_stage):
    page_stage.allow(page_stage.hr, "policies.publish")
    draft = make_draft(page_stage, (REWARD,))
    result = simulating.simulate(draft, None)
    del result["over_limits"]
    for sums in (result["totals"]["now"], result["totals"]["before"]):
        for name in ("headless", "carried_points", "lapsed_points", "carried_fen", "lapsed_fen"):
            del sums[name]
    Simulation.objects.create(
        company=page_stage.company,
        version=draft,
        checksum=draft.checksum,
        first_month="2026-08",
        last_month="2026-10",
        made_by=page_stage.hr,
        made_at=NOW,
        result=result,
    )
    page = browse(page_stage.hr).get(f"/policies/{draft.pk}/simulation/")
    assert page.status_code == 200


def test_a_hit_on_a_unit_without_a_head_stands_in_the_trial_and_costs_nothing(company):
    units = Units(company)
    row = rule("T-1", "unit_rate_below", threshold_bp=9500, measure="basic")
    units.close("2026-09")
    units.peony.assignments_head.assignments.update(ends_on="2026-08-31")
    units.close("2026Q3", {units.peony: {5: 100, 3: 70, 1: 30}, units.garden: {5: 100, 3: 70, 1: 30}})
    version = add_book(company, row)
    version.content = {"rules": [row]}
    result = simulating.simulate(version, None)
    now = result["totals"]["now"]
    assert (now["hits"], now["headless"], now["held"], now["people"], now["points"]) == (1, 1, 0, 1, -1)
    made = Simulation(version=version, company=company, result=result)
    lines = draft_pages.hit_lines(result["hits"], made, units.hr)
    assert {line.who for line in lines} == {"当日无人负责", "永馨园主任"}
    assert not Case.objects.exists()
