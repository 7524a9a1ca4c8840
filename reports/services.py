"""Verbs of the monthly report: the close drafts it, customer service completes it, the group reviews it."""

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from audit import services as audit
from core.events import publish
from core.flow import Refused, advance
from core.period import SHANGHAI, Period
from core.templatetags.manyi import period_name
from notifications.services import notify
from organization.scopes import reach_of
from organization.selectors import employees_with_verb
from reports.models import MonthlyReport
from reports.selectors.comments import typical
from reports.selectors.figures import dimensions_of
from reports.selectors.findings import findings_of, quality_of
from scoring.models import Close
from surveys.models import Answer

LONGEST_SUMMARY = 4000
MOST_COMMENTS = 12


def run(close, at):
    """The close step 'report': months are reported, quarters and halves are not (RE-3.3)."""
    if close.kind == "month":
        draft_report(close, at=at)


@transaction.atomic
def draft_report(close, *, at):
    """The report of a closed month from its result rows; drafted once, later calls find it. Tells who writes it."""
    found = MonthlyReport.objects.filter(close=close).first()
    if found is not None:
        return found
    period = Period.parse(close.period)
    measures = [dimension.code for dimension in dimensions_of(close.company, period)]
    findings = findings_of(close.company, period, measures)
    shown = [measure for measure in measures if any(found.get("measure") == measure for found in findings)]
    report = MonthlyReport.objects.create(
        company=close.company,
        close=close,
        number=f"YB-{close.period}",
        period=close.period,
        findings=findings,
        comments=typical(close.company_id, period, shown),
        quality=quality_of(close.company, period, measures),
        drafted_at=at,
    )
    audit.record("reports.monthlyreport.draft", report, by=None, at=at)
    _tell(report, "reports.write", "reports.drafted", at)
    return report


def refuse_unless_draft(report):
    """A submitted report stands as the group and the staff have read it."""
    if report.state != MonthlyReport.State.DRAFT:
        raise Refused(_("The report has been submitted and can no longer be changed."), code="state")


@transaction.atomic
def edit_report(report, *, summary, by, at, comments=None):
    """Customer service's own words, and which comments stand in it: [{"measure", "kind", "answer"}], None as before."""
    comments = report.comments if comments is None else comments
    if report.company_id not in reach_of(by, "reports.write").company_ids:
        raise Refused(_("Only customer service writes the report."), code="not_writer")
    if len(summary) > LONGEST_SUMMARY:
        raise Refused(_("At most %(count)s characters.") % {"count": LONGEST_SUMMARY}, field="summary")
    if len(comments) > MOST_COMMENTS:
        raise Refused(_("At most %(count)s comments.") % {"count": MOST_COMMENTS}, field="comments")
    _refuse_foreign(report, comments)
    drafts = MonthlyReport.objects.filter(pk=report.pk, state=MonthlyReport.State.DRAFT)
    if not drafts.update(summary=summary.strip(), comments=comments):
        raise Refused(_("The report has been submitted and can no longer be changed."), code="state")
    report.refresh_from_db()
    audit.record("reports.monthlyreport.edit", report, by=by, at=at)
    return report


def _refuse_foreign(report, comments):
    """Only comments of answers that this month counted."""
    ids = {entry["answer"] for entry in comments}
    counted = Answer.objects.filter(
        pk__in=ids,
        unfolding__company_id=report.company_id,
        unfolding__month=report.period,
        unfolding__is_counted=True,
    )
    if counted.count() != len(ids):
        raise Refused(
            _("One of the comments does not belong to an answer counted in this month."), field="comments"
        )


@transaction.atomic
def submit_report(report, *, by, at):
    """To the group: from now on everybody of the company may read it, and nobody changes it."""
    advance(report, MonthlyReport.SUBMIT, by=by, at=at, submitted_by=by, submitted_at=at)
    _tell(report, "reports.review", "reports.submitted", at)
    return report


@transaction.atomic
def review_report(report, *, by, at):
    """The group has discussed it: the month's books are locked (RE-3.3, RE-3.4)."""
    advance(report, MonthlyReport.REVIEW, by=by, at=at, reviewed_by=by, reviewed_at=at)
    close = Close.objects.select_for_update(of=("self",)).get(pk=report.close_id)
    if close.state == Close.State.REPORTED:
        advance(close, Close.LOCK, by=by, at=at, locked_at=at)
    publish("reports.report_reviewed", report, period=report.period)
    return report


def _tell(report, verb, kind, at):
    """Everybody who holds the verb in the company, once."""
    day = at.astimezone(SHANGHAI).date()
    employees = employees_with_verb(report.company, verb, day).select_related("user").order_by("pk")
    for employee in employees:
        with translation.override("zh-hans"):
            subject, body = _words(kind, report)
        notify(
            user=employee.user,
            company=report.company,
            kind=kind,
            key=f"{kind}:{report.pk}",
            subject=subject,
            body=body,
            at=at,
            url=reverse("report", args=[report.period]),
        )


def _words(kind, report):
    values = {"month": period_name(report.period), "number": report.number}
    if kind == "reports.drafted":
        return (
            _("The satisfaction report of %(month)s is drafted") % values,
            _("Please read it, add your own words and submit it to the group (%(number)s).") % values,
        )
    return (
        _("The satisfaction report of %(month)s is waiting for review") % values,
        _("Customer service has submitted it (%(number)s).") % values,
    )
