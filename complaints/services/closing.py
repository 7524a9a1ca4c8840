"""The end of a case: the answer to the customer, the question whether it is a good one (AU-4), the grace window."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from complaints import letters
from complaints.casework import class_of, enter, policy_of, record
from complaints.models import Case, Channel, Entry, Kind, State, ToldBy
from complaints.recusal import named_in
from complaints.rules import hindrance_to_answer, refuse
from core.events import publish
from core.flow import Refused, advance
from core.workdays import due_after
from organization.models import Company
from surveys.entry import clean_text

LONGEST_ANSWER = 5000
BATCH = 500


@transaction.atomic
def answer(case, *, text, by, at):
    """Answer the customer and ask whether it satisfies them; from now the grace window runs.

    Whether it was in time is kept from the first answer: a case that comes back does not become late by that.
    """
    case = enter(case, by=by)
    text = _words(text)
    rules = policy_of(case, at)
    _refuse_unless_ready(case, rules)
    is_first = case.answered_on_time is None
    advance(
        case,
        Case.ANSWER,
        by=by,
        at=at,
        responded_at=at,
        first_answered_at=case.first_answered_at or at,
        answered_on_time=(case.due_at is None or at < case.due_at) if is_first else case.answered_on_time,
        asked_at=at if asks_by_itself(case) else None,
        grace_until=due_after(at, rules.grace_days).at,
    )
    record(case, Entry.Kind.ANSWER, text, by=by, at=at, is_public=True)
    letters.answered(case, at=at)
    publish("complaints.case_answered", case)
    return case


def asks_by_itself(case):
    """Whether the answer reaches the customer together with the question how they find it.

    It does by a message, and on the tracking page for those who wrote themselves and so hold the code. Whoever was
    passed on by a colleague, or only filled in a survey, is asked by a person (`record_asked`).
    """
    holds_code = case.received_by_id is None and case.channel != Channel.SURVEY
    return case.told_by != ToldBy.NONE or holds_code or case.kind == Kind.REPORT


@transaction.atomic
def record_asked(case, *, note, by, at):
    """Somebody asked the customer whether the answer satisfies them, or writes down why nobody can be asked (AU-4)."""
    case = enter(case, by=by)
    note = _words(note)
    if case.state != State.RESPONDED:
        raise Refused(_("The customer is asked once the answer is there."), code="state")
    case.asked_at = case.asked_at or at
    case.save(update_fields=["asked_at"])
    record(case, Entry.Kind.NOTE, note, by=by, at=at)
    audit.record("complaints.case.asked", case, by=by, at=at)
    return case


def close_due(at):
    """Tick: answered, asked, and the grace window over. Returns how many were closed."""
    companies = list(Company.objects.values_list("pk", flat=True))  # the index of states begins with them
    answered = Case.objects.filter(company__in=companies, state=State.RESPONDED)
    due = answered.filter(grace_until__lte=at, asked_at__isnull=False)
    return sum(_close(case, at) for case in due.order_by("pk")[:BATCH])


@transaction.atomic
def _close(case, at):
    try:
        advance(case, Case.CLOSE, by=None, at=at, closed_at=at)
    except Refused:  # reopened, or closed by another worker, in this very moment
        return 0
    return 1


def _words(text):
    text = clean_text(text or "")
    if not text:
        raise Refused(_("Write a few words here."), field="text")
    if len(text) > LONGEST_ANSWER:
        raise Refused(
            _("Shorten this to %(most)d characters; it has %(length)d now.")
            % {"most": LONGEST_ANSWER, "length": len(text)},
            field="text",
        )
    return text


def _refuse_unless_ready(case, rules):
    refuse(
        hindrance_to_answer(
            kind=case.kind,
            state=case.state,
            is_simple=class_of(case, rules).is_simple,
            names_people=bool(named_in(case)),
        ),
        code="state",
    )
