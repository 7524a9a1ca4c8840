"""What a streak is judged by comes to the same as counting every standing one by one, appeals included."""

import random
from types import SimpleNamespace

import pytest

from core.period import Period
from incentives.triggers.rank_book import Book, group_of
from scoring.models import Adjudication, Close, Ranking, Standing
from scoring.services.adjudication import overlaid
from scoring.statistics import streaks
from scoring.tests import world
from tests import factories
from tests.factories import at

Kind = Adjudication.Kind
MONTHS = ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10")
ENDS = ("top", "bottom")
POLICY = SimpleNamespace(streak_length=3, max_pauses=1, alpha=0.05)


@pytest.fixture
def shop(company):
    department = factories.make_department(company, "sales-1", "销售一部")
    posts = [factories.make_post(company, f"p{number}", "顾问") for number in range(2)]
    people = [factories.make_employee(department, f"员工{number}", post=posts[0]) for number in range(20)]
    return SimpleNamespace(company=company, department=department, posts=posts, people=people)


def standing(dice):
    """Mostly near an end, so that streaks come about."""
    status = dice.choices(("ranked", "insufficient", "not_eligible"), (10, 2, 1))[0]
    n = dice.randint(10, 30) if status == "ranked" else dice.randint(0, 9)
    place = dice.choices(("top", "bottom", ""), (8, 1, 1))[0] if status == "ranked" else ""
    return {"status": status, "place": place, "n": n, "k": dice.randint(0, n)}


def months_of(shop, dice):
    """Five ranked months of two posts between which some people move; returns the close of the last."""
    version = world.make_policy(shop.company)
    for month in MONTHS:
        close = Close.objects.create(
            company=shop.company,
            kind="month",
            period=month,
            cutoff_on=Period.parse(month).last_day,
            policy_version=version,
            scored_at=at(2026, 11, 1),
        )
        rankings = [ranking_of(close, post) for post in shop.posts]
        for person in shop.people:
            if dice.random() < 0.95:
                ranking = rankings[dice.random() < 0.1]
                row(ranking, person, shop.department, standing(dice))
    return close


def ranking_of(close, post):
    return Ranking.objects.create(
        close=close,
        company_id=close.company_id,
        period=close.period,
        post=post,
        modes=["web"],
        eligible=10,
        places=2,
        is_ranked=True,
    )


def row(ranking, person, department, values):
    return Standing.objects.create(
        ranking=ranking,
        company_id=ranking.company_id,
        period=ranking.period,
        employee=person,
        department=department,
        **values,
    )


def corrected(dice):
    """Every fourth standing as an appeal may leave it."""
    ids = Standing.objects.values_list("pk", flat=True).order_by("pk")
    return {Kind.STANDING: {pk: standing(dice) for pk in ids if dice.random() < 0.25}}


def counted_as(one, place):
    near = "hit" if one.place == place else "miss"
    return streaks.Standing(near if one.status == "ranked" else one.status)


def one_by_one(close, figures, place, used_through=None):
    """{employee id: (months of the window, k and n of all eligible in those rankings, how many people)}."""
    last = Period.parse(close.period).number
    rows = Standing.objects.filter(company_id=close.company_id).select_related("ranking")
    rows = [one for one in overlaid(rows, figures) if 0 <= last - Period.parse(one.period).number < 4]
    found = {}
    for employee_id in {one.employee_id for one in rows}:
        own = {Period.parse(one.period).number: one for one in rows if one.employee_id == employee_id}
        if last not in own:
            continue
        history = [
            streaks.MonthStanding(number, group_of(one.ranking), counted_as(one, place))
            for number, one in own.items()
        ]
        streak = streaks.streak(history, length=3, max_pauses=1, used_through=used_through)
        if streak.state == "complete":
            window = [own[number] for number in streak.window]
            rankings = {one.ranking_id for one in window}
            group = [one for one in rows if one.ranking_id in rankings and one.status != "not_eligible"]
            found[employee_id] = (
                [(one.pk, one.k, one.n) for one in window],
                (sum(one.k for one in group), sum(one.n for one in group)),
                len({one.employee_id for one in group}),
            )
    return found


def from_the_book(close, figures, place):
    book = Book.read(POLICY, close, figures)
    found = {}
    for employee_id, rows in book.complete(place):
        share, people = book.pooled(tuple(one.ranking_id for one in rows))
        found[employee_id] = ([(one.pk, one.k, one.n) for one in rows], (share.k, share.n), people)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_book_says_what_every_standing_says(shop, seed):
    dice = random.Random(seed)
    close = months_of(shop, dice)
    seen = 0
    for figures in ({}, corrected(dice), corrected(dice)):
        for place in ENDS:
            found = from_the_book(close, figures, place)
            assert found == one_by_one(close, figures, place)
            seen += len(found)
    assert seen


@pytest.mark.parametrize("seed", range(6))
def test_months_used_up_take_a_hit_away_exactly_where_its_window_begins_no_later(shop, seed):
    dice = random.Random(seed)
    close = months_of(shop, dice)
    last = Period.parse(close.period).number
    whole = {place: Book.read(POLICY, close, {}).complete(place) for place in ENDS}
    assert any(whole.values())
    for place in ENDS:
        begins = {person: Period.parse(rows[0].period).number for person, rows in whole[place]}
        for used in range(last - 5, last + 1):
            left = {person for person, first in begins.items() if first > used}
            assert left == set(one_by_one(close, {}, place, used_through=used))


def test_a_group_reads_whom_it_holds_from_one_row_whatever_its_size(shop, django_assert_num_queries):
    close = months_of(shop, random.Random(1))
    with django_assert_num_queries(3):  # near an end, all counted together, rankings
        Book.read(POLICY, close, {})
