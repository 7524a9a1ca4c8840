"""What is out of the ordinary with a case, the most pressing first; a page on a good day has none."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints import clocks
from complaints.models import Kind, State
from core.access import may
from core.templatetags.manyi import deadline, moment


@dataclass(frozen=True)
class Note:
    """`links` are (label, address)."""

    title: str
    detail: str = ""
    look: str = ""
    icon: str = "info-circle"
    links: tuple = ()


def notes_of(desk):
    asked = (
        _merged,
        _late,
        _late_first,
        _unasked,
        _repeat,
        _hold,
        _same_incident,
        _perhaps_same_incident,
        _waiting,
        _reopened,
        _ended,
        _removed,
    )
    return [note for ask in asked if (note := ask(desk))]


def _merged(desk):
    case = desk.case
    if case.state != State.MERGED or case.merged_into_id is None:
        return None
    leading = case.merged_into
    links = ((leading.number, reverse("case", args=[leading.pk])),)
    return Note(_("It goes on in another case"), "", "jade", "sign-merge-right", links)


def _late(desk):
    if not desk.is_overdue:
        return None
    case = desk.case
    told = _("The head of the department and the supervisors were told on %(at)s.")
    detail = told % {"at": moment(case.escalated_at)} if case.escalated_at else ""
    return Note(_("Overdue since %(at)s") % {"at": deadline(case.due_at)}, detail, "late", "clock-history")


def _late_first(desk):
    if not desk.is_first_answer_late or desk.is_overdue:
        return None
    until = deadline(desk.case.first_answer_due_at)
    detail = _("Accepting it, or a word of progress, is the first answer.")
    if desk.case.first_escalated_at:
        told = _("The head of the department and the supervisors were told on %(at)s.")
        detail = f"{detail} {told % {'at': moment(desk.case.first_escalated_at)}}"
    return Note(
        _("No first answer yet; it was due until %(at)s") % {"at": until}, detail, "late", "clock-history"
    )


def _unasked(desk):
    """AU-4: nothing asks this customer by itself, so somebody does."""
    case = desk.case
    if case.state != State.RESPONDED or case.asked_at:
        return None
    if not case.contact_phone and not case.customer_id:
        title, detail = _("Nobody asks this customer by itself"), _(
            "No message and no telephone reaches them. Ask them in person, or write down why nobody can: "
            "the case does not close before."
        )  # fmt: skip
        return Note(title, detail, "look", "person-exclamation")
    detail = _(
        "No message reaches them. Tell them the answer, ask whether it satisfies them and write it down: "
        "the case does not close before."
    )
    return Note(_("Tell the customer by telephone"), detail, "look", "telephone-outbound")


def _repeat(desk):
    earlier = desk.repeats
    if not earlier:
        return None
    links = tuple((one.case.number, reverse("case", args=[one.case.pk])) for one in earlier)
    detail = _("The same customer, household or number about the same matter or person.")
    return Note(_("Repeat complaint"), detail, "look", "arrow-repeat", links)


def _hold(desk):
    if not desk.case.on_hold:
        return None
    return Note(_("On legal hold"), _("Nothing of it is removed until the hold is released."), "", "lock")


def _same_incident(desk):
    answer = desk.case.answer
    if answer is None:
        return None
    address = reverse("answer", args=[answer.pk]) if may(desk.user, "surveys.view") else ""
    detail = _("One incident is counted once, as a complaint or as a low answer.")
    title = _("The same incident as a survey answer")
    return Note(title, detail, "", "ui-checks", ((answer.number, address),))


def _perhaps_same_incident(desk):
    """Before a finding stands twice: a survey answer of the same customer that nobody has looked at beside the case."""
    if desk.case.kind != Kind.COMPLAINT or "link_answer" not in desk.offers or not desk.near_answers:
        return None
    links = tuple((one.number, reverse("answer", args=[one.pk])) for one in desk.near_answers)
    detail = _("If one of these is about the same incident, link it under “Other steps”: it is counted once.")
    return Note(_("This customer answered a survey near that time"), detail, "", "ui-checks", links)


def _waiting(desk):
    case = desk.case
    if case.state != State.WAITING or case.paused_at is None:
        return None
    until = deadline(clocks.pause_ends_at(case, desk.rules.max_pause_days))
    title = _("Waiting for the customer since %(at)s") % {"at": moment(case.paused_at)}
    detail = _("Without a reply the clock runs again by itself after %(until)s.") % {"until": until}
    return Note(title, detail, "", "pause-circle")


def _reopened(desk):
    case = desk.case
    if not case.reopened or not case.is_open:
        return None
    count = {"count": case.reopened, "most": desk.rules.max_reopens}
    return Note(
        _("Reopened by the customer, %(count)s of at most %(most)s times") % count,
        "",
        "look",
        "arrow-90deg-left",
    )


def _ended(desk):
    case = desk.case
    if case.state != State.DECLINED or not desk.reads:
        return None
    return Note(_("Not taken up"), case.decline_reason, "", "slash-circle")


def _removed(desk):
    if desk.case.redacted_at is None:
        return None
    title = _("Words and contacts were removed on %(at)s") % {"at": moment(desk.case.redacted_at)}
    return Note(title, _("Findings and figures stay."), "", "eraser")
