"""What came after the counts: the hearing, appeals and their outcome, adjudicated figures beside the first ones."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from appeals import subjects
from appeals.models import Appeal, Consequence
from appeals.own import last_day
from core.access import may
from core.workdays import working_days_left
from incentives.models import Hearing
from organization.scopes import employee_id_of, reach_of
from scoring.services.adjudication import Kind, in_force


@dataclass(frozen=True)
class Heard:
    """A hearing; `statement` and `opinion` only for the person concerned and those who decide."""

    hearing: Hearing
    statement: str
    opinion: str
    is_readable: bool


def heard(decision, user):
    """The newest hearing of a decision, or None."""
    hearing = Hearing.objects.filter(decision=decision).order_by("-pk").first()
    if hearing is None:
        return None
    reads = may_read_statement(decision, user)
    return Heard(
        hearing, hearing.statement if reads else "", decision.opinion if reads else "", is_readable=reads
    )


def may_read_statement(decision, user):
    is_own = decision.employee_id == employee_id_of(user)
    return is_own or decision.company_id in reach_of(user, "incentives.view").company_ids


@dataclass(frozen=True)
class Objection:
    """An appeal and its outcome; the answer's reasons only for those who may open the appeal."""

    appeal: Appeal
    is_readable: bool
    url: str


def objections_to(user, company_id, *, subject, object_id):
    """Appeals on this thing, and those whose outcome touched it, oldest first."""
    touched = Consequence.objects.filter(
        company_id=company_id, kind__in=TOUCHES.get(subject, ()), object_id=object_id
    )
    match = Q(subject=subject, object_id=object_id) | Q(pk__in=touched.values("appeal_id"))
    hidden = (Appeal.State.DRAFT, Appeal.State.WITHDRAWN)
    found = list(
        Appeal.objects.filter(match, company_id=company_id)
        .exclude(state__in=hidden)
        .order_by("filed_at", "pk")
    )
    if not found:
        return []
    readable = set(
        Appeal.objects.visible_to(user).filter(pk__in=[one.pk for one in found]).values_list("pk", flat=True)
    )
    own = employee_id_of(user)
    return [_objection(one, one.pk in readable, own) for one in found]


def _objection(appeal, is_readable, own):
    if not is_readable:
        return Objection(appeal, False, "")
    is_own = own is not None and appeal.employee_id == own
    return Objection(appeal, True, appeal.get_own_url() if is_own else appeal.get_absolute_url())


@dataclass(frozen=True)
class Window:
    """Until when the reader may still object to their own figure."""

    kind: str
    pk: int
    until: dt.datetime | None
    days_left: int
    is_open: bool


def window_of(user, kind, pk, at):
    """None where the thing is not the reader's own or they file no appeals."""
    employee = getattr(user, "employee", None)
    if employee is None or not may(user, "appeals.file"):
        return None
    thing = subjects.find(employee, kind, pk)
    if thing is None:
        return None
    left = working_days_left(at, last_day(thing.until)) if thing.until else 0
    return Window(kind, pk, thing.until, left, thing.is_open(at))


#: what is appealed -> the kinds of consequence that touch a thing of the same kind
TOUCHES = {
    Appeal.Subject.DECISION: (
        Consequence.Kind.REVERSED,
        Consequence.Kind.VARIED,
        Consequence.Kind.UPHELD,
    ),
    Appeal.Subject.SCORE: (Consequence.Kind.SCORE,),
    Appeal.Subject.STANDING: (Consequence.Kind.STANDING,),
}


def corrected_standings(company_id, ids):
    """{standing id: figures after an appeal}."""
    return in_force(company_id, Kind.STANDING, ids)


def corrected_score(score):
    """The score's figures after an appeal, or None."""
    return in_force(score.company_id, Kind.SCORE, [score.pk]).get(score.pk)
