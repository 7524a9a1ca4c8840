"""Facts reported by hand: one reports with evidence, a second person verifies; then rules may rest on them."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.events import publish
from core.facts import Fact, home_of
from core.flow import Refused, advance
from core.numbering import numbered
from core.period import SHANGHAI
from incentives import fact_letters, rules, wording
from incentives.models import HandReport, HandReportFile, Rule
from incentives.services.telling import tell, tell_all
from jobs import attachments
from organization.models import Employee
from organization.scopes import employee_id_of, reach_of, with_descendants
from organization.selectors import assignment_on, employees_with_verb, head_of
from policies.selectors import books_in_force
from surveys.entry import clean_text
from surveys.models import Answer, QuestionnaireVersion

VERB = "incentives.report_fact"
MOST_TEXT = 4000
MOST_FILES = 6


@dataclass(frozen=True)
class Kind:
    """What may be reported: the rules in force that rest on it say whom it touches and what they ask for.

    `within` are the ids of the departments for which it may be reported, None for all: a unit's own rules ask for it
    in the unit alone (PM-6.5).
    """

    code: str
    title: str
    clause: str
    touches_head: bool
    needs_effect: bool
    per_item: bool = False
    within: frozenset | None = None


def kinds_in_force(company, day):
    """{code: Kind} of the rules by hand in force on that day, the units' own included, in the order of the books."""
    versions = books_in_force(company, day)
    found = Rule.objects.filter(version__in=versions.values("pk"), trigger="by_hand", is_active=True)
    by_code = {}
    for rule in found.select_related("clause", "version__document").order_by("code"):
        by_code.setdefault(rule.params["kind"], []).append(rule)
    return {code: _kind(company, code, own) for code, own in by_code.items()}


def kinds_for(user, company, day):
    """Those that this user may report for at least one department."""
    reach = reach_of(user, VERB)
    known = kinds_in_force(company, day)
    if company.pk in reach.company_ids:
        return known
    mine = set(reach.department_ids)
    return {code: kind for code, kind in known.items() if kind.within is None or kind.within & mine}


def _kind(company, code, own):
    first, units = own[0], {rule.version.document.department_id for rule in own}
    return Kind(
        code=code,
        title=wording.in_language(first, "title"),
        clause=first.clause.number,
        touches_head=all(rule.params.get("to") == "head" for rule in own),
        needs_effect=any(rule.params.get("needs_effect") for rule in own),
        per_item=any(rule.params.get("per_item") for rule in own),
        within=None if None in units else frozenset(with_descendants(units, company.pk)),
    )


@transaction.atomic
def report_fact(
    *,
    company,
    kind,
    happened_on,
    text,
    files,
    by,
    at,
    employee=None,
    department=None,
    figures=None,
    answer=None,
    item="",
):
    """Write down what happened, with at least one file that shows it. Returns the HandReport.

    `kind` is a code of `kinds_in_force`. Where it touches the head give the `department`, else the `employee`;
    `figures` are {"before": {"k", "n"}, "after": …} where the effect is asked for; `files` are [(name, bytes)];
    `item` is the code of the one question that it is about, where each item of a form counts on its own (PM-6.2).
    """
    found = _kind_asked(company, kind, happened_on, at)
    employee, department = _touched(found, company, employee, department, happened_on)
    rules.refuse_own(employee_id_of(by), employee.pk)
    _refuse_out_of_reach(by, department, found)
    text = clean_text(text or "")[:MOST_TEXT]
    rules.refuse_blank(text, _("Write what happened and how it is known."), "text")
    if not files:
        raise Refused(_("Add what shows it: a photo, a scan or a document."), field="files")
    about = _answer(company, answer)
    report = HandReport.objects.create(
        company=company,
        number=numbered("SG", company.pk, at.astimezone(SHANGHAI).date(), width=3),
        kind=kind,
        employee=employee,
        department=department,
        happened_on=happened_on,
        text=text,
        figures=_figures(found, figures) | _item(found, company, item, about),
        answer=about,
        reported_by=by,
        reported_at=at,
    )
    _keep(report, files, by, at)
    audit.record(
        "incentives.handreport.report", report, by=by, at=at, to_state=report.state, data={"kind": kind}
    )
    _ask_second(report, found, by, at)
    return report


def _keep(report, files, by, at):
    try:
        kept = attachments.keep_all(company=report.company, files=files, most=MOST_FILES, by=by, at=at)
    except Refused as refusal:
        raise Refused(refusal.message, code=refusal.code, field="files") from refusal
    HandReportFile.objects.bulk_create(HandReportFile(report=report, attachment=one) for one in kept)


def _kind_asked(company, kind, happened_on, at):
    if happened_on is None or happened_on > at.astimezone(SHANGHAI).date():
        raise Refused(
            _("Enter the day on which it happened, not a later one than today."), field="happened_on"
        )
    found = kinds_in_force(company, at.astimezone(SHANGHAI).date()).get(kind)
    if found is None:
        raise Refused(_("No rule in force rests on this kind of fact."), field="kind")
    _refuse_at_home(kind, company, at)
    return found


def _refuse_at_home(kind, company, at):
    """What a room supplies itself is not reported by hand as well: one thing, one fact."""
    if home := home_of(kind, company, at.astimezone(SHANGHAI).date()):
        raise Refused(home.sentence, field="kind", code="at_home")


def _touched(kind, company, employee, department, day):
    """(employee, department): the head of the unit on that day, or the person and where they worked."""
    if kind.touches_head:
        if department is None or department.company_id != company.pk:
            raise Refused(_("Choose the department it is about."), field="department")
        head = head_of(department, day)
        if head is None:
            raise Refused(
                _("Nobody headed this department on that day. Enter its head in the staff list first."),
                field="department",
            )
        return head, department
    if employee is None or employee.company_id != company.pk:
        raise Refused(_("Choose the colleague it is about."), field="employee")
    place = assignment_on(employee.pk, day)
    if place is None:
        raise Refused(
            _("%(name)s did not work here on that day.") % {"name": employee.name}, field="employee"
        )
    return employee, place.department


def _refuse_out_of_reach(by, department, kind):
    reach = reach_of(by, VERB)
    if kind.within is not None and department.pk not in kind.within:
        raise Refused(
            _("This is a unit's own rule; it holds in that unit alone."),
            field="department" if kind.touches_head else "employee",
        )
    if department.company_id not in reach.company_ids and department.pk not in reach.department_ids:
        raise Refused(_("You may report only on the departments you head."), field="employee")


def _figures(kind, figures):
    if not kind.needs_effect:
        return {}
    counts = {when: (figures or {}).get(when) or {} for when in ("before", "after")}
    for when, own in counts.items():
        k, n = own.get("k"), own.get("n")
        if not all(isinstance(one, int) for one in (k, n)) or not 0 <= k <= n or n == 0:
            raise Refused(
                _("Enter how many were satisfied of how many asked, before and after."), field=f"{when}_k"
            )
    return counts


def items_of(company):
    """{code: question} of what may be found wanting in the company's forms, the newest wording of each."""
    versions = QuestionnaireVersion.objects.filter(company=company).exclude(state="draft")
    return {
        question.code: question
        for version in versions.order_by("published_at", "pk")
        for question in version.parsed.questions.values()
        if question.kind == "rate5" or question.overall
    }


def _item(kind, company, code, answer):
    """The item's code and words, to be kept with the report: each item of one form is reported once."""
    if not kind.per_item:
        return {}
    known = items_of(company)
    if not known:  # forms that were never entered here have no items to choose from
        return {}
    question = known.get(code)
    if question is None:
        raise Refused(_("Choose which item of the form it is about."), field="item")
    if answer is not None:
        _refuse_item(code, answer)
    return {"item": code, "item_text": question.text}


def _refuse_item(code, answer):
    if code not in answer.answers:
        raise Refused(
            _("This item was left blank on form %(number)s.") % {"number": answer.number}, field="item"
        )
    same = HandReport.objects.filter(answer=answer, figures__item=code).exclude(
        state=HandReport.State.DECLINED
    )
    if known := same.first():
        raise Refused(
            _("%(number)s has reported this item of the form already.") % {"number": known.number},
            field="item",
        )


def _answer(company, number):
    if not number:
        return None
    found = Answer.objects.filter(company=company, number=number.strip()).first()
    if found is None:
        raise Refused(_("There is no answer with this number."), field="answer")
    return found


@transaction.atomic
def verify_report(report, *, by, at):
    """The second person agrees: from now on it is a fact. What a room supplies by now is declined and entered there."""
    _refuse_unfit(report, by)
    _refuse_at_home(report.kind, report.company, at)
    advance(report, HandReport.VERIFY, by=by, at=at, settled_by=by, settled_at=at)
    publish("incentives.hand_report_verified", report, kind=report.kind)
    _tell_reporter(report, at)
    return report


@transaction.atomic
def decline_report(report, *, reason, by, at):
    """The second person is not convinced; the reason goes to whoever reported."""
    _refuse_unfit(report, by)
    rules.refuse_blank(reason, _("Write why; who reported the fact reads it."))
    advance(
        report,
        HandReport.DECLINE,
        by=by,
        at=at,
        settled_by=by,
        settled_at=at,
        settle_reason=clean_text(reason)[:1000],
    )
    _tell_reporter(report, at)
    return report


def hindrance_to_settle(report, user):
    """The sentence that keeps this user from verifying or declining, or ''."""
    if report.reported_by_id == user.pk:
        return _("You reported this yourself; a second person has to settle it.")
    if report.employee_id is not None and report.employee_id == employee_id_of(user):
        return _("This is about you; a colleague has to do it.")
    return ""


def _refuse_unfit(report, by):
    if sentence := hindrance_to_settle(report, by):
        raise Refused(sentence, code="four_eyes")


def _ask_second(report, kind, by, at):
    day = at.astimezone(SHANGHAI).date()
    people = employees_with_verb(report.company, "incentives.propose", day).select_related("user")
    tell_all(
        people.exclude(user_id=by.pk).exclude(pk=report.employee_id),
        kind="incentives.hand_report",
        key=f"hand-report-{report.pk}",
        at=at,
        url=report.get_absolute_url(),
        text=lambda: fact_letters.to_verify(report, kind.title),
    )


def _tell_reporter(report, at):
    for employee in Employee.objects.filter(user=report.reported_by_id).select_related("user", "company"):
        tell(
            employee,
            kind="incentives.hand_report_settled",
            key=f"hand-report-{report.pk}-settled",
            at=at,
            url=report.get_absolute_url(),
            text=lambda: fact_letters.settled(report),
        )


def hand_facts(company, kind, since, until):
    """Source of core.facts: the verified reports."""
    found = HandReport.objects.filter(
        company=company,
        kind=kind,
        state=HandReport.State.VERIFIED,
        settled_at__gte=since,
        settled_at__lt=until,
    )
    return [
        Fact(
            kind=report.kind,
            key=f"hand:{report.pk}",
            number=report.number,
            employee_id=report.employee_id,
            department_id=report.department_id,
            happened_on=report.happened_on,
            verified_at=report.settled_at,
            verified_by=(report.reported_by_id, report.settled_by_id),
            text=report.text,
            figures=report.figures,
            answer_id=report.answer_id,
        )
        for report in found
    ]
