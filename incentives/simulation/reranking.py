"""Past months ranked anew by a draft's own settings of the ranking, from the counts that each close stored."""

from collections import defaultdict
from types import SimpleNamespace

from core.period import Period, window
from policies.selectors import section_of
from scoring.models import Adjudication, Ranking, Standing
from scoring.policy import policy_of
from scoring.services import adjudication
from scoring.services.ranks import rank_group

Kind = Adjudication.Kind
#: what a draft may change and stored counts can be ranked by; whom and which answers a month counted stays as it was
RERANKED = ("rank_min_n", "min_eligible", "place_share_bp", "alpha_bp")
#: settings whose change a trial on past months does not show: the figures stand as they were counted and closed
UNSEEN = ("scoring", "targets", "closing", "composite", "dimensions")
NO_RANK = {"rank": None, "rank_low": None, "rank_high": None, "place": ""}


class Reranked:
    """`figures(close)` are what the streak rules of this version count with; each month is ranked once."""

    def __init__(self, version):
        self.ranking = section_of(version, "ranking") if "ranking" in version.content else None
        self._months = {}

    def figures(self, close):
        """As scoring.services.adjudication.overlaid takes them; None where the draft ranks as the closes did."""
        if self.ranking is None:
            return None
        reach = self.ranking.streak_length + self.ranking.max_pauses
        months = [
            self._month(close.company_id, str(month)) for month in window(Period.parse(close.period), reach)
        ]
        if not any(months):
            return None
        found = adjudication.before_close(close)
        return {
            kind: found.get(kind, {})
            | {pk: own for month in months for pk, own in month.get(kind, {}).items()}
            for kind in (Kind.STANDING, Kind.RANKING)
        }

    def _month(self, company_id, month):
        if month not in self._months:
            self._months[month] = self._ranked(company_id, month)
        return self._months[month]

    def _ranked(self, company_id, month):
        rankings = Ranking.objects.filter(company_id=company_id, period=month)
        changed = [
            one
            for one in rankings.select_related("close__policy_version")
            if self._differs(one.close.policy_version)
        ]
        rows = defaultdict(list)
        for row in Standing.objects.filter(ranking__in=changed).order_by("employee_id"):
            rows[row.ranking_id].append(row)
        found = {Kind.STANDING: {}, Kind.RANKING: {}} if changed else {}
        for ranking in changed:
            fields, standings = rank_group(*_group(rows[ranking.pk]), self.ranking)
            found[Kind.RANKING][ranking.pk] = {"chi2": None, "p_value": None} | fields
            found[Kind.STANDING] |= {row.pk: NO_RANK | standings[row.employee_id] for row in rows[ranking.pk]}
        return found

    def _differs(self, version):
        if version is None:
            return False
        old = policy_of(version, "ranking")
        return any(getattr(old, name) != getattr(self.ranking, name) for name in RERANKED)


def _group(rows):
    members = [
        SimpleNamespace(employee_id=row.employee_id, is_eligible=row.status != Standing.Status.NOT_ELIGIBLE)
        for row in rows
    ]
    return members, {row.employee_id: (row.k, row.n) for row in rows}


def unseen(version, current):
    """Codes of the settings that the draft changes and its trial does not show."""
    if current is None:
        return []
    found = [name for name in UNSEEN if version.content.get(name) != current.content.get(name)]
    old, new = (content.get("ranking", {}) for content in (current.content, version.content))
    if any(old.get(name) != new.get(name) for name in ("modes", "posts")):
        found.append("ranking")
    return found
