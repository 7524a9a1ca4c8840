"""The end of a case: the answer to the customer, the question whether it is a good one (AU-4), the grace window."""

from django.db import transaction
from django.db.models import F, Min
from django.utils.translation import gettext as _

from audit import services as audit
from complaints import letters
from complaints.casework import class_of, enter, policy_of, record
from complaints.models import Case, Channel, Entry, Kind, State
from complaints.recusal import named_in
from complaints.rules import hindrance_to_answer, refuse
from complaints.services.tracking import leading
from complaints.telling import responsible, tell
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
        asked_at=None,
        grace_until=due_after(at, rules.grace_days).at,
    )
    record(case, Entry.Kind.ANSWER, text, by=by, at=at, is_public=True)
    if not _unasked(case, written_to=letters.answered(case, at=at)):
        case.asked_at = at
        case.save(update_fields=["asked_at"])
    publish("complaints.case_answered", case)
    return case


def reads_by_themselves(case):
    """Whether the customer is expected to look for the answer, and the question how they find it, without a message.

    Whoever wrote on our own pages chose to follow it there and holds the code. Whoever was passed on by a colleague,
    wrote a letter or filled in a survey does not look there: a message asks them, or a person (`record_asked`).
    """
    if case.kind == Kind.REPORT:
        return True
    return case.received_by_id is None and case.channel not in (Channel.SURVEY, Channel.MAILBOX)


def _unasked(case, *, written_to):
    """Numbers of the case, and of those merged into it, whose customer neither looks nor is written to."""
    return [
        one.number
        for one in letters.with_merged(case)
        if one.pk not in written_to and not reads_by_themselves(one)
    ]


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


def recall_unsent(at):
    """Tick: of whom the message never reached, nobody has asked; whoever handles the case telephones. Returns how many.

    A message is held back when it is sent, not when it is asked for, and it may come back days later.
    """
    companies = _companies()
    asked = Case.objects.filter(company__in=companies, state=State.RESPONDED, asked_at=F("responded_at"))
    since = asked.aggregate(first=Min("responded_at"))["first"]
    if since is None:
        return 0
    lost = letters.unsent_answers(companies, since)
    found = Case.objects.filter(pk__in=lost).select_related("company")
    return sum(_recall(one, lost[one.pk], at) for one in found if not reads_by_themselves(one))


@transaction.atomic
def _recall(one, answered_at, at):
    """`one` is the case itself, or one merged into it; who has rated since was asked. 1, or 0 when there is no need."""
    if one.rated_at and one.rated_at >= answered_at:
        return 0
    case = leading(one)
    still = Case.objects.filter(pk=case.pk, state=State.RESPONDED, responded_at=answered_at)
    if not still.filter(asked_at=answered_at).update(asked_at=None):
        return 0
    audit.record("complaints.case.not_reached", case, by=None, at=at, data={"number": one.number})
    names = {"number": case.number}
    tell(
        case,
        responsible(case, at),
        kind="case_not_reached",
        key=f"case_not_reached:{case.pk}:{answered_at:%Y%m%d%H%M%S}",
        at=at,
        text=lambda: (_("%(number)s: our answer did not reach the customer, telephone them") % names, ""),
    )
    return 1


def close_due(at):
    """Tick: answered, asked, and the grace window over. Returns how many were closed."""
    recall_unsent(at)
    answered = Case.objects.filter(company__in=_companies(), state=State.RESPONDED)
    due = answered.filter(grace_until__lte=at, asked_at__isnull=False)
    return sum(_close(case, at) for case in due.order_by("pk")[:BATCH])


def _companies():
    """All of them: the indexes of states begin with the company."""
    return list(Company.objects.values_list("pk", flat=True))


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
