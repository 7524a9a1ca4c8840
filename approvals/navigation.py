"""What the group finds in its sidebar and inbox."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import Motion
from approvals.topics import questions_of
from core.navigation import InboxItem, NavItem
from core.registries import inbox_sources, navigation
from organization.scopes import employee_id_of

GROUP = gettext_lazy("Management group")
PEOPLE = gettext_lazy("Rules and people")


def inbox(user, company, at):
    """Motions that wait for this member's vote."""
    employee_id = employee_id_of(user)
    if employee_id is None:
        return []
    waiting = list(Motion.objects.awaiting(employee_id).filter(company=company).select_related("committee"))
    questions = questions_of(waiting)
    return [
        InboxItem(
            kind="votes",
            title=questions[motion.pk].title,
            url=motion.get_absolute_url(),
            detail=str(motion.committee),
            action=_("Vote"),
            due_at=motion.due_at,
            icon="check2-square",
        )
        for motion in waiting
    ]


def register():
    navigation.register(
        "approvals.votes",
        NavItem(
            gettext_lazy("Votes"),
            "check2-square",
            "votes",
            ("approvals.vote", "approvals.audit"),
            GROUP,
            counts="votes",
        ),
        order=30,
    )
    navigation.register(
        "approvals.committees",
        NavItem(gettext_lazy("Committees"), "people-fill", "committees", ("approvals.manage",), PEOPLE),
        order=66,
    )
    inbox_sources.register("votes", inbox)
