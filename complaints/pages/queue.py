"""Rows of the list of cases: a fixed number of queries, whatever their number."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext

from complaints import wording
from complaints.models import Allegation, Case, CaseLink, Kind
from complaints.pages.stages import ALL, COUNTED, SORTS, STAGES, clock_of


@dataclass
class Tab:
    key: str
    label: str
    count: int
    is_active: bool


@dataclass
class Chip:
    """A filter that is on or off by one click; `address` is the query string that turns it."""

    label: str
    address: str
    is_on: bool


@dataclass
class Row:
    """One line of the list."""

    case: Case
    rules: object
    reads: bool
    allegations: list = field(default_factory=list)
    is_repeat: bool = False

    @property
    def title(self):
        return wording.subject_of(self.case, self.rules)

    @property
    def detail(self):
        """The customer's first words, or what is alleged where those may not be read."""
        if self.reads:
            return wording.excerpt(self.case.text)
        return wording.excerpt(" ".join(one.statement for one in self.allegations))

    @property
    def people(self):
        names = [one.employee.name for one in self.allegations if one.employee_id]
        return pgettext("list separator", ", ").join(names)

    @property
    def class_name(self):
        return wording.code_name(self.rules, "class", self.case.class_code)

    @property
    def kind_icon(self):
        return wording.KIND_ICONS.get(self.case.kind, "chat")

    @cached_property
    def clock(self):
        return clock_of(self.case)

    @property
    def due_at(self):
        return self.clock[0]

    @property
    def is_first_answer(self):
        return self.clock[1]

    def is_late(self, at: dt.datetime):
        return self.due_at is not None and self.due_at <= at


def allegations_of(cases):
    """{case id: its allegations} of a page of cases, in one query."""
    said = {}
    found = Allegation.objects.filter(case__in=[case.pk for case in cases]).select_related("employee")
    for allegation in found.order_by("pk"):
        said.setdefault(allegation.case_id, []).append(allegation)
    return said


def rows_of(cases, *, rules, sight, at):
    """Rows of a page of cases, in their order: three queries."""
    related = ("site", "department", "handler", "merged_into")
    cases = list(cases.select_related(*related))
    ids = [case.pk for case in cases]
    said = allegations_of(cases)
    seen = Case.objects.visible_to(sight.user)
    links = CaseLink.objects.filter(
        second__in=ids, kind=CaseLink.Kind.REPEAT, first__in=seen.order_by().values("pk")
    )
    repeats = set(links.values_list("second_id", flat=True))
    rows = []
    for case in cases:
        theirs = said.get(case.pk, [])
        reads = sight.reads(case, theirs)
        row = Row(case, rules, reads, sight.people(theirs, reads), case.pk in repeats)
        row.late = row.is_late(at)
        rows.append(row)
    return rows


def tabs(counts, active):
    """What is open first, then each stage with its count; what ended carries none, for it only grows."""
    known = [
        Tab(stage, str(label), counts[stage] if stage != "ended" else 0, stage == active)
        for stage, (label, states) in STAGES.items()
    ]
    first = Tab("", gettext("All open"), counts["open"], not active)
    return [first, *known, Tab(ALL, gettext("All"), 0, active in (ALL, COUNTED))]


def kind_chips(params, chosen):
    """All kinds, or one of them."""
    labels = {
        "": gettext("All kinds"),
        Kind.COMPLAINT: gettext("Complaints"),
        Kind.PRAISE: gettext("Praise"),
        Kind.SUGGESTION: gettext("Suggestions"),
    }
    return [Chip(label, turned(params, "kind", kind), chosen == kind) for kind, label in labels.items()]


def switches(params, given, *, is_employee):
    """What may be on beside the kind; `mine` only for those who can have cases of their own."""
    labels = {"overdue": gettext("Overdue"), "repeat": gettext("Repeat complaints")}
    if is_employee:
        labels["mine"] = gettext("Mine")
    return [
        Chip(label, turned(params, name, "" if name in given else "1"), name in given)
        for name, label in labels.items()
    ]


def sorts(params, chosen):
    """How the list may be sorted, the present way marked."""
    return [Chip(str(label), turned(params, "sort", name), name == chosen) for name, label in SORTS.items()]


def turned(params, name, value):
    """The present address's query string with one filter changed, on its first page."""
    changed = params.copy()
    for gone in (name, "page"):
        changed.pop(gone, None)
    if value:
        changed[name] = value
    return f"?{changed.urlencode()}"
