"""The totals of a simulation as JSON: per rule, per department, hit by hit, against the version in force."""

from collections import defaultdict

from incentives.simulation.limiting import UNITS, months_of_people
from incentives.simulation.reranking import unseen


def summary(version, current, months, now, before):
    """`now` and `before` are ([Found], [Skipped]) of the draft and of the version in force (or of nothing)."""
    found, skipped = now
    old, _skipped = before
    titles = _titles(current) | _titles(version)
    codes = [code for code in titles if code in {one.rule.code for one in [*found, *old]} | _active(version)]
    reasons = {one.code: one.sentence for one in skipped}
    return {
        "months": list(months),
        "compared_with": current.label if current else "",
        "totals": {"now": counts(found), "before": counts(old)},
        "rules": [
            {
                "code": code,
                **titles[code],
                "now": counts([one for one in found if one.rule.code == code]),
                "before": counts([one for one in old if one.rule.code == code]),
                "skipped": reasons.get(code, ""),
            }
            for code in codes
        ],
        "departments": _departments(found, old),
        "hits": _hits(found, old),
        "doubles": doubles(found),
        "over_limits": months_of_people(found),
        "unseen": unseen(version, current),
    }


def counts(found):
    """Held cases and those on a missing head are counted apart: nothing follows from them by itself.

    Points and fen are what the ledger would post, in whatever month; of them some is carried over, the rest lapses.
    """
    proposed = [one for one in found if one.is_proposed]
    return {
        "hits": len(proposed),
        "held": sum(not one.is_proposed and not one.is_headless for one in found),
        "headless": sum(one.is_headless for one in found),
        "people": len({one.hit.employee_id for one in proposed}),
        **sums(found),
        "fragile": sum(one.is_fragile for one in proposed),
    }


def sums(found):
    """{points, fen} as posted, and of both what is carried over (carried_points) and what lapses (lapsed_points)."""
    return {
        name: value
        for unit in UNITS
        for name, value in (
            (unit, sum(one.posted(unit) for one in found)),
            (f"carried_{unit}", sum(one.carried(unit) for one in found)),
            (f"lapsed_{unit}", sum(one.lapsed.get(unit, 0) for one in found)),
        )
    }


def doubles(found):
    """[{employee, period, rules}]: penalties of several rules on one person in one month, or for one incident."""
    together = defaultdict(set)
    for one in found:
        if one.is_proposed and one.rule.direction == "penalty":
            together[one.hit.employee_id, one.period].add(one.rule.code)
    return [
        {"employee": employee_id, "period": period, "rules": sorted(codes)}
        for (employee_id, period), codes in sorted(together.items())
        if len(codes) > 1
    ]


def _departments(found, old):
    ids = sorted({one.hit.department_id for one in [*found, *old] if one.hit.department_id})
    return [
        {
            "department": pk,
            "now": counts([one for one in found if one.hit.department_id == pk]),
            "before": counts([one for one in old if one.hit.department_id == pk]),
        }
        for pk in ids
    ]


def _hits(found, old):
    known, kept = {one.key for one in old}, {one.key for one in found}
    rows = [_hit(one, "same" if one.key in known else "new") for one in found]
    rows += [_hit(one, "gone") for one in old if one.key not in kept]
    return sorted(rows, key=lambda row: (row["period"], row["rule"], row["employee"] or 0))


def _hit(one, change):
    k, n = rests_on(one.hit.evidence)
    return {
        "rule": one.rule.code,
        "employee": one.hit.employee_id,
        "department": one.hit.department_id,
        "role": one.hit.role,
        "occurrence": one.hit.occurrence,
        "period": one.period,
        "is_proposed": one.is_proposed,
        "is_fragile": one.is_fragile,
        **sums([one]),
        "k": k,
        "n": n,
        "change": change,
    }


def rests_on(evidence):
    """(k, n) behind a hit: answers, or households for a coverage; (None, None) where it rests on a fact."""
    pooled = evidence.get("pooled") or {}
    return pooled.get("k", evidence.get("answered")), pooled.get("n", evidence.get("homes"))


def _titles(version):
    rows = version.content.get("rules", []) if version else []
    return {
        row["code"]: {
            "title": row["title"],
            "title_en": row.get("title_en", ""),
            "direction": row["direction"],
            "is_active": row.get("active", True),
        }
        for row in rows
    }


def _active(version):
    return {row["code"] for row in version.content.get("rules", []) if row.get("active", True)}
