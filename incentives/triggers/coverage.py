"""Too few of a unit's households answered (PM-6.1; method §2): answers over all households, not over those asked."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from core.period import SHANGHAI, Period
from customers.models import Purchase
from customers.selectors.families import root
from incentives.triggers import departments
from incentives.triggers.base import Hit, Trigger, check_share
from incentives.triggers.target_missed import shares_units
from organization.models import Assignment
from scoring.selectors import COUNTED
from scoring.services.books import Books
from scoring.statistics.measures import basis_points, is_below
from surveys.models import Answer, Invitation


@dataclass(frozen=True)
class CoverageBelow(Trigger):
    """`thresholds` maps department codes to shares in basis points; `default_bp` holds for all others that have homes.

    Answers that name no household are counted for the unit's good: only where even they could not reach the
    threshold, each a household of its own, is the hit beyond doubt.
    """

    thresholds: dict = field(default_factory=dict)
    default_bp: int | None = None

    close_kind = "quarter"
    roles = ("head",)
    inputs = ("units", "coverage")

    @property
    def units(self):
        return () if self.default_bp else tuple(self.thresholds)

    def check(self):
        if not isinstance(self.thresholds, dict) or not (self.thresholds or self.default_bp):
            raise ValueError(_("coverage_below needs thresholds by unit, or default_bp"))
        for code, share in self.thresholds.items():
            check_share(share, code)
        if self.default_bp is not None:
            check_share(self.default_bp, "default_bp")

    def overlaps(self, other):
        return shares_units(self, other)

    def hits(self, rule, close, used, *, reads=None):
        counts = close.frozen.get("coverage", {})
        hits = []
        for unit in departments.units_of(close, self.units):
            found = counts.get(str(unit.id))
            threshold_bp = self.thresholds.get(unit.code, self.default_bp)
            if found and found["homes"]:
                least = basis_points(threshold_bp)
                if is_below(found["answered"], found["homes"], least):
                    hits.append(self._hit(rule, close, unit, found, threshold_bp))
        return hits

    def _hit(self, rule, close, unit, found, threshold_bp):
        at_most = min(found["answered"] + found["unknown"], found["homes"])
        is_sure = is_below(at_most, found["homes"], basis_points(threshold_bp))
        return Hit(
            employee_id=unit.head_id,
            department_id=unit.id,
            occurrence=departments.unit_occurrence(close.period, unit),
            evidence=departments.unit_evidence(
                "coverage_below",
                rule,
                unit,
                period=close.period,
                cutoff_on=close.cutoff_on.isoformat(),
                threshold_bp=threshold_bp,
                homes=found["homes"],
                answered=found["answered"],
                unknown=found["unknown"],
                gate={"distinguishable": is_sure},
            ),
            is_distinguishable=is_sure,
            role="head",
            head_on=close.cutoff_on,
        )


def frozen_coverage(close):
    """{department id: {homes, asked, answered, unknown}} at the close; a handful of queries.

    A unit's homes are those of the projects where its people and the people below it work on the last counted day.
    A home is covered by a counted answer of the period from anybody whose home it is, about that project or none.
    """
    sites = _sites(close)
    homes, asked, answered = _homes(close, set().union(*sites.values()) if sites else set())
    unknown = _unknown(close)
    found = {}
    for department_id, own in sorted(sites.items()):
        found[str(department_id)] = {
            "homes": sum(homes[site] for site in own),
            "asked": sum(asked[site] for site in own),
            "answered": sum(answered[site] for site in own),
            "unknown": sum(
                count
                for (site, department), count in unknown.items()
                if site in own or (site is None and department_id in _line(department, close))
            ),
        }
    return found


def _sites(close):
    """{department id: ids of the projects its people work at}, those below included."""
    present = Assignment.objects.on(close.cutoff_on).filter(
        department__company_id=close.company_id, site__isnull=False
    )
    found = defaultdict(set)
    for department_id, site_id in present.order_by().values_list("department_id", "site_id").distinct():
        for above in _line(department_id, close):
            found[above].add(site_id)
    return found


def _line(department_id, close):
    """The department and all above it, by the tree that was frozen at the close."""
    parents, line = dict(close.frozen.get("departments", ())), []
    while department_id is not None and department_id not in line:
        line.append(department_id)
        department_id = parents.get(department_id)
    return line


def _homes(close, site_ids):
    """Counts by project: all homes, those somebody of whom was asked, those that answered.

    Who answered has been asked, be it before the period began.
    """
    asked_by, answered_by = _people_asked(close), _people_who_answered(close)
    bought = Purchase.objects.filter(
        company_id=close.company_id, site__in=site_ids, signed_on__lte=close.cutoff_on
    )
    owners = defaultdict(set)
    rows = bought.order_by().values_list("site_id", "unit", root("customer"))
    for site_id, unit, customer_id in rows.iterator(chunk_size=5000):
        owners[site_id, unit].add(customer_id)
    counts = tuple(defaultdict(int) for _each in range(3))
    for (site_id, _unit), people in owners.items():
        has_answered = any(answered_by.get(one, set()) & {None, site_id} for one in people)
        counts[0][site_id] += 1
        counts[1][site_id] += has_answered or not people.isdisjoint(asked_by)
        counts[2][site_id] += has_answered
    return counts


def _people_asked(close):
    """Leading files of customers invited on the counted days: from the cut-off before to that of the period (PM-5b)."""
    first = Books.of_close(close).begins_on(Period.parse(close.period))
    invited = Invitation.objects.filter(
        company_id=close.company_id,
        customer__isnull=False,
        made_at__gte=_midnight(first),
        made_at__lt=_midnight(close.cutoff_on + dt.timedelta(days=1)),
    )
    return set(invited.order_by().values_list(root("customer"), flat=True))


def _midnight(day):
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def _people_who_answered(close):
    """{leading file: projects its counted answers are about}."""
    rows = _counted(close).filter(invitation__customer__isnull=False)
    found = defaultdict(set)
    for customer_id, site_id in rows.order_by().values_list(root("invitation__customer"), "site_id"):
        found[customer_id].add(site_id)
    return found


def _unknown(close):
    """{(project, department): counted answers that name no household}."""
    found = defaultdict(int)
    rows = _counted(close).filter(invitation__customer=None).order_by()
    for site_id, department_id in rows.values_list("site_id", "department_id"):
        found[site_id, department_id] += 1
    return found


def _counted(close):
    kind = Period.parse(close.period).kind
    return Answer.objects.filter(
        unfolding__company_id=close.company_id,
        **{f"unfolding__{kind}": close.period, f"unfolding__{COUNTED[kind]}": True},
    )
