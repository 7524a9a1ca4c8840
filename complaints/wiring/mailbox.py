from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.navigation import InboxItem, NavItem
from core.registries import gauges, inbox_sources, navigation, tick_jobs

ITEMS = "complaints.mailbox"
#: looks that failed one after the other before a person is told; a broken connection heals by itself
WORTH_TELLING = 3


def wire():
    from complaints.services import mailbox
    from jobs import wording
    from jobs.services import run_kinds

    run_kinds.register(mailbox.LOOK_RUN, mailbox.look_run)
    wording.run_titles.register(mailbox.LOOK_RUN, title_of)
    tick_jobs.register("complaints.look_due", mailbox.look_due, order=45)
    gauges.register("mailboxes_failing", count_failing)
    inbox_sources.register("complaints.mailbox", waiting)
    navigation.register(
        "complaints.mailboxes",
        NavItem(
            label=gettext_lazy("Mailboxes"),
            icon="mailbox",
            url_name="mailboxes",
            verbs=("complaints.manage",),
            group=gettext_lazy("Customers and surveys"),
            counts=ITEMS,
        ),
        order=48,
    )


def title_of(run):
    from complaints.models import Mailbox

    mailbox = Mailbox.objects.filter(pk=run.params.get("mailbox")).first()
    return _("New letters to %(address)s") % {"address": mailbox.address if mailbox else "—"}


def count_failing(at):
    from complaints.models import Mailbox

    return Mailbox.objects.filter(is_active=True, failures__gte=WORTH_TELLING).count()


def waiting(user, company, at):
    """Mailboxes that somebody has to correct, and letters that somebody has to read."""
    from complaints.models import Mailbox
    from core.access import may

    if not may(user, "complaints.manage"):
        return []
    mailboxes = list(Mailbox.objects.visible_to(user).filter(company=company))
    broken = [one for one in mailboxes if one.is_active and one.failures >= WORTH_TELLING]
    return [*failing(broken[:5]), *put_aside(mailboxes, at)]


def failing(mailboxes):
    """Letters wait unread until somebody corrects it."""
    from complaints.mail.troubles import sentence_of

    return [
        InboxItem(
            ITEMS,
            _("%(address)s cannot be read") % {"address": mailbox.address},
            url=reverse("mailbox", args=[mailbox.pk]),
            detail=sentence_of(mailbox, mailbox.error),
            action=_("Look at it"),
            icon="mailbox",
        )
        for mailbox in mailboxes
    ]


def put_aside(mailboxes, at):
    """Letters that opened and joined nothing although somebody may have said something in them."""
    from complaints.pages.mailboxes import unread

    return [
        InboxItem(
            ITEMS,
            ngettext(
                "%(count)s letter to %(address)s could not become a case",
                "%(count)s letters to %(address)s could not become a case",
                count,
            )
            % {"count": count, "address": mailbox.address},
            url=f"{reverse('mailbox', args=[mailbox.pk])}?outcome=ignored",
            detail=_("Read them in the mailbox itself, and enter what was said. Shown for a week."),
            action=_("Look at it"),
            icon="envelope-exclamation",
            extra={"count": count},
        )
        for mailbox, count in unread(mailboxes, at).items()
    ]
