import datetime as dt

import pytest

from core.flow import Refused
from core.period import Period
from scoring.models import Cell, Close, PeerMember, Ranking, Rating, Score, Standing, Unfolding
from scoring.services import close_period, recompute_checksum, unfold_pending
from scoring.services.checksums import violations
from scoring.tests import world
from scoring.tests.world import OCTOBER, november
from tests import factories


def close_october(company, at=None):
    return close_period(company=company, period=OCTOBER, at=at or november())


def rows(model, *columns):
    return sorted(model.objects.values_list(*columns))


def test_a_month_is_scored_for_company_department_project_and_people(company):
    _campaign, team = world.make_month(company, size=8, total=40, best=38)
    close = close_october(company)
    scores = {(s.subject_kind, s.subject_id): s for s in Score.objects.filter(measure="overall")}
    satisfied = sum(38 - place for place in range(8))
    for subject in (("company", company.pk), ("department", team[0].assignments.get().department_id)):
        assert (scores[subject].k, scores[subject].n, scores[subject].status) == (satisfied, 320, "ok")
    assert (scores["employee", team[0].pk].k, scores["employee", team[0].pk].n) == (38, 40)
    assert scores["site", team[0].assignments.get().site_id].n == 320
    assert close.state != Close.State.OPEN
    assert close.checksum


def test_a_department_holds_what_stands_below_it(company):
    world.make_policy(company)
    top = factories.make_department(company, "sales", "销售中心")
    left = factories.make_department(company, "sales-1", "销售一部", parent=top)
    right = factories.make_department(company, "sales-2", "销售二部", parent=top)
    campaign = world.make_campaign(company)
    for department, satisfied in ((left, 9), (right, 5), (top, 1)):
        world.give_answers(campaign, factories.make_employee(department), satisfied, 10)
    close_october(company)
    found = dict(
        Score.objects.filter(subject_kind="department", measure="overall").values_list("subject_id", "k")
    )
    assert found == {left.pk: 9, right.pk: 5, top.pk: 15}


def test_peers_are_ranked_by_exact_share_with_places_at_either_end(company):
    _campaign, team = world.make_month(company, size=8, total=40, best=38)
    close_october(company)
    ranking = Ranking.objects.get()
    assert (ranking.eligible, ranking.places, ranking.is_ranked, ranking.modes) == (8, 1, True, ["web"])
    standings = {s.employee_id: s for s in Standing.objects.all()}
    assert [standings[one.pk].rank for one in team] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert standings[team[0].pk].place == "top"
    assert standings[team[7].pk].place == "bottom"
    assert standings[team[3].pk].rank_low == 1
    assert standings[team[0].pk].level < 38 / 40


def test_below_the_least_number_of_eligible_nobody_is_ranked(company):
    world.make_month(company, size=7)
    close_october(company)
    assert not Ranking.objects.get().is_ranked
    assert set(Standing.objects.values_list("rank", "place")) == {(None, "")}


def test_few_answers_are_insufficient_and_a_transfer_is_not_eligible(company):
    campaign, team = world.make_month(company, size=10)
    few = factories.make_employee(team[0].assignments.get().department, "少数")
    world.give_answers(campaign, few, 9, 9)
    moved = team[1].assignments.get()
    moved.ends_on = dt.date(2026, 10, 15)
    moved.save()
    close_october(company)
    status = dict(Standing.objects.values_list("employee_id", "status"))
    assert status[few.pk] == "insufficient"
    assert status[team[1].pk] == "not_eligible"
    assert Ranking.objects.get().eligible == 9


def test_who_came_after_the_first_day_is_no_peer(company):
    _campaign, team = world.make_month(company)
    late = factories.make_employee(team[0].assignments.get().department, "新人", since=dt.date(2026, 10, 2))
    close_october(company)
    assert not PeerMember.objects.filter(employee=late).exists()
    assert PeerMember.objects.count() == 8


def test_external_answers_count_in_the_scores_and_not_in_the_ranking(company):
    _campaign, team = world.make_month(company, total=20, best=18)
    world.give_answers(world.make_campaign(company, "external"), team[0], 0, 10)
    close_october(company)
    assert Score.objects.get(subject_kind="employee", subject_id=team[0].pk, measure="overall").n == 30
    assert Standing.objects.get(employee=team[0]).n == 20


def test_a_second_close_changes_nothing(company):
    world.make_month(company)
    first = close_october(company)
    before = rows(Score, "pk", "k", "n"), rows(Standing, "pk", "rank"), rows(Cell, "pk", "count")
    second = close_october(company, november(3))
    assert before == (rows(Score, "pk", "k", "n"), rows(Standing, "pk", "rank"), rows(Cell, "pk", "count"))
    assert (first.checksum, first.scored_at) == (second.checksum, second.scored_at)


def test_a_month_that_is_not_over_cannot_be_closed(company):
    world.make_month(company)
    with pytest.raises(Refused, match="2026-10-31"):
        close_october(company, factories.at(2026, 10, 31, 23))
    assert not Score.objects.exists()


def test_a_month_cannot_be_closed_before_the_one_before_it(company):
    campaign, team = world.make_month(company)
    world.give_answers(campaign, team[0], 5, 6, month="2026-09")
    with pytest.raises(Refused, match="2026-09"):
        close_october(company)
    assert not Score.objects.exists()
    close_period(company=company, period=Period.parse("2026-09"), at=november())
    assert close_october(company).state != Close.State.OPEN


def test_a_company_without_a_policy_cannot_close(company):
    with pytest.raises(Refused):
        close_october(company)


def test_a_quarter_has_its_own_cut_off_day(company):
    world.make_policy(company, closing={"quarter": {"cutoff_day": 27}})
    campaign, team = world.make_campaign(company), world.make_team(company, 1)
    for day, satisfied in ((27, 5), (28, 1)):
        for _number in range(5):
            values = {"overall": 5 if satisfied == 5 else 1}
            world.answer_of(campaign, values, employee=team[0], at=factories.at(2026, 9, day, 23, 59)).save()
    third = close_period(company=company, period=Period.parse("2026Q3"), at=factories.at(2026, 9, 28, 0, 1))
    assert third.cutoff_on == dt.date(2026, 9, 27)
    assert Score.objects.get(period="2026Q3", subject_kind="company", measure="overall").n == 5
    unfold_pending(company, november())
    assert set(Unfolding.objects.values_list("month", "quarter")) == {
        ("2026-09", "2026Q3"),
        ("2026-09", "2026Q4"),
    }


def test_quarter_and_half_year_sum_their_months_and_are_not_ranked(company):
    campaign, team = world.make_month(company, month="2026-07")
    world.give_answers(campaign, team[0], 10, 20, month="2026-09")
    for text in ("2026Q3", "2026H2"):
        close_period(company=company, period=Period.parse(text), at=factories.at(2027, 1, 2))
        assert Score.objects.get(period=text, subject_kind="company", measure="overall").n == 8 * 40 + 20
    assert not Ranking.objects.exists()


def test_targets_judge_units_but_not_people_and_not_earlier_periods(company):
    _campaign, _team = world.make_month(company, total=40, best=30)
    world.give_answers(_campaign, _team[0], 5, 10, month="2025-12")
    close_period(company=company, period=Period.parse("2025-12"), at=november())
    close_october(company)
    verdicts = set(
        Score.objects.filter(measure="overall", n__gt=0).values_list("period", "subject_kind", "verdict")
    )
    assert verdicts == {
        ("2025-12", "company", ""),
        ("2025-12", "department", ""),
        ("2025-12", "site", ""),
        ("2025-12", "employee", ""),
        ("2026-10", "company", "clearly_below"),
        ("2026-10", "department", "clearly_below"),
        ("2026-10", "site", "clearly_below"),
        ("2026-10", "employee", ""),
    }


def test_a_rerun_from_the_ratings_gives_the_same_checksum(company):
    campaign, team = world.make_month(company)
    close = close_october(company)
    assert recompute_checksum(close) == close.checksum
    assert list(violations()) == []
    top = factories.make_department(company, "top", "总部")
    department = team[0].assignments.get().department
    department.parent = top
    department.save()
    assert recompute_checksum(close) == close.checksum


@pytest.mark.parametrize("break_it", ["rating", "cell", "score", "standing"])
def test_verify_finds_counts_that_no_longer_agree(company, break_it):
    world.make_month(company)
    close_october(company)
    if break_it == "rating":
        Rating.objects.filter(measure="satisfied", value=1).first().delete()
    elif break_it == "cell":
        cell = Cell.objects.filter(period="2026-10", measure="overall").first()
        Cell.objects.filter(pk=cell.pk).update(count=cell.count + 1)
    elif break_it == "score":
        Score.objects.filter(subject_kind="company", measure="overall").update(k=1)
    else:
        Standing.objects.filter(rank=1).update(rank=2)
    assert list(violations())


def test_an_open_period_without_results_is_in_order(company):
    world.make_month(company)
    unfold_pending(company, november())
    assert list(violations()) == []
