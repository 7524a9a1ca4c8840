"""The rank step: inside each peer group by exact share, with places, intervals and a second opinion."""

from core.period import Period
from organization.models import Post
from scoring.models import PeerMember, Ranking, Standing
from scoring.services.books import Books
from scoring.services.counting import FromCells, rank_counts
from scoring.statistics.levels import eb_levels
from scoring.statistics.ranking import (
    bottom_places,
    chi_square_homogeneity,
    places,
    rank_by_share,
    rank_intervals,
    top_places,
)


def run(close, at):
    """Rankings and standings of a month; quarters and half-years are not ranked."""
    period = Period.parse(close.period)
    if period.kind != "month":
        return
    policy = Books.of_close(close).policy("ranking", period)
    for post, members, counts in groups(close, policy, FromCells(close.company_id, period)):
        ranking, standings = rank_group(members, counts, policy)
        ranking = Ranking.objects.create(
            close=close,
            company_id=close.company_id,
            period=close.period,
            post=post,
            modes=list(policy.modes),
            **ranking,
        )
        Standing.objects.bulk_create(
            Standing(
                ranking=ranking,
                company_id=close.company_id,
                period=close.period,
                employee_id=member.employee_id,
                department_id=member.department_id,
                **standings[member.employee_id],
            )
            for member in members
        )


def groups(close, policy, source):
    """(post, its frozen members, {employee id: (k, n)}) of each peer group that has members, by post code."""
    peers = list(
        PeerMember.objects.filter(company_id=close.company_id, month=close.period).order_by("employee_id")
    )
    counts = rank_counts(source, [peer.employee_id for peer in peers], policy.modes)
    for post in Post.objects.filter(
        company_id=close.company_id, pk__in={peer.post_id for peer in peers}
    ).order_by("code"):
        yield post, [peer for peer in peers if peer.post_id == post.pk], counts


def rank_group(members, counts, policy):
    """(fields of Ranking, {employee id: fields of Standing}) of one peer group.

    Eligible are those who stayed all month and have `rank_min_n` answers. Below `min_eligible` of them nobody
    has a rank or a place; their counts stand there all the same.
    """
    standings = {
        member.employee_id: _unranked(member, *counts[member.employee_id], policy) for member in members
    }
    rows = [
        (pk, own["k"], own["n"]) for pk, own in standings.items() if own["status"] == Standing.Status.RANKED
    ]
    count = places(len(rows), policy.place_share, least_eligible=policy.min_eligible)
    ranking = {"eligible": len(rows), "places": count, "is_ranked": len(rows) >= policy.min_eligible}
    if len(rows) > 1:
        difference = chi_square_homogeneity(rows)
        ranking |= {"chi2": difference.chi2, "p_value": difference.p}
    if ranking["is_ranked"]:
        _rank(standings, rows, count, policy)
    return ranking, standings


def _unranked(member, k, n, policy):
    if not member.is_eligible:
        status = Standing.Status.NOT_ELIGIBLE
    elif n < policy.rank_min_n:
        status = Standing.Status.INSUFFICIENT
    else:
        status = Standing.Status.RANKED
    return {"k": k, "n": n, "status": status}


def _rank(standings, rows, count, policy):
    intervals, levels = rank_intervals(rows, policy.alpha), eb_levels(rows)
    for row in rank_by_share(rows):
        low, high = intervals[row.id]
        level = levels.levels[row.id].mean if levels else None
        standings[row.id] |= {"rank": row.rank, "rank_low": low, "rank_high": high, "level": level}
    for place, inside in (
        (Standing.Place.TOP, top_places(rows, count)),
        (Standing.Place.BOTTOM, bottom_places(rows, count)),
    ):
        for employee_id in inside:
            standings[employee_id]["place"] = place
