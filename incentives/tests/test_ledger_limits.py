"""Caps and floors of a person's month: what exceeds counts in the months after, and says so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import AuditRow
from incentives import policy, selectors, services, wording
from incentives.caps import laid_over_months
from incentives.models import Decision, LedgerLine
from incentives.rules import month_to_count_in
from incentives.statements import Statement
from incentives.tests.effects_stage import BONUS, CUT, FUND, effects_stage, points
from incentives.tests.pages import browse
from tests.factories import at

MONTHS = [f"2026-{month:02d}" for month in range(1, 13)]


def lines():
    return list(LedgerLine.objects.order_by("pk").values_list("amount", "counts_for", "part"))


@given(
    amount=st.integers(-60, 60).filter(bool),
    bound=st.integers(1, 20),
    carry=st.none() | st.integers(0, 4),
    sums=st.dictionaries(st.sampled_from(MONTHS), st.integers(-20, 20)),
    closed=st.sets(st.sampled_from(MONTHS)),
)
@settings(max_examples=300, deadline=None)
def test_no_part_breaks_the_bound_and_nothing_is_lost(amount, bound, carry, sums, closed):
    bound = bound if amount > 0 else -bound
    parts, rest = laid_over_months(amount, "2026-03", bound=bound, sums=sums, closed=closed, carry=carry)
    assert sum(part for _month, part in parts) + rest == amount
    assert rest == 0 or carry is not None
    for month, part in parts:
        assert part * amount > 0
        assert month not in closed
        after = sums.get(month, 0) + part
        assert after <= bound if amount > 0 else after >= bound
    months = [month for month, _part in parts]
    assert months == sorted(set(months))


@given(
    history=st.lists(
        st.tuples(st.integers(-30, 30).filter(bool), st.sampled_from(MONTHS[:4]), st.booleans()), max_size=12
    ),
    cap=st.integers(1, 9),
    floor=st.integers(-9, -1),
    closings=st.lists(st.sampled_from(MONTHS[:6]), max_size=12),
)
@settings(max_examples=200, deadline=None)
def test_over_any_history_every_amount_arrives_once_and_months_stay_within_their_bounds(
    history, cap, floor, closings
):
    """Amounts of both signs, months closed in between; reversals as the ledger makes them."""
    sums, closed, posted = {}, set(), []
    for place, (amount, month, takes_back) in enumerate(history):
        bound = cap if amount > 0 else floor
        parts, rest = laid_over_months(amount, month, bound=bound, sums=sums, closed=closed)
        assert rest == 0 and sum(part for _month, part in parts) == amount
        for found, part in parts:
            sums[found] = sums.get(found, 0) + part
            assert found not in closed and (sums[found] <= cap if amount > 0 else sums[found] >= floor)
        posted.append(amount)
        if takes_back:
            for found, part in parts:
                found = month_to_count_in(found, closed)
                sums[found] = sums.get(found, 0) - part
            posted.pop()
        closed.update(closings[place : place + 1])
    assert sum(sums.values()) == sum(posted)


def test_without_limits_an_effect_is_one_line(db):
    effects_stage().posted_with(points(50))
    assert lines() == [(50, "2026-10", 0)]


def test_what_exceeds_the_cap_counts_in_the_months_after(db):
    stage = effects_stage(points_cap=6)
    stage.posted_with(points(4))
    stage.posted_with(points(15))
    assert lines() == [
        (4, "2026-10", 0),
        (2, "2026-10", 0),
        (6, "2026-11", 1),
        (6, "2026-12", 2),
        (1, "2027-01", 3),
    ]
    notes = [wording.line_note(line) for line in LedgerLine.objects.order_by("pk")]
    assert notes[0] == ""
    assert all("15" in note for note in notes[1:])
    assert list(selectors.fact_5()) == []


def test_a_floor_holds_over_all_decisions_and_another_person_has_their_own(db):
    stage = effects_stage(points_floor=-5, money_floor_fen=-10000)
    stage.posted_with(points(-3), CUT)
    stage.posted_with(points(-4))
    stage.posted_with(points(-4), employee=stage.worst)
    of_best = LedgerLine.objects.filter(employee=stage.best).order_by("pk")
    assert list(of_best.values_list("unit", "amount", "counts_for")) == [
        ("points", -3, "2026-10"),
        ("fen", -10000, "2026-10"),
        ("fen", -10000, "2026-11"),
        ("points", -2, "2026-10"),
        ("points", -2, "2026-11"),
    ]
    assert LedgerLine.objects.get(employee=stage.worst).amount == -4


def test_what_finds_no_room_in_the_months_allowed_lapses_and_is_logged(db):
    stage = effects_stage(points_floor=-2, carry_months=1)
    stage.posted_with(points(-7))
    assert lines() == [(-2, "2026-10", 0), (-2, "2026-11", 1)]
    assert AuditRow.objects.get(verb="incentives.decision.lapse").data == {"effect": 0, "amount": -3}
    assert list(selectors.fact_5()) == []


@pytest.mark.parametrize("carry", [{}, {"carry_months": 1}])
def test_a_missing_part_is_found_also_where_something_might_have_lapsed(db, carry):
    stage = effects_stage(points_cap=6, **carry)
    decision = stage.posted_with(points(5))
    Decision.objects.filter(pk=decision.pk).update(effects=[{"kind": "points", "amount": 9}])
    assert "says 9" in "\n".join(selectors.fact_5())


def test_a_team_fund_is_no_income_of_its_head(db):
    stage = effects_stage(money_cap_fen=60000)
    stage.posted_with(FUND)
    stage.posted_with(BONUS)
    found = LedgerLine.objects.order_by("pk").values_list("money_class", "amount", "counts_for")
    assert list(found) == [("team_fund", 200000, "2026-10"), ("bonus", 50000, "2026-10")]
    assert Statement.of(stage.best).fen == 50000
    page = browse(stage.best.user).get("/my/ledger/").content.decode()
    assert "2,000&nbsp;元" in page and "500&nbsp;元" in page and "2,500" not in page


def test_a_reversal_takes_back_every_part_in_its_own_month(db):
    stage = effects_stage(points_cap=6)
    decision = stage.posted_with(points(15))
    services.reverse(decision, reason="申诉成立", by=stage.members[0], at=at(2026, 12, 1))
    statement = Statement.of(stage.best)
    assert [(month.month, month.points) for month in statement.months] == [
        ("2026-12", 0),
        ("2026-11", 0),
        ("2026-10", 0),
    ]
    assert list(selectors.fact_5()) == []


@pytest.mark.parametrize(
    "raw",
    [
        {"points_cap": 0},
        {"points_cap": -1},
        {"money_floor_fen": 5},
        {"carry_months": -1},
        {"points_floor": "x"},
    ],
)
def test_limits_that_bound_nothing_are_refused(raw):
    with pytest.raises(ValueError):
        policy.parse_limits(raw)
