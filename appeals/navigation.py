"""What this room puts into sidebar, inbox and the group's ballots."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals.barred import Circle
from appeals.models import Appeal, Consequence
from appeals.pages import Desk
from appeals.services.inquiry import TOPIC
from approvals.topics import Question, Topic, topics
from core.access import may
from core.navigation import InboxItem, NavItem
from core.registries import inbox_sources, navigation
from incentives.navigation import OWN, REWARDS
from organization.scopes import employee_id_of

State = Appeal.State
TO_HANDLE = (State.FILED, State.ACCEPTED)
TO_DECIDE = (State.PROPOSED,)


def question(appeal):
    return _(
        "Do you approve the answer to appeal %(number)s: what %(name)s appealed against %(outcome)s?"
    ) % {
        "number": appeal.number,
        "name": appeal.employee.name,
        "outcome": appeal.get_outcome_display(),
    }


def topic_title(pk):
    return question(Appeal.objects.select_related("employee").get(pk=pk))


def topic_questions(ids):
    found = Appeal.objects.filter(pk__in=ids).select_related("employee")
    return {one.pk: Question(title=question(one), detail=one.title) for one in found}


def topic_context(motion, user):
    """The case as the ballot shows it; a seat is the right to see it."""
    related = ("employee", "company", "department", "investigator", "decided_by", "motion")
    appeal = Appeal.objects.select_related(*related).get(pk=motion.topic_id)
    return {
        "desk": Desk.of(appeal, user, timezone.now(), ()),
        "afterwards": _(
            "Everything shown is corrected at once; the employee gets the answer. "
            "If it is not carried, the investigation goes on and the decision stays suspended."
        ),
    }


def desk_inbox(user, company, at):
    """HR's officers and the reviewers: what they may act on, the late ones too."""
    states = (*TO_HANDLE,) if may(user, "appeals.handle") else ()
    states += (*TO_DECIDE, State.CHAIR) if may(user, "appeals.decide") else ()
    waiting = Appeal.objects.visible_to(user).filter(company=company, state__in=states)
    mine = Appeal.objects.filter(company=company, investigator=user, state=State.INVESTIGATING)
    own = employee_id_of(user)
    found = (waiting | mine).select_related("employee", "company").distinct()
    found = [one for one in found if one.employee_id != own]
    circle = Circle(found, at)
    items = [_item(one, Desk.of(one, user, at, (), circle=circle)) for one in found]
    return [item for item in items if item is not None]


def _item(appeal, desk):
    action = _action(desk)
    if not action:
        return None
    return InboxItem(
        kind="appeals.desk",
        title=_("Appeal of %(name)s: %(title)s") % {"name": appeal.employee.name, "title": appeal.title},
        url=appeal.get_absolute_url(),
        detail=appeal.number,
        action=action,
        due_at=appeal.due_at,
        icon="chat-left-text",
    )


def _action(desk):
    if desk.may_admit or desk.may_take_on:
        return _("Look at the appeal")
    if desk.may_propose:
        return _("Propose the outcome")
    if desk.may_decide or desk.may_chair:
        return _("Decide")
    return ""


def own_inbox(user, company, at):
    """The employee: answers to read, and what may go to the chair."""
    if not may(user, "appeals.file") or employee_id_of(user) is None:
        return []
    mine = Appeal.objects.filter(company=company, employee_id=employee_id_of(user))
    waiting = mine.filter(state__in=(State.ANSWERED, State.INADMISSIBLE))
    return [
        InboxItem(
            kind="appeals.own",
            title=_("Your appeal %(number)s has an answer") % {"number": one.number},
            url=one.get_own_url(),
            detail=one.title,
            action=_("Read the answer"),
            due_at=one.chair_until if one.state == State.INADMISSIBLE else None,
            icon="chat-left-text",
        )
        for one in waiting
    ]


def others_inbox(user, company, at):
    """HR, and who decides appeals where HR proposed it: colleagues' cases that no longer follow after an appeal."""
    if not (may(user, "appeals.view") and may(user, "incentives.propose", "appeals.decide")):
        return []
    waiting = Consequence.objects.filter(company=company, state=Consequence.State.OPEN)
    return [
        InboxItem(
            kind="appeals.others",
            title=_("%(name)s: a case no longer follows after an appeal") % {"name": one.employee.name},
            url=reverse("appeal", args=[one.appeal_id]),
            detail=one.appeal.number,
            action=_("Settle it"),
            icon="people",
        )
        for one in waiting.select_related("employee", "appeal")
        if employee_id_of(user) not in (one.employee_id, one.appeal.employee_id)
    ]


def topic_find(company, words):
    match = Q(employee__name__icontains=words) | Q(number__icontains=words)
    return Appeal.objects.filter(match, company=company).order_by().values("pk")


def register():
    board = NavItem(
        gettext_lazy("Appeals"),
        "chat-left-text",
        "appeals",
        ("appeals.view",),
        REWARDS,
        counts="appeals.desk",
    )
    mine = NavItem(
        gettext_lazy("My appeals"),
        "chat-left-text",
        "my_appeals",
        ("appeals.file",),
        OWN,
        counts="appeals.own",
    )
    navigation.register("appeals.board", board, order=33)
    navigation.register("appeals.own", mine, order=95)
    inbox_sources.register("appeals.desk", desk_inbox)
    inbox_sources.register("appeals.own", own_inbox)
    inbox_sources.register("appeals.others", others_inbox)
    topics.register(
        TOPIC, Topic(topic_title, "appeals/ballot.html", topic_context, topic_questions, topic_find)
    )
