"""Rows of the exported list: what happened, where and how fast; nothing that says who complained."""

from django.utils.translation import gettext as _

from complaints.policy import rules_of
from core.flow import Refused
from core.period import SHANGHAI
from organization.scopes import today

CHUNK = 2000


def export_header():
    return [
        _("Number"),
        _("Kind"),
        _("Channel"),
        _("State"),
        _("Project"),
        _("Problem"),
        _("Severity"),
        _("Class"),
        _("Department"),
        _("Handled by"),
        _("Received"),
        _("First answer"),
        _("Due"),
        _("Answered at"),
        _("On time"),
        _("Reopened"),
        _("Rating of the handling"),
    ]


def export_rows(cases, company):
    """One tuple per case, fetched in pieces; codes are told by their names of today's policy."""
    names = _names(company)
    columns = cases.select_related("site", "department", "handler").order_by("received_at", "pk")
    for case in columns.iterator(chunk_size=CHUNK):
        yield (
            case.number,
            case.get_kind_display(),
            case.get_channel_display(),
            case.get_state_display(),
            str(case.site or ""),
            names.get(("problem", case.problem_type), case.problem_type),
            names.get(("severity", case.severity), case.severity),
            names.get(("class", case.class_code), case.class_code),
            str(case.department or ""),
            case.handler.name if case.handler else "",
            _moment(case.received_at),
            _moment(case.first_answered_at),
            _moment(case.due_at),
            _moment(case.responded_at),
            "" if case.answered_on_time is None else (_("yes") if case.answered_on_time else _("no")),
            case.reopened,
            case.rating or "",
        )


def _names(company):
    try:
        rules = rules_of(company, today())
    except Refused:  # no policy in force: the codes themselves
        return {}
    lists = (("problem", rules.problem_types), ("severity", rules.severities), ("class", rules.classes))
    return {(kind, entry.code): str(entry) for kind, entries in lists for entry in entries}


def _moment(at):
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
