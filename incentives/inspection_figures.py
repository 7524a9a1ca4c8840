"""How a department carries out decisions, read beside an inspection's checklist: talks, duties, letters (RE-5.1a)."""

import datetime as dt

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.period import SHANGHAI
from improvements.registries import FigureSource
from incentives.models import Duty, Notice, Talk

LABELS = {
    "talks_overdue": _("admonishing talks overdue, of those to be held"),
    "talks_late": _("talks held late, of those held since the last inspection"),
    "duties_overdue": _("duties overdue, of those to be done"),
    "duties_late": _("duties done late, of those done since the last inspection"),
    "letters_without_receipt": _("letters without a receipt in time, of those to be served"),
}


def compute(*, company, department_ids, since, at, left_out):
    """Of the people of these departments; what concerns somebody who reads the figures is not counted."""
    start = dt.datetime.combine(since, dt.time(), SHANGHAI)
    talks = _of(Talk, company, department_ids).exclude(employee__in=left_out)
    duties = _of(Duty, company, department_ids).exclude(employee__in=left_out)
    letters = Notice.objects.to_serve().filter(company=company, decision__department__in=department_ids)
    letters = letters.exclude(decision__employee__in=left_out)
    held = Q(held_at__gte=start) & ~Q(state=Talk.State.CANCELLED)
    done = Q(done_at__gte=start) & ~Q(state=Duty.State.CANCELLED)
    spoken = talks.aggregate(
        open=Count("pk", filter=Q(state=Talk.State.SCHEDULED)),
        overdue=Count("pk", filter=Q(state=Talk.State.SCHEDULED, due_at__lte=at)),
        held=Count("pk", filter=held),
        late=Count("pk", filter=held & Q(held_at__gte=F("due_at"))),
    )
    owed = duties.aggregate(
        open=Count("pk", filter=Q(state=Duty.State.OPEN)),
        overdue=Count("pk", filter=Q(state=Duty.State.OPEN, due_at__lte=at)),
        done=Count("pk", filter=done),
        late=Count("pk", filter=done & Q(done_at__gte=F("due_at"))),
    )
    served = letters.aggregate(all=Count("pk"), late=Count("pk", filter=Q(receipt_until__lte=at)))
    return {
        "talks_overdue": (spoken["overdue"], spoken["open"]),
        "talks_late": (spoken["late"], spoken["held"]),
        "duties_overdue": (owed["overdue"], owed["open"]),
        "duties_late": (owed["late"], owed["done"]),
        "letters_without_receipt": (served["late"], served["all"]),
    }


def _of(model, company, department_ids):
    return model.objects.filter(company=company, department__in=department_ids).order_by()


def link(code, department):
    """Duties have a list of their own; talks and letters stand on the execution list."""
    return reverse("duties" if code.startswith("duties") else "execution")


EXECUTION = FigureSource("rules", LABELS, compute, link, ("incentives.propose",))
