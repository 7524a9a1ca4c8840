"""Counting for a suggestion: satisfied of asked in a window, answer by answer, by the day on which each was given."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.flow import Refused
from core.period import SHANGHAI
from organization.models import Department, Site
from organization.scopes import with_descendants
from policies.selectors import section_of
from scoring.models import Rating, SubjectKind
from scoring.policy import policy_of, version_for
from scoring.rules import OVERALL, SATISFIED
from surveys.models import Answer

SUBJECTS = (SubjectKind.DEPARTMENT, SubjectKind.SITE, SubjectKind.COMPANY)


@dataclass(frozen=True)
class Side:
    """The answers of one window that say something about the measure: ids, and how many of them are satisfied."""

    answer_ids: tuple
    k: int

    @property
    def n(self):
        return len(self.answer_ids)


@dataclass(frozen=True)
class Scope:
    """What is counted: the measure and its satisfied values, of which department with all below, site or company."""

    company_id: int
    measure: str
    satisfied: tuple
    subject_kind: str
    subject_id: int
    department_ids: tuple

    def within(self, field):
        """Keywords that narrow answers, or rows that lead to one by `field`, to the subject."""
        if self.subject_kind == SubjectKind.DEPARTMENT:
            return {f"{field}department_id__in": self.department_ids}
        return {f"{field}site_id": self.subject_id} if self.subject_kind == SubjectKind.SITE else {}


def scope_of(company, measure, subject_kind, subject_id, day):
    """The Scope under the policy that measures on that day. Refused without any."""
    version = version_for(company, day)
    if version is None:
        raise Refused(_("No rule book says yet which answers count as satisfied."), code="no_policy")
    values = (1,) if measure == OVERALL else tuple(policy_of(version, "scoring").counted_values)
    departments = ()
    if subject_kind == SubjectKind.DEPARTMENT:
        departments = tuple(sorted(with_descendants({subject_id}, company.pk)))
    return Scope(company.pk, measure, values, subject_kind, subject_id, departments)


def count(scope, window):
    """Side of the counted answers given on the days of the window (Asia/Shanghai). One statement."""
    found = Rating.objects.filter(
        answer__company_id=scope.company_id,
        answer__exclusion=None,
        measure=SATISFIED if scope.measure == OVERALL else scope.measure,
        **_days(window, "answer__"),
        **scope.within("answer__"),
    )
    rows = list(found.order_by("answer_id").values_list("answer_id", "value"))
    return Side(tuple(pk for pk, _value in rows), sum(value in scope.satisfied for _pk, value in rows))


def still_to_count(scope, window):
    """How many counted answers of the window are not unfolded into ratings yet."""
    found = Answer.objects.counted().filter(company_id=scope.company_id, unfolding=None)
    return found.filter(**_days(window, ""), **scope.within("")).count()


def recount(measure, satisfied, answer_ids):
    """(k, n) once more, from the ratings of these answers alone."""
    asked = Rating.objects.filter(
        answer_id__in=answer_ids, measure=SATISFIED if measure == OVERALL else measure
    )
    values = list(asked.values_list("value", flat=True))
    return sum(value in satisfied for value in values), len(values)


def _days(window, field):
    return {
        f"{field}submitted_at__gte": dt.datetime.combine(window.first, dt.time(), SHANGHAI),
        f"{field}submitted_at__lt": dt.datetime.combine(
            window.last + dt.timedelta(days=1), dt.time(), SHANGHAI
        ),
    }


def measures_of(company, day):
    """[(code, name)] of what may be measured: overall, and the dimensions of the policy of that day."""
    found = [(OVERALL, _("Overall satisfaction"))]
    version = version_for(company, day)
    try:
        named = section_of(version, "dimensions") if version else ()
    except Refused:
        named = ()
    return [*found, *((one.code, one.name_in(get_language())) for one in named)]


def subjects_of(company):
    """[(key, name)] of what may be measured for: the company, its departments, its projects."""
    departments = Department.objects.filter(company=company, closed_on=None).order_by("name", "pk")
    sites = Site.objects.filter(company=company).order_by("name", "pk")
    return [
        (f"{SubjectKind.COMPANY}:{company.pk}", _("The whole company")),
        *((f"{SubjectKind.DEPARTMENT}:{one.pk}", str(one)) for one in departments),
        *((f"{SubjectKind.SITE}:{one.pk}", str(one)) for one in sites),
    ]


def subject_name(company, kind, pk):
    """What was measured for, by its present name."""
    if kind == SubjectKind.COMPANY:
        return _("The whole company")
    model = Department if kind == SubjectKind.DEPARTMENT else Site
    found = model.objects.filter(company=company, pk=pk).first()
    return str(found) if found else ""


def measure_name(company, code, day):
    return dict(measures_of(company, day)).get(code, code)
