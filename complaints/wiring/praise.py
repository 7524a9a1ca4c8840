from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.navigation import InboxItem, NavItem
from core.registries import audited_apart, inbox_sources, navigation

REPORTS = "internal_reports"


def wire():
    navigation.register(
        "complaints.praise",
        NavItem(
            label=gettext_lazy("Praise and pennants"),
            icon="award",
            url_name="praises",
            verbs=("complaints.view",),
            group=gettext_lazy("Customers and surveys"),
        ),
        order=45,
    )
    navigation.register(
        "complaints.speak_up",
        NavItem(
            label=gettext_lazy("Report something inside"),
            icon="megaphone",
            url_name="report_new",
            verbs=("complaints.record",),
            group=gettext_lazy("Company"),
        ),
        order=93,
    )
    navigation.register(
        "complaints.reports",
        NavItem(
            label=gettext_lazy("Internal reports"),
            icon="shield-lock",
            url_name="reports_inbox",
            verbs=("complaints.read_reports",),
            group=gettext_lazy("Rules and people"),
            counts=REPORTS,
        ),
        order=894,
    )
    inbox_sources.register("complaints.reports", reports_to_read)
    audited_apart.register("complaints.reports", is_of_a_report)


def is_of_a_report(obj):
    """A case of kind report, or anything that belongs to one."""
    if obj._meta.app_label != "complaints":
        return False
    case = obj if obj._meta.model_name == "case" else getattr(obj, "case", None)
    return case is not None and case.is_report


def reports_to_read(user, company, at):
    """One line for all reports that wait for this reader; those that name the reader do not exist for them."""
    from complaints.pages.report import waiting_for

    count = waiting_for(user, company)
    if not count:
        return []
    title = ngettext("%(count)s internal report waits", "%(count)s internal reports wait", count)
    return [
        InboxItem(
            REPORTS, title % {"count": count}, url=reverse("reports_inbox"), action=_("Open the reports"),
            icon="shield-lock", extra={"count": count},
        )
    ]  # fmt: skip
