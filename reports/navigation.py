"""What readers, writers, heads and staff find in their sidebar, inbox and search."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import may
from core.navigation import InboxItem, NavItem, SearchHit
from core.registries import inbox_sources, navigation, searches
from core.templatetags.manyi import day_name, period_name
from organization.scopes import reach_of
from reports.models import MonthlyReport

COMPANY = gettext_lazy("Company")
DEPARTMENT = gettext_lazy("My department")
MYSELF = gettext_lazy("Myself")
MOST_HITS = 8


def inbox(user, company, at):
    """Drafts that wait for their writer, submitted reports that wait for the group."""
    if not may(user, "reports.write", "reports.review"):
        return []
    reports = MonthlyReport.objects.visible_to(user).filter(company=company)
    items = []
    if company.pk in reach_of(user, "reports.write").company_ids:
        items += [_to_write(report) for report in reports.filter(state=MonthlyReport.State.DRAFT)]
    if company.pk in reach_of(user, "reports.review").company_ids:
        items += [_to_review(report) for report in reports.filter(state=MonthlyReport.State.SUBMITTED)]
    return items


def _to_write(report):
    return InboxItem(
        kind="reports",
        title=_("Complete the report of %(month)s") % {"month": period_name(report.period)},
        url=reverse("report", args=[report.period]),
        detail=_("%(number)s, drafted on %(day)s")
        % {"number": report.number, "day": day_name(report.drafted_at.date())},
        action=_("Open the draft"),
        icon="file-earmark-bar-graph",
    )


def _to_review(report):
    day = day_name(report.submitted_at.date())
    return InboxItem(
        kind="reports",
        title=_("Report of %(month)s to review") % {"month": period_name(report.period)},
        url=reverse("report", args=[report.period]),
        detail=_("%(number)s, submitted on %(day)s") % {"number": report.number, "day": day},
        action=_("Review"),
        icon="file-earmark-bar-graph",
    )


def search(user, company, words):
    """Reports by number or month, for the search page."""
    reports = MonthlyReport.objects.visible_to(user).filter(company=company, number__icontains=words)
    return [
        SearchHit(
            title=_("Satisfaction report of %(month)s") % {"month": period_name(report.period)},
            url=reverse("report", args=[report.period]),
            detail=f"{report.number} · {report.get_state_display()}",
        )
        for report in reports[:MOST_HITS]
    ]


search.heading = gettext_lazy("Monthly reports")


def register():
    navigation.register(
        "reports.dashboard",
        NavItem(gettext_lazy("Team dashboard"), "graph-up", "dashboard", ("reports.dashboard",), DEPARTMENT),
        order=34,
    )
    navigation.register(
        "reports.list",
        NavItem(
            gettext_lazy("Monthly reports"),
            "file-earmark-bar-graph",
            "reports",
            ("reports.view", "reports.write", "reports.review"),
            COMPANY,
            counts="reports",
        ),
        order=70,
    )
    navigation.register(
        "reports.audit",
        NavItem(gettext_lazy("Audit log"), "shield-check", "audit_log", ("audit.view",), COMPANY),
        order=72,
    )
    navigation.register(
        "reports.my_month",
        NavItem(gettext_lazy("My month"), "calendar2-week", "my_month", ("reports.my",), MYSELF),
        order=65,
    )
    navigation.register(
        "reports.my",
        NavItem(gettext_lazy("My satisfaction"), "person", "my", ("reports.my",), MYSELF),
        order=90,
    )
    inbox_sources.register("reports", inbox)
    searches.register("reports", search)
