"""What a customer sees of their case: one sentence, the course in plain words, what they may do. Reads only.

A case that was merged shows the course of the one that leads; of what another customer said nothing is seen.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from audit.models import AuditRow
from complaints.letters import REOPENABLE
from complaints.models import Case, CaseFile, Entry, Kind, State
from complaints.models.case import RUNNING
from complaints.services.tracking import ANSWERED, TALKING, leading, progress_of
from core.period import SHANGHAI
from core.templatetags.manyi import day_name
from core.workdays import working_days_left

#: steps that a customer reads of, by the last part of the audit row's verb; what is not here stays inside
WORDS = {
    "received": pgettext_lazy("to the customer", "Received"),
    "accept": pgettext_lazy("to the customer", "Accepted"),
    "investigate": pgettext_lazy("to the customer", "Being looked into"),
    "ask": pgettext_lazy("to the customer", "Waiting for your reply"),
    "resume": pgettext_lazy("to the customer", "Work goes on"),
    "extend": pgettext_lazy("to the customer", "More time needed"),
    "propose": pgettext_lazy("to the customer", "Conclusion being checked"),
    "confirm": pgettext_lazy("to the customer", "Conclusion checked"),
    "prove": pgettext_lazy("to the customer", "Praise verified"),
    "confirm_praise": pgettext_lazy("to the customer", "Settled who shares in the praise"),
    "answer": pgettext_lazy("to the customer", "Answered"),
    "reopen": pgettext_lazy("to the customer", "Looked at again, as you asked"),
    "close": pgettext_lazy("to the customer", "Closed"),
    "withdraw": pgettext_lazy("to the customer", "You took it back"),
    "decline": pgettext_lazy("to the customer", "Not taken up"),
    "merge": pgettext_lazy("to the customer", "Handled together with other messages about the same matter"),
    "unmerge": pgettext_lazy("to the customer", "Handled by itself again"),
}
#: what is still to come: (states before which it is, word, explanation)
ACCEPTING = ((State.RECEIVED,), pgettext_lazy("to the customer", "Accept"), "")
LOOKING = ((State.RECEIVED, State.ACCEPTED), pgettext_lazy("to the customer", "Look into it"), "")
UNFOUND = (State.RECEIVED, State.ACCEPTED, State.INVESTIGATING, State.WAITING)
CHECKING = (
    UNFOUND,
    pgettext_lazy("to the customer", "Check the conclusion"),
    pgettext_lazy("to the customer", "by a second person"),
)
VERIFYING = ((State.RECEIVED, State.ACCEPTED), pgettext_lazy("to the customer", "Verify the praise"), "")
SHARING = (
    (State.RECEIVED, State.ACCEPTED, State.PROVED, State.ATTRIBUTED),
    pgettext_lazy("to the customer", "Settle who shares in the praise"),
    "",
)
ANSWERING = (
    (*RUNNING, State.WAITING),
    pgettext_lazy("to the customer", "Answer you, and ask how you rate us"),
    "",
)
COURSES = {
    Kind.COMPLAINT: (ACCEPTING, LOOKING, CHECKING, ANSWERING),
    Kind.SUGGESTION: (ACCEPTING, ANSWERING),
    Kind.PRAISE: (ACCEPTING, VERIFYING, SHARING, ANSWERING),
}
TITLES = {
    State.ACCEPTED: gettext_lazy("Accepted; we answer by %(day)s"),
    State.INVESTIGATING: gettext_lazy("We are looking into it and answer by %(day)s"),
    State.PROPOSED: gettext_lazy("The conclusion is being checked; we answer by %(day)s"),
    State.PROVED: gettext_lazy("Your praise is verified; we answer by %(day)s"),
    State.ATTRIBUTED: gettext_lazy("Your praise is verified; we answer by %(day)s"),
    State.CONFIRMED: gettext_lazy("The conclusion stands; we answer by %(day)s"),
}
PLAIN_TITLES = {
    State.WAITING: gettext_lazy("We wait for your reply and then go on"),
    State.CLOSED: gettext_lazy("This is closed"),
    State.WITHDRAWN: gettext_lazy("You took this back"),
    State.DECLINED: gettext_lazy("We cannot take this up"),
}
#: what the people who work on it are bound to (workflows: neither named nor superior)
INDEPENDENT = (State.INVESTIGATING, State.WAITING, State.PROPOSED)
ONE_DAY = dt.timedelta(days=1)


@dataclass
class Step:
    """One step of the course; `look` is "", "now" or "next"; `said` are the words that belong to it."""

    word: str
    at: dt.datetime | None = None
    detail: str = ""
    look: str = ""
    said: list = field(default_factory=list)


@dataclass
class Progress:
    """Everything the page shows of one case."""

    case: Case
    lead: Case
    title: str
    second: list
    steps: list
    answers: list
    question: Entry | None
    own_files: list
    may: dict


def progress(case, *, rules, at):
    """The case as its customer sees it at that moment."""
    lead = leading(case)
    entries = progress_of(case)
    files = _files_by_entry(case, lead)
    for entry in entries:
        entry.shown_files = files.get(entry.pk, [])
    return Progress(
        case=case,
        lead=lead,
        title=title_of(case, lead, at),
        second=second_of(lead, rules, at),
        steps=[*_past(case, lead, entries, rules), *_future(lead, rules)],
        answers=[entry for entry in entries if entry.kind == Entry.Kind.ANSWER],
        question=_open_question(case, lead, entries),
        own_files=files.get(None, []),
        may=may_of(case, lead, at),
    )


def shown_files(case):
    """Files that this customer may open: their own, and those beside words meant for them."""
    return [one for files in _files_by_entry(case, leading(case)).values() for one in files]


def _files_by_entry(case, lead):
    """{entry id: files}; under None what came with the case itself."""
    found = {}
    readable = {entry.pk for entry in progress_of(case)} if lead.pk != case.pk else None
    for one in _case_files(case, lead):
        if one.entry_id is None:
            is_theirs = one.is_from_customer and one.case_id == case.pk
        else:
            is_theirs = one.entry.is_public and (readable is None or one.entry_id in readable)
        if is_theirs and one.attachment.file:
            found.setdefault(one.entry_id, []).append(one)
    return found


def _case_files(case, lead):
    return CaseFile.objects.filter(case__in={case.pk, lead.pk}).select_related("attachment", "entry")


def may_of(case, lead, at):
    """What the page offers; the verbs ask again."""
    is_kept = case.redacted_at is None
    in_grace = lead.grace_until is not None and at < lead.grace_until
    return {
        "add": is_kept and lead.state in TALKING,
        "rate": is_kept and lead.state in ANSWERED and case.rating is None,
        "reopen": is_kept and lead.kind in REOPENABLE and lead.state in ANSWERED and in_grace,
        "withdraw": not case.merged_into_id and case.state in Case.WITHDRAW.sources,
        "supervisor": is_kept and lead.state in TALKING,
    }


def title_of(case, lead, at):
    """The one sentence on top."""
    if lead.state in PLAIN_TITLES:
        return str(PLAIN_TITLES[lead.state])
    if lead.state == State.RESPONDED:
        if case.rating:
            return _("We have answered; thank you for rating us")
        return _("We have answered; how did we do?")
    if lead.state == State.RECEIVED:
        day = last_day(lead.first_answer_due_at)
        if lead.first_answer_due_at and lead.first_answer_due_at <= at:
            return _("We are late: it should have been accepted by %(day)s") % {"day": day}
        return _("We have it and accept it by %(day)s") % {"day": day}
    day = last_day(lead.due_at)
    if lead.is_overdue(at):
        return _("We are late: our answer was due by %(day)s") % {"day": day}
    return TITLES[lead.state] % {"day": day}


def second_of(lead, rules, at):
    """Short sentences below the title."""
    found = []
    if lead.state in RUNNING and lead.due_at:
        found.append(_time_left(lead, at))
    if lead.state in INDEPENDENT and lead.kind == Kind.COMPLAINT:
        found.append(_("Whoever investigates is neither one of the people concerned nor their superior."))
    if lead.state == State.WAITING:
        found.append(_("Our time stands still meanwhile."))
    if lead.state == State.RESPONDED and lead.kind in REOPENABLE and lead.grace_until:
        found.append(_("Until %(day)s you may ask us to look again.") % {"day": last_day(lead.grace_until)})
    if lead.state == State.CLOSED and lead.closed_at:
        day = day_name(lead.closed_at.astimezone(SHANGHAI).date())
        found.append(_("Closed on %(day)s. For something new, write to us again.") % {"day": day})
    return found


def _time_left(lead, at):
    if lead.is_overdue(at):
        if lead.escalated_at:
            return _("A supervisor knows and sees that it goes on.")
        return _("We go on with it. You may ask for a supervisor below.")
    if lead.state == State.RECEIVED:
        return _("We answer by %(day)s.") % {"day": last_day(lead.due_at)}
    left = working_days_left(at, lead.due_at.astimezone(SHANGHAI).date() - ONE_DAY)
    if not left:
        return _("Today is the last day.")
    return ngettext("%(count)s working day is left.", "%(count)s working days are left.", left) % {
        "count": left
    }


def _open_question(case, lead, entries):
    """What we last asked, unless they have written since."""
    if lead.state not in TALKING or lead.state == State.RESPONDED or case.redacted_at:
        return None
    talk = [entry for entry in entries if entry.kind in (Entry.Kind.QUESTION, Entry.Kind.FROM_CUSTOMER)]
    return talk[-1] if talk and talk[-1].kind == Entry.Kind.QUESTION else None


def _past(case, lead, entries, rules):
    """Steps taken, each with the words said since."""
    steps = _steps_of(case, lead)
    for step in steps:
        if step.word == WORDS["accept"]:
            step.detail = _where(lead, rules)
    if lead.is_open and steps:
        steps[-1].look = "now"
    for entry in entries:
        step = next((one for one in reversed(steps) if one.at <= entry.at), steps[0])
        if entry.kind != Entry.Kind.ANSWER:
            step.said.append(entry)
    return steps


def _steps_of(case, lead):
    """From the audit log: when each step was taken, the customer's own case first, then the leading one's."""
    rows = AuditRow.objects.filter(model="complaints.case", object_id__in={case.pk, lead.pk})
    known = [row for row in rows.order_by("at", "pk") if row.verb.rpartition(".")[2] in WORDS]
    merged_at = min((row.at for row in known if row.verb == "complaints.case.merge"), default=None)
    steps = [Step(str(WORDS["received"]), case.received_at)]
    for row in known:
        name = row.verb.rpartition(".")[2]
        is_news = row.object_id == case.pk or (merged_at is not None and row.at >= merged_at)
        if name != "received" and is_news:
            steps.append(Step(str(WORDS[name]), row.at))
    return steps


def _where(lead, rules):
    problem = rules.problem(lead.problem_type) if lead.problem_type else None
    return " · ".join(str(thing) for thing in (problem, lead.department) if thing)


def _future(lead, rules):
    """Steps to come, in the order they usually are taken."""
    if lead.state not in (*RUNNING, State.WAITING, State.RESPONDED):
        return []
    course = COURSES.get(lead.kind, COURSES[Kind.COMPLAINT])
    pace = rules.class_of(lead.class_code)
    if pace and pace.is_simple and lead.kind == Kind.COMPLAINT and lead.state in ANSWERING[0][:2]:
        course = COURSES[Kind.SUGGESTION]
    steps = [
        Step(str(word), detail=str(detail), look="next")
        for states, word, detail in course
        if lead.state in states
    ]
    last = ""
    if lead.kind in REOPENABLE:
        last = ngettext(
            "within %(count)s working day of the answer you may ask us to look again",
            "within %(count)s working days of the answer you may ask us to look again",
            rules.grace_days,
        ) % {"count": rules.grace_days}
    return [*steps, Step(pgettext("to the customer", "Close"), detail=last, look="next")]


def last_day(moment):
    """The last whole day before a moment that ends a period, not to be broken across lines."""
    return (
        day_name(moment.astimezone(SHANGHAI).date() - ONE_DAY).replace(" ", "\N{NO-BREAK SPACE}")
        if moment
        else ""
    )
