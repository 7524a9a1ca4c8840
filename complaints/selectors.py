"""Reads that other rooms rest on: confirmed facts, the case of an answer, a customer's course, search."""

import dataclasses
import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from complaints.models import Allegation, Case, Finding, Kind, PraiseShare, State
from complaints.pages.sight import Sight, departments_led_by
from core.navigation import SearchHit
from customers.selectors import Entry
from organization.scopes import employee_id_of, reach_of

MOST_HITS = 8
#: who may search in the customers' own words
READERS = ("complaints.handle", "complaints.investigate", "complaints.confirm", "complaints.supervise")


@dataclass(frozen=True)
class FindingFact:
    """One confirmed finding on one person, or on a department where `employee_id` is None (RE-5.3b).

    `answer_ids`: survey answers about the same incident, of this case and of those merged into it. `proposed_by_id`
    and `confirmed_by_id` are users: who stood behind the finding does not vote on the penalty. After an appeal
    `verdict`, `cause` and `severity` are the corrected ones, `first` {verdict, cause, severity} those first confirmed,
    `adjudication` where it comes from ('appeal:12') and `adjudicated_by_id` the user who decided it.
    """

    finding_id: int
    case_id: int
    number: str
    employee_id: int | None
    department_id: int | None
    verdict: str
    cause: str
    severity: str
    happened_on: dt.date | None
    received_at: dt.datetime
    confirmed_at: dt.datetime
    answer_ids: tuple = ()
    proposed_by_id: int | None = None
    confirmed_by_id: int | None = None
    first: dict | None = None
    adjudication: str = ""
    adjudicated_by_id: int | None = None


@dataclass(frozen=True)
class PraiseFact:
    """One person's share in one confirmed praise (RE-5.2b); shares of a praise sum to 10,000.

    `proved_by_id` and `confirmed_by_id` are users: who stood behind the proof does not vote on the reward.
    """

    case_id: int
    number: str
    employee_id: int
    share_bp: int
    form: str
    proof: str
    proved_by_id: int | None
    confirmed_by_id: int | None
    happened_on: dt.date | None
    received_at: dt.datetime
    confirmed_at: dt.datetime


def confirmed_findings(company, *, since, until):
    """Findings confirmed in [since, until), aware datetimes, the earliest first; never of internal reports."""
    found = (
        Finding.objects.confirmed()
        .filter(company=company, confirmed_at__gte=since, confirmed_at__lt=until)
        .exclude(case__kind=Kind.REPORT)
        .select_related("case", "allegation")
        .prefetch_related("adjudications")
        .order_by("confirmed_at", "pk")
    )
    answers = _answers_of({finding.case_id for finding in found})
    return [_fact(finding, answers.get(finding.case_id, ())) for finding in found]


def fact_of(finding):
    """The FindingFact of one confirmed finding as it stands."""
    answers = _answers_of({finding.case_id})
    return _fact(finding, answers.get(finding.case_id, ()))


def fact_if(finding, figures):
    """What it would be with these {verdict, cause, severity}; nothing is written."""
    fact = fact_of(finding)
    return dataclasses.replace(fact, **figures, first=fact.first or _figures(finding))


def _figures(row):
    return {"verdict": row.verdict, "cause": row.cause, "severity": row.severity}


def _fact(finding, answer_ids):
    case, allegation = finding.case, finding.allegation
    made = finding.adjudicated
    return FindingFact(
        finding_id=finding.pk,
        case_id=case.pk,
        number=case.number,
        employee_id=allegation.employee_id,
        department_id=allegation.department_id,
        **_figures(finding.now),
        happened_on=case.happened_on,
        received_at=case.received_at,
        confirmed_at=finding.confirmed_at,
        answer_ids=answer_ids,
        proposed_by_id=finding.proposed_by_id,
        confirmed_by_id=finding.confirmed_by_id,
        first=_figures(finding) if made else None,
        adjudication=made.source if made else "",
        adjudicated_by_id=made.made_by_id if made else None,
    )


def _answers_of(case_ids):
    """{case id: (answer ids…)}, those of merged cases with the leading one."""
    rows = Case.objects.filter(Q(pk__in=case_ids) | Q(merged_into__in=case_ids), answer__isnull=False)
    found = {}
    for pk, leading, answer_id in rows.order_by("pk").values_list("pk", "merged_into", "answer"):
        found[leading or pk] = (*found.get(leading or pk, ()), answer_id)
    return found


def confirmed_praises(company, *, since, until):
    """Shares in praise confirmed in [since, until), aware datetimes, the earliest first."""
    shares = (
        PraiseShare.objects.filter(
            praise__case__company=company,
            praise__confirmed_at__gte=since,
            praise__confirmed_at__lt=until,
            praise__case__state__in=(State.CONFIRMED, State.RESPONDED, State.CLOSED),
        )
        .select_related("praise__case")
        .order_by("praise__confirmed_at", "praise_id", "employee_id")
    )
    return [
        PraiseFact(
            case_id=share.praise.case_id,
            number=share.praise.case.number,
            employee_id=share.employee_id,
            share_bp=share.share_bp,
            form=share.praise.form,
            proof=share.praise.proof,
            proved_by_id=share.praise.proved_by_id,
            confirmed_by_id=share.praise.confirmed_by_id,
            happened_on=share.praise.case.happened_on,
            received_at=share.praise.case.received_at,
            confirmed_at=share.praise.confirmed_at,
        )
        for share in shares
    ]


def case_of_answer(answer_id):
    """The case about the same incident as this survey answer, or None: one incident is punished once.

    For an answer linked to a merged case, the case that it went into.
    """
    case = Case.objects.filter(answer_id=answer_id).select_related("merged_into").first()
    return case.merged_into if case is not None and case.merged_into_id else case


def told_allegations(user):
    """What is said of the user themselves, once they were told; never from internal reports."""
    mine = Allegation.objects.filter(employee_id=employee_id_of(user) or 0, told_at__isnull=False)
    mine = mine.exclude(case__kind=Kind.REPORT).exclude(case__state=State.MERGED)
    return mine.select_related("case__company").order_by("-told_at", "-pk")


def count_overdue(at):
    """Without internal reports: a gauge that moves would tell of one."""
    return Case.objects.of_customers().overdue(at).count()


def audit_rows_for(rows, user):
    """The audit log without cases that name its reader, and without who passed on what is about people of theirs."""
    own, led = employee_id_of(user), departments_led_by(user)
    if own is None:
        return rows
    mine = Allegation.objects.filter(employee_id=own).values("case_id")
    of_theirs = Allegation.objects.filter(department_id__in=led).values("case_id")
    found = Finding.objects.filter(case__in=mine).values("pk")
    rows = rows.exclude(model="complaints.case", object_id__in=mine)
    rows = rows.exclude(model="complaints.finding", object_id__in=found)
    return rows.exclude(verb="complaints.case.received", object_id__in=of_theirs)


def timeline(customer, viewer=None):
    """The customer's voices on the page of their file: what kind, which number, how it stands; no words.

    Only those of which the viewer may know whose they are; all of them without a viewer.
    """
    cases = Case.objects.of_customers().filter(customer=customer)
    if viewer is not None:
        cases = Sight(viewer, customer.company).of_known_customers(cases)
    for case in cases.select_related("site"):
        yield Entry(
            day=case.received_at,
            title=f"{case.get_kind_display().capitalize()} {case.number}",
            detail=" · ".join(str(part) for part in (case.site, case.get_state_display()) if part),
            icon="chat-left-quote",
            url=reverse("case", args=[case.pk]),
        )


def search(user, company, words):
    """Cases by number; by the customers' words only for those who may read them."""
    visible = Case.objects.visible_to(user).of_customers().filter(company=company)
    match = Q(number__icontains=words)
    reach = reach_of(user, *READERS)
    if company.pk in reach.company_ids and not reach_of(user, "complaints.view").department_ids:
        match |= Q(text__icontains=words)
    found = visible.filter(match).select_related("site")[:MOST_HITS]
    return [
        SearchHit(
            title=f"{case.number} · {case.get_kind_display()}",
            url=reverse("case", args=[case.pk]),
            detail=" · ".join(str(part) for part in (case.site, case.get_state_display()) if part),
        )
        for case in found
    ]


search.heading = gettext_lazy("Complaints, praise and suggestions")
