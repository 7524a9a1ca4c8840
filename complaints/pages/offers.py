"""Which steps a page offers to whom: each asks the same predicate as its verb, so that no button leads to a refusal."""

from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from complaints import rules
from complaints.models import Case, Kind, State
from complaints.models.case import BEFORE_FINDING, OPEN, RUNNING
from complaints.recusal import excluded_from
from complaints.services.people import ACCUSING
from complaints.services.relations import ENDED
from core.access import may

HANDLE, INVESTIGATE, CONFIRM = "complaints.handle", "complaints.investigate", "complaints.confirm"
AT_WORK = (HANDLE, INVESTIGATE)
SORTED = tuple(state for state in OPEN if state != State.RECEIVED)


@dataclass(frozen=True)
class Offer:
    """A step as the page shows it: `title` in the list of steps, `button` what one presses."""

    name: str
    title: object
    button: object
    note: object = ""
    look: str = "plain"

    @property
    def url_name(self):
        return f"case_{self.name}"


OFFERS = {
    offer.name: offer
    for offer in (
        Offer("accept", _("Accept"), _("Accept the case")),
        Offer("decline", _("Decline"), _("Decline and tell the customer")),
        Offer("answer", _("Answer the customer"), _("Send the answer")),
        Offer("investigate", _("Have it investigated"), _("Begin the investigation")),
        Offer("ask", _("Ask the customer"), _("Send the question")),
        Offer(
            "resume", _("Go on"), _("Let the clock run again"),
            _("When the customer replied by telephone, write it down as an entry first."),
        ),
        Offer("propose", _("Propose the findings"), _("Write the findings")),
        Offer("confirm", _("Confirm"), _("Confirm the findings")),
        Offer("send_back", _("Send back"), _("Send the findings back")),
        Offer("follow_up", _("Open a case on new facts"), _("Open the new case")),
        Offer("asked", _("Customer was asked"), _("Keep that the customer was asked")),
        Offer("extend", _("Take more time"), _("Take more time and tell the customer")),
        Offer("assign", _("Give to a colleague"), _("Give the case to this colleague")),
        Offer("classify", _("Classify anew"), _("Save the classification")),
        Offer("entry", _("Write something down"), _("Save this entry")),
        Offer("person", _("Name somebody"), _("Name this person")),
        Offer("topics", _("Correct the topics"), _("Save the topics")),
        Offer(
            "merge", _("Merge into another case"), _("Merge the two"),
            _("It can be taken out again as long as the leading case is not judged."),
        ),
        Offer("unmerge", _("Take out of the leading case"), _("Let it go on by itself")),
        Offer("split", _("Split off a new case"), _("Open the new case")),
        Offer("link", _("Link with another case"), _("Link the two")),
        Offer("link_answer", _("Link a survey answer"), _("Link the answer")),
        Offer("customer", _("Attach a customer file"), _("Attach the file")),
        Offer("hold", _("Put on legal hold"), _("Put on hold")),
        Offer("release", _("Release from legal hold"), _("Release the hold")),
        Offer("unmask", _("See name and number"), _("Show name and number")),
    )
}  # fmt: skip
#: what stands under “other steps”, in this order; the rest has its place on the page
OTHERS = (
    "answer", "investigate", "ask", "extend", "assign", "decline", "merge", "unmerge", "split", "follow_up", "link",
    "link_answer", "customer", "topics", "hold", "release",
)  # fmt: skip


class Offers:
    """The steps of one case for one user; `name in offers` asks whether it is offered."""

    def __init__(self, desk):
        self.desk, self.case, self.user = desk, desk.case, desk.user
        self._judged = {}

    def __contains__(self, name):
        if name not in self._judged:
            self._judged[name] = self.desk.reads and self._is_offered(name)
        return self._judged[name]

    def _is_offered(self, name):
        verbs, states = WHEN[name]
        if not may(self.user, *verbs) or (states is not None and self.case.state not in states):
            return False
        return not self.hindrance(name)

    def hindrance(self, name):
        """Why a step that the state allows may not be taken, or ''."""
        if name not in ("hold", "release", "unmask"):
            own = rules.hindrance_to_act(self.desk.own_employee_id, self.excluded)
            if own:
                return own
        ask = getattr(self, f"_hindrance_to_{name}", None)
        return ask() if ask else ""

    @cached_property
    def excluded(self):
        """{employee id: why} of those who may not judge the case."""
        return excluded_from(self.case, self.desk.at)

    @property
    def _is_praise(self):
        return self.case.kind == Kind.PRAISE

    def _hindrance_to_decline(self):
        return rules.hindrance_to_decline(self.desk.own_employee_id, self.excluded)

    def _hindrance_to_answer(self):
        entry = self.desk.case_class
        return rules.hindrance_to_answer(
            kind=self.case.kind,
            state=self.case.state,
            is_simple=bool(entry and entry.is_simple),
            names_people=bool(self.desk.allegations),
        )

    def _hindrance_to_investigate(self):
        return _("Praise is proved, not investigated.") if self._is_praise else ""

    def _hindrance_to_ask(self):
        return rules.hindrance_to_pause(
            is_overdue=self.desk.is_overdue,
            paused_days=self.case.paused_days,
            most=self.desk.rules.max_pause_days,
        )

    def _hindrance_to_extend(self):
        entry = self.desk.case_class
        return rules.hindrance_to_extend(
            is_overdue=self.desk.is_overdue,
            extensions=self.case.extensions,
            most=entry.max_extensions if entry else 0,
        )

    def _hindrance_to_propose(self):
        if not self.desk.people:
            return _("Name first whom, or which department, it is about.")
        return rules.hindrance_to_investigate(self.desk.own_employee_id, self.excluded)

    def _hindrance_to_confirm(self):
        proposers = {one.finding.proposed_by_id for one in self.desk.people if one.finding}
        return rules.hindrance_to_confirm(
            actor_id=self.desk.own_employee_id,
            user_id=self.user.pk,
            excluded=self.excluded,
            proposer_ids=proposers,
            investigator_id=self.case.investigator_id,
        )

    def _hindrance_to_send_back(self):
        """Who proposed may take it back the same way."""
        return rules.hindrance_to_investigate(self.desk.own_employee_id, self.excluded)

    def _hindrance_to_unmerge(self):
        leading = self.case.merged_into
        return rules.hindrance_to_unmerge(leading_state=leading.state) if leading else ""

    def _hindrance_to_person(self):
        return "" if self.case.kind in ACCUSING else _("Only complaints name somebody.")

    def _hindrance_to_take_out(self):
        return rules.hindrance_to_investigate(self.desk.own_employee_id, self.excluded)

    def _hindrance_to_asked(self):
        return _("The customer was asked already.") if self.case.asked_at else ""

    def _hindrance_to_link_answer(self):
        return _("An answer is linked already.") if self.case.answer_id else ""

    def _hindrance_to_customer(self):
        return _("The customer is anonymous.") if self.case.is_anonymous else ""

    def _hindrance_to_hold(self):
        return _("The case is on hold.") if self.case.on_hold else ""

    def _hindrance_to_release(self):
        return "" if self.case.on_hold else _("The case is not on hold.")

    def _hindrance_to_unmask(self):
        if self.case.is_anonymous:
            return _("The customer is anonymous.")
        above = rules.hindrance_to_know_who(self.desk.own_employee_id, self.excluded)
        if above or not self.desk.sees_contact:
            return above or _("You lead people named in this case; who complained stays unknown to you.")
        known = self.desk.has_contact or self.case.customer_id
        return "" if known else _("Name and number are not known.")

    @property
    def may_tell(self):
        """Whether a person named may be told by this user."""
        return "tell" in self

    @property
    def may_word(self):
        """Whether what is said of somebody may be written anew, as long as they were not told."""
        return "statement" in self

    @property
    def may_take_out(self):
        """Whether somebody named by mistake may be taken out, as long as they were not told."""
        return "take_out" in self

    @cached_property
    def main(self):
        """The ONE next step of this user, or None."""
        if self.desk.is_praise_at_work:
            return None
        return next((OFFERS[name] for name in self._ahead if name in self), None)

    @property
    def _ahead(self):
        """What may come next; naming somebody only as long as nobody is named."""
        return [name for name in MAIN.get(self.case.state, ()) if name != "person" or not self.desk.people]

    @cached_property
    def obstacle(self):
        """Why the user, who holds the verb of the next step, may not take it; '' when that is not so."""
        if self.main or not self.desk.reads:
            return ""
        for name in self._ahead:
            verbs, states = WHEN[name]
            if may(self.user, *verbs) and (hindrance := self.hindrance(name)):
                return hindrance
        return ""

    @cached_property
    def others(self):
        main = self.main.name if self.main else ""
        return [OFFERS[name] for name in OTHERS if name != main and name in self]


#: step -> (verbs of which one is needed, states; None: any)
WHEN = {
    "accept": ((HANDLE,), Case.ACCEPT.sources),
    "decline": ((HANDLE,), Case.DECLINE.sources),
    "answer": ((HANDLE,), Case.ANSWER.sources),
    "asked": ((HANDLE,), (State.RESPONDED,)),
    "investigate": (AT_WORK, (State.ACCEPTED, State.INVESTIGATING)),
    "ask": (AT_WORK, Case.ASK.sources),
    "resume": (AT_WORK, Case.RESUME.sources),
    "extend": (AT_WORK, tuple(state for state in RUNNING if state != State.RECEIVED)),
    "assign": ((HANDLE,), SORTED),
    "classify": ((HANDLE,), SORTED),
    "entry": (AT_WORK, None),
    "person": (AT_WORK, BEFORE_FINDING),
    "tell": (AT_WORK, OPEN),
    "statement": (AT_WORK, BEFORE_FINDING),
    "take_out": (AT_WORK, BEFORE_FINDING),
    "propose": ((INVESTIGATE,), Case.PROPOSE.sources),
    "confirm": ((CONFIRM,), Case.CONFIRM.sources),
    "send_back": ((CONFIRM, INVESTIGATE), Case.RETURN.sources),
    "topics": (AT_WORK, None),
    "merge": ((HANDLE,), Case.MERGE.sources),
    "unmerge": ((HANDLE,), Case.UNMERGE.sources),
    "split": ((HANDLE,), BEFORE_FINDING),
    "follow_up": ((HANDLE,), (*ENDED, State.RESPONDED)),
    "link": (AT_WORK, None),
    "link_answer": (AT_WORK, None),
    "customer": ((HANDLE,), OPEN),
    "hold": (("complaints.hold",), None),
    "release": (("complaints.hold",), None),
    "unmask": (("complaints.unmask",), None),
}
#: state -> steps that come next, the first one offered is the one
MAIN = {
    State.RECEIVED: ("accept",),
    State.ACCEPTED: ("answer", "investigate"),
    State.INVESTIGATING: ("propose", "person"),
    State.WAITING: ("resume",),
    State.PROPOSED: ("confirm",),
    State.CONFIRMED: ("answer",),
    State.RESPONDED: ("asked",),
}
