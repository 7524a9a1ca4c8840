"""What waits for whom: few lines, each with a count, because they are worked out for every page."""

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.models import Allegation, Case, Channel, Finding, PraiseShare, State
from complaints.models.case import BEFORE_FINDING, OPEN, RUNNING
from complaints.pages.stages import tonight
from complaints.pages.voices import UNANSWERED
from complaints.selectors import told_allegations
from core.access import may
from core.navigation import InboxItem
from organization.scopes import employee_id_of, headed_by

CASES, VOICES, OWN = "complaints.case", "complaints.voice", "complaints.allegation"
MOST_OWN = 5


def visible(user, company):
    """Customers' cases in reach that still want something."""
    return Case.objects.visible_to(user).of_customers().filter(company=company, state__in=OPEN).order_by()


def handling(user, company, at):
    """Who handles: voices to accept, own cases to take further, to answer, and those whose clock runs out."""
    if not may(user, "complaints.handle"):
        return []
    received = Q(state=State.RECEIVED)
    mine = Q(handler=employee_id_of(user) or 0) | Q(handler=None)
    further = mine & Q(state__in=(State.ACCEPTED, State.PROVED))
    answer = mine & Q(state=State.CONFIRMED)
    near = Q(warned_at__isnull=False) | Q(due_at__lt=tonight(at))
    late = mine & Q(state__in=(State.INVESTIGATING, State.PROPOSED, State.ATTRIBUTED)) & near
    found = _figures(visible(user, company), received=received, further=further, answer=answer, late=late)
    return [
        *_line(found["received"], "?stage=to_accept", "inbox", _to_accept, _("Accept")),
        *_line(found["further"], "?mine=1&stage=in_work", "search", _to_take_further, _("Open")),
        *_line(found["answer"], "?mine=1&stage=to_answer", "chat-left-text", _to_answer, _("Answer them")),
        *_line(found["late"], "?mine=1", "alarm", _nearly_due, _("Look at it")),
    ]


def investigating(user, company, at):
    """Who investigates: their own cases."""
    if not may(user, "complaints.investigate") or employee_id_of(user) is None:
        return []
    mine = Q(investigator=employee_id_of(user), state=State.INVESTIGATING)
    found = _figures(visible(user, company), mine=mine)
    return _line(found["mine"], "?state=investigating", "search", _to_investigate, _("Investigate"))


def confirming(user, company, at):
    """The second person: findings and shares of praise that somebody else proposed, outside their own line."""
    if not may(user, "complaints.confirm"):
        return []
    own = Finding.objects.filter(case=OuterRef("pk"), state=Finding.State.PROPOSED, proposed_by=user)
    line = Allegation.objects.filter(case=OuterRef("pk"), department_id__in=headed_by(user))
    findings = (
        Q(state=State.PROPOSED) & ~Q(investigator=employee_id_of(user) or 0) & ~Exists(own) & ~Exists(line)
    )
    sharing = PraiseShare.objects.filter(praise__case=OuterRef("pk"), employee=employee_id_of(user) or 0)
    shares = Q(state=State.ATTRIBUTED) & ~Q(praise__attributed_by=user) & ~Exists(sharing)
    found = _figures(visible(user, company), findings=findings, shares=shares)
    return [
        *_line(found["findings"], "?stage=to_confirm", "people", _to_confirm, _("Check it")),
        *_line(found["shares"], "?stage=to_confirm&kind=praise", "award", _to_share, _("Check it")),
    ]


def supervising(user, company, at):
    """The group: what is overdue and was escalated; and, as news, what employees passed on past every head (AU-1)."""
    if not may(user, "complaints.supervise"):
        return []
    found = _figures(
        visible(user, company),
        escalated=(Q(escalated_at__isnull=False) | UNANSWERED) & Q(state__in=RUNNING),
        voices=Q(
            channel=Channel.EMPLOYEE, first_answered_at=None, escalated_at=None, first_escalated_at=None
        ),
    )
    address = reverse("group_inbox")
    return [
        *_line(found["escalated"], address, "alarm", _escalated, _("Look at it"), kind=VOICES),
        *_line(
            found["voices"], address, "megaphone", _passed_on, _("Read"), kind=VOICES, is_information=True
        ),
    ]


def own(user, company, at):
    """Who is named and was told: what they may still reply to."""
    if not may(user, "complaints.view_own"):
        return []
    open_states = (*BEFORE_FINDING, State.PROPOSED)
    waiting = told_allegations(user).filter(
        replied_at=None, case__company=company, case__state__in=open_states
    )
    return [
        InboxItem(
            kind=OWN,
            title=_("A customer has complained about something that concerns you"),
            url=reverse("my_allegation", args=[one.pk]),
            detail=_("Reply if you like; nothing has been found yet."),
            action=_("Read and reply"),
            icon="chat-left-dots",
        )
        for one in waiting[:MOST_OWN]
    ]


def _figures(cases, **conditions):
    """{name: (count, the nearest due moment, the one case when it is alone)} in one statement."""
    asked = {}
    for name, condition in conditions.items():
        first = condition & Q(first_answered_at=None)
        asked |= {
            f"{name}_count": Count("pk", filter=condition),
            f"{name}_due": Min("due_at", filter=condition),
            f"{name}_first": Min("first_answer_due_at", filter=first),
            f"{name}_pk": Min("pk", filter=condition),
        }
    found = cases.aggregate(**asked)
    return {
        name: (
            found[f"{name}_count"],
            min(filter(None, (found[f"{name}_due"], found[f"{name}_first"])), default=None),
            found[f"{name}_pk"],
        )
        for name in conditions
    }


def _line(figure, address, icon, title, action, *, kind=CASES, is_information=False):
    """One line, or none; a single case opens at once."""
    count, due_at, pk = figure
    if not count:
        return []
    url = address if address.startswith("/") else reverse("cases") + address
    return [
        InboxItem(
            kind=kind,
            title=title(count) % {"count": count},
            url=reverse("case", args=[pk]) if count == 1 else url,
            action=action,
            due_at=None if is_information else due_at,
            icon=icon,
            extra={"count": count, "is_information": is_information},
        )
    ]


def _to_accept(count):
    return ngettext("%(count)s voice to accept", "%(count)s voices to accept", count)


def _to_take_further(count):
    return ngettext(
        "%(count)s accepted case to take further", "%(count)s accepted cases to take further", count
    )


def _to_answer(count):
    return ngettext("%(count)s customer to answer", "%(count)s customers to answer", count)


def _nearly_due(count):
    return ngettext("%(count)s of your cases is nearly due", "%(count)s of your cases are nearly due", count)


def _to_investigate(count):
    return ngettext("%(count)s case to investigate", "%(count)s cases to investigate", count)


def _to_confirm(count):
    return ngettext(
        "Findings of %(count)s case to be confirmed by you or a colleague",
        "Findings of %(count)s cases to be confirmed by you or a colleague",
        count,
    )


def _to_share(count):
    return ngettext(
        "Shares in %(count)s praise to be confirmed by you or a colleague",
        "Shares in %(count)s praises to be confirmed by you or a colleague",
        count,
    )


def _escalated(count):
    return ngettext("%(count)s case is overdue", "%(count)s cases are overdue", count)


def _passed_on(count):
    return ngettext(
        "%(count)s voice passed on by an employee waits for its first answer",
        "%(count)s voices passed on by employees wait for their first answer",
        count,
    )
