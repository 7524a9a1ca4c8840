"""How many of a head's people stand before a rule on months in a row, and how many cases run: numbers, no names."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from core.period import window
from incentives.models import Decision, Rule
from incentives.services.cases import last_months
from organization.scopes import with_descendants
from policies.models import Version
from reports.selectors import mine
from reports.selectors.figures import policy
from scoring.models import Standing
from scoring.services.adjudication import of_company, overlaid
from scoring.statistics import streaks

RUNNING = (
    Decision.State.PROPOSED,
    Decision.State.HEARING,
    Decision.State.READY,
    Decision.State.VOTING,
    Decision.State.RETURNED,
    Decision.State.ISSUED,
    Decision.State.SUSPENDED,
)
ENDS = ("top", "bottom")


@dataclass(frozen=True)
class NearPeople:
    """`top` and `bottom` stand one month before a complete row; decisions `running` are not final yet."""

    top: int
    bottom: int
    running: int
    length: int

    @property
    def is_empty(self):
        return not (self.top or self.bottom or self.running)


def near_people(department, month):
    """None while nobody of the department is ranked; a handful of statements whatever its size."""
    company = department.company
    departments = with_descendants({department.pk}, company.pk)
    ranking = policy(company, "ranking", month)
    if ranking is None:
        return None
    histories = _histories(company, departments, window(month, ranking.streak_length + ranking.max_pauses))
    if not histories:
        return None
    running = Decision.objects.filter(department__in=departments, state__in=RUNNING).count()
    counts = _one_before(company, month, ranking, histories)
    return NearPeople(counts["top"], counts["bottom"], running, ranking.streak_length)


def _histories(company, departments, months):
    """{employee id: standings} of those who work here in the last of these months."""
    rows = Standing.objects.filter(company=company, period__in=[str(one) for one in months])
    here = rows.filter(period=str(months[-1]), department__in=departments).values("employee_id")
    found = defaultdict(list)
    for row in overlaid(rows.filter(employee_id__in=here).select_related("ranking"), of_company(company.pk)):
        found[row.employee_id].append(row)
    return found


def _one_before(company, month, ranking, histories):
    counts = Counter()
    for place, code in _codes(company, month).items():
        decided = Decision.objects.live().filter(company=company, rule_code=code)
        used = last_months(decided.filter(employee_id__in=list(histories)))[code]
        for employee_id, rows in histories.items():
            found = streaks.streak(
                [mine.month_standing(row, place) for row in rows],
                length=ranking.streak_length,
                max_pauses=ranking.max_pauses,
                used_through=used.get(employee_id),
            )
            counts[place] += found.state == "running" and found.missing == 1
    return counts


def _codes(company, month):
    """{end of the ranking: code of the rule in force about it}."""
    versions = Version.objects.in_force(month.last_day).filter(company=company)
    rules = Rule.objects.filter(version__in=versions, trigger="rank_streak", is_active=True)
    return {rule.params["place"]: rule.code for rule in rules if rule.params.get("place") in ENDS}
