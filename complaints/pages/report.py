"""Internal reports as their readers see them: the list, and one with its course and the steps that fit."""

from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints import rules, wording
from complaints.models import Case, Entry, Kind, State
from complaints.models.case import BEFORE_FINDING, OPEN
from complaints.pages import course
from complaints.pages.desk import RELATED, Desk
from complaints.recusal import excluded_from
from complaints.services.reports import readers_of
from organization.models import Employee
from organization.scopes import employee_id_of

NEXT = {
    State.RECEIVED: _("to be taken up"),
    State.ACCEPTED: _("to be investigated"),
    State.WAITING: _("waiting for a reply"),
    State.CONFIRMED: _("to be answered"),
    State.RESPONDED: _("answered"),
    State.DECLINED: _("not taken up"),
    State.WITHDRAWN: _("taken back"),
}
#: words of the course that speak of a customer -> words for reports
COURSE = (
    (course.STEPS["ask"], _("A question is put; the clock stands still")),
    (course.STEPS["answer"], pgettext_lazy("case", "Answered")),
    (course.STEPS["reopen"], _("To be looked at again")),
    (course.STEPS["withdraw"], _("Taken back")),
    (Entry.Kind.PROGRESS.label, _("Progress")),
    (Entry.Kind.QUESTION.label, _("Question")),
    (Entry.Kind.FROM_CUSTOMER.label, _("From whoever reported it")),
    (Entry.Kind.ANSWER.label, _("Answer")),
)
#: step -> (title, button, states in which it is offered)
STEPS = {
    "take_up": (_("Take it up"), _("Take up the report"), Case.ACCEPT.sources),
    "investigate": (
        _("Who investigates"),
        _("Give it to this reader"),
        (State.ACCEPTED, State.INVESTIGATING),
    ),
    "resume": (_("Go on"), _("Go on without a reply"), Case.RESUME.sources),
    "propose": (_("Propose the findings"), _("Propose the findings"), Case.PROPOSE.sources),
    "confirm": (_("Confirm the findings"), _("Confirm the findings"), Case.CONFIRM.sources),
    "send_back": (_("Send the findings back"), _("Send the findings back"), Case.RETURN.sources),
    "answer": (_("Answer"), _("Send the answer"), (State.CONFIRMED,)),
    "close": (_("Close"), _("Close the report"), Case.CLOSE.sources),
    "ask": (_("Ask a question"), _("Put the question"), Case.ASK.sources),
    "entry": (_("Write something down"), _("Save this entry"), (*OPEN, State.RESPONDED)),
    "person": (_("Name somebody"), _("Name this person or department"), BEFORE_FINDING),
    "decline": (_("Do not take it up"), _("Decline with this reason"), Case.DECLINE.sources),
}
#: state -> the one step that stands on top
MAIN = {
    State.RECEIVED: "take_up",
    State.ACCEPTED: "investigate",
    State.INVESTIGATING: "propose",
    State.WAITING: "resume",
    State.PROPOSED: "confirm",
    State.CONFIRMED: "answer",
    State.RESPONDED: "close",
}


def reports_for(user, company):
    """Reports of the company that this reader may see: none that names them."""
    return Case.objects.visible_to(user).filter(company=company, kind=Kind.REPORT)


def waiting_for(user, company):
    """How many wait for this reader: nobody's yet, or theirs to go on with, or another's finding to confirm."""
    own = employee_id_of(user)
    mine = Q(handler_id=own) | Q(investigator_id=own) if own else Q(pk__in=[])
    theirs = mine & Q(state__in=(State.ACCEPTED, State.INVESTIGATING, State.CONFIRMED))
    others = Q(state=State.PROPOSED) & ~Q(investigator_id=own, investigator__isnull=False)
    return reports_for(user, company).filter(Q(state=State.RECEIVED) | theirs | others).count()


def state_of(case):
    """The state in words that suit a report."""
    if case.state == State.WAITING:
        return gettext("waiting for a reply")
    return gettext("taken back") if case.state == State.WITHDRAWN else case.get_state_display()


def next_of(case):
    return str(NEXT.get(case.state) or wording.NEXT[case.state])


class Worded:
    """How its pages name where a report stands; for what has a `case`."""

    @property
    def next_words(self):
        return next_of(self.case)

    @property
    def state(self):
        return state_of(self.case)

    @property
    def look(self):
        return wording.look_of(self.case)


@dataclass(frozen=True)
class Row(Worded):
    """One line of the list: no words of the report, so that nobody reads them over a shoulder."""

    case: Case
    is_late: bool


@dataclass
class Step:
    """Something a reader may do next, with its form; `hindrance` says why this reader may not."""

    name: str
    title: object
    button: object
    hindrance: str = ""
    form: object = None


class ReportDesk(Worded, Desk):
    """The desk of a report: its readers read it, and nobody else comes this far."""

    reads = True

    @property
    def title(self):
        return gettext("%(subject)s: %(next)s") % {
            "subject": gettext("Internal report"),
            "next": next_of(self.case),
        }

    @cached_property
    def course(self):
        words = {wording.capitalised(str(old)): str(new) for old, new in COURSE}
        return [replace(step, title=words.get(step.title, step.title)) for step in super().course]

    @cached_property
    def excluded(self):
        return excluded_from(self.case, self.at)

    @cached_property
    def readers(self):
        """Colleagues who read it and may look after it."""
        ids = readers_of(self.case.company, self.at).values_list("pk", flat=True)
        return Employee.objects.filter(company=self.case.company, user_id__in=list(ids)).exclude(
            pk__in=self.named_ids
        )

    @property
    def investigators(self):
        """Neither somebody named nor their direct superior."""
        return self.readers.exclude(pk__in=self.excluded)

    def hindrance_to(self, name):
        """Why a step that the state allows is not for this reader, or ''."""
        if name in ("propose", "send_back"):
            if name == "propose" and not self.people:
                return _("Name first whom, or which department, it is about.")
            return rules.hindrance_to_investigate(self.own_employee_id, self.excluded)
        if name == "confirm":
            return rules.hindrance_to_confirm(
                actor_id=self.own_employee_id,
                user_id=self.user.pk,
                excluded=self.excluded,
                proposer_ids={one.finding.proposed_by_id for one in self.people if one.finding},
                investigator_id=self.case.investigator_id,
            )
        if name == "take_up" and self.own_employee_id is None:
            return _("Only a reader who is on the staff list takes up a report.")
        return ""

    def offers(self, name):
        return self.case.state in STEPS[name][2] and not self.hindrance_to(name)

    @cached_property
    def main(self):
        name = MAIN.get(self.case.state)
        return Step(name, *STEPS[name][:2], self.hindrance_to(name)) if name else None

    @cached_property
    def others(self):
        main = MAIN.get(self.case.state)
        return [Step(name, *STEPS[name][:2]) for name in STEPS if name != main and self.offers(name)]


def rows_of(cases, at):
    cases = cases.select_related("handler", "investigator")
    return [Row(case, case.is_overdue(at)) for case in cases]


def report_desk(pk, user, company, at):
    """The desk of a report in the visitor's sight, or None."""
    case = reports_for(user, company).select_related(*RELATED).filter(pk=pk).first()
    return ReportDesk(case, user, at) if case else None
