"""Low answers become cases; the clocks of closing and removal; what goes out to customers and groups, and when."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.events import subscribe
from core.registries import erasure, inbox_sources, tick_jobs

NEW_CASE = "complaints.case_received"


def wire():
    from complaints import guesses, letters, retention
    from complaints.services import closing, intake

    subscribe("surveys.answer_submitted", "complaints.take_low_answer", intake.take_low_answer)
    subscribe(NEW_CASE, "complaints.announce", announce_case)
    tick_jobs.register("complaints.close_due", closing.close_due, order=42)
    tick_jobs.register("complaints.redact_due", retention.redact_hourly, order=43)
    tick_jobs.register("complaints.forget_guesses", guesses.forget_old, order=44)
    erasure.register("complaints", retention.erase, order=-10)
    inbox_sources.register("complaints.asking", to_ask)
    _wire_messages(letters)


def _wire_messages(letters):
    from notifications.registries import (
        Group,
        announcements,
        message_groups,
        message_veils,
        permissions_to_send,
        reply_addresses,
    )

    permissions_to_send.register("complaints.contact", letters.may_send)
    reply_addresses.register("complaints.mailbox", letters.reply_address)
    message_veils.register("complaints.cases", letters.veiled)
    announcements.register(NEW_CASE, _("A customer has written; it waits to be accepted"))
    message_groups.register("cases", Group(_("Voices of customers"), ("case_",)))
    message_groups.register(
        "internal_reports",
        Group(_("Internal reports"), ("report_", "complaints.report"), is_fixed=True, is_confidential=True),
    )


def announce_case(event):
    """Handler: group robots hear the number of a new case; of internal reports nobody hears that way."""
    from complaints.models import Case
    from notifications.services import announce

    case = Case.objects.of_customers().select_related("company").filter(pk=event.object_id).first()
    if case is not None:
        announce(
            company=case.company, kind=NEW_CASE, key=f"{NEW_CASE}:{case.pk}", number=case.number,
            url=reverse("case", args=[case.pk]), at=case.received_at,
        )  # fmt: skip


def to_ask(user, company, at):
    """Answered, but nobody has asked the customer whether it satisfies them: it does not close by itself (AU-4)."""
    from complaints.models import Case, State
    from core.access import may
    from core.navigation import InboxItem
    from organization.scopes import employee_id_of

    if not may(user, "complaints.handle"):
        return []
    mine = Case.objects.visible_to(user).of_customers().filter(company=company, handler=employee_id_of(user))
    count = mine.filter(state=State.RESPONDED, asked_at=None).count()
    if not count:
        return []
    title = ngettext(
        "%(count)s customer to be asked whether the answer satisfies them",
        "%(count)s customers to be asked whether the answer satisfies them",
        count,
    )
    return [
        InboxItem(
            "complaints.case", title % {"count": count}, url=f"{reverse('cases')}?mine=1&stage=answered",
            action=str(_("Ask")), icon="telephone-outbound", extra={"count": count},
        )
    ]  # fmt: skip
