"""Complaints of a department since its last inspection, read beside the checklist (RE-5.1a)."""

import datetime as dt
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.models import Allegation, Case, Kind, State
from complaints.models.case import OPEN
from complaints.pages.stages import overdue
from core.period import SHANGHAI
from improvements.registries import FigureSource

LABELS = {
    "received": _("complaints and suggestions received since the last inspection"),
    "first_answer": _("of these with a first answer in time"),
    "open": _("complaints and suggestions open now"),
    "overdue": _("of these overdue"),
}
#: filters of the list of cases behind each figure
FILTERS = {
    "received": {"stage": "counted"},
    "first_answer": {"stage": "counted"},
    "open": {},
    "overdue": {"overdue": "1"},
}


def compute(*, company, department_ids, since, at, left_out):
    """Cases of customers that belong to the departments; praise, internal reports and merged cases are not among them.

    Cases that name somebody in `left_out` are not counted: nobody learns of a case about themselves by a figure.
    """
    naming = Allegation.objects.filter(employee__in=left_out).values("case_id")
    cases = Case.objects.of_customers().filter(company=company, department__in=department_ids)
    cases = cases.exclude(kind=Kind.PRAISE).exclude(state=State.MERGED).exclude(pk__in=naming)
    new = Q(received_at__gte=dt.datetime.combine(since, dt.time(), SHANGHAI))
    found = cases.order_by().aggregate(
        received=Count("pk", filter=new),
        first_answer=Count("pk", filter=new & Q(first_answered_at__lte=F("first_answer_due_at"))),
        open=Count("pk", filter=Q(state__in=OPEN)),
        overdue=Count("pk", filter=overdue(at)),
    )
    of = {"first_answer": found["received"], "overdue": found["open"]}
    return {code: (found[code], of.get(code)) for code in LABELS}


def link(code, department):
    return f"{reverse('cases')}?{urlencode({'department': department.pk, **FILTERS[code]})}"


COMPLAINTS = FigureSource("complaints", LABELS, compute, link, ("complaints.view",))
