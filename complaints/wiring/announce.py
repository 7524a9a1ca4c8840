"""Group robots hear of escalations; what is said about oneself always comes by e-mail at once."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.events import subscribe

ESCALATED = "complaints.case_escalated"


def wire():
    from notifications.registries import Group, announcements, message_groups

    announcements.register(ESCALATED, _("Overdue: this was not answered in time"))
    subscribe(ESCALATED, "complaints.announce_escalation", announce_escalation)
    message_groups.register(
        "cases.own", Group(_("What customers say of you"), ("case_allegation", "case_judged"), is_fixed=True)
    )
    message_groups.register(
        "praise", Group(_("Praise"), ("complaints.praised", "complaints.shares_returned"))
    )


def announce_escalation(event):
    """Handler: the number of an overdue case; of internal reports nobody hears that way."""
    from complaints.models import Case
    from notifications.services import announce

    case = Case.objects.of_customers().select_related("company").filter(pk=event.object_id).first()
    if case is None or case.due_at is None:
        return
    announce(
        company=case.company,
        kind=ESCALATED,
        key=f"{ESCALATED}:{case.pk}:{case.due_at:%Y%m%d%H%M}",
        number=case.number,
        url=reverse("case", args=[case.pk]),
        at=event.created_at,
    )
