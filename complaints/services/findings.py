"""What an investigation found: proposed for each person by one, confirmed or returned by another (four eyes)."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from complaints import rules
from complaints.casework import enter, policy_of, record
from complaints.models import Allegation, Case, Cause, Entry, Finding, FindingAdjudication, Verdict
from complaints.recusal import excluded_from
from complaints.telling import holders, own_url, tell
from core.events import publish
from core.flow import Refused, advance
from organization.models import Employee
from organization.scopes import employee_id_of


@dataclass(frozen=True)
class Draft:
    """What is proposed for one allegation; cause and severity only where something went wrong."""

    allegation: Allegation
    verdict: str
    reasons: str
    cause: str = ""
    severity: str = ""


@transaction.atomic
def propose(case, *, drafts, by, at):
    """Propose a finding on every allegation of the case at once. Returns the findings.

    Never by somebody named or by the direct superior of somebody named.
    """
    case = enter(case, by=by)
    excluded = excluded_from(case, at)
    rules.refuse(rules.hindrance_to_investigate(employee_id_of(by), excluded), code="recusal")
    severities = [one.code for one in policy_of(case, at).severities]
    _refuse_incomplete(case, drafts)
    for draft in drafts:
        rules.refuse_bad_finding(
            verdict=draft.verdict,
            cause=draft.cause,
            severity=draft.severity,
            reasons=draft.reasons,
            verdicts=Verdict.values,
            causes=Cause.values,
            severities=severities,
        )
    advance(case, Case.PROPOSE, by=by, at=at)
    found = [_create(case, draft, by, at) for draft in drafts]
    confirmers = [one for one in holders(case, "complaints.confirm", at) if one.pk not in excluded]
    tell(
        case, [one for one in confirmers if one.user_id != by.pk], kind="case_proposed",
        key=f"case_proposed:{case.pk}:{found[0].pk}", at=at,
        text=lambda: (_("A finding in %(number)s is to be confirmed") % {"number": case.number}, ""),
    )  # fmt: skip
    return found


@transaction.atomic
def confirm(case, *, by, at):
    """The second person agrees: from now on rules may rest on these findings. Returns them."""
    case = enter(case, by=by)
    waiting = _proposed(case)
    hindrance = rules.hindrance_to_confirm(
        actor_id=employee_id_of(by),
        user_id=by.pk,
        excluded=excluded_from(case, at),
        proposer_ids={one.proposed_by_id for one in waiting},
        investigator_id=case.investigator_id,
    )
    rules.refuse(hindrance, code="four_eyes")
    advance(case, Case.CONFIRM, by=by, at=at)
    for finding in waiting:
        advance(finding, Finding.CONFIRM, by=by, at=at, confirmed_by=by, confirmed_at=at)
        publish("complaints.finding_confirmed", finding, case=case.pk, allegation=finding.allegation_id)
    _tell_confirmed(case, at)
    return waiting


@transaction.atomic
def send_back(case, *, reason, by, at):
    """Not convinced: it is investigated further. The proposer may take the proposal back the same way."""
    case = enter(case, by=by)
    rules.refuse(rules.hindrance_to_investigate(employee_id_of(by), excluded_from(case, at)), code="recusal")
    reason = rules.refuse_blank(reason, _("Write what is missing."), most=rules.MOST_REASON)
    waiting = _proposed(case)
    advance(case, Case.RETURN, by=by, at=at)
    _return(waiting, reason, by=by, at=at)
    record(case, Entry.Kind.REASON, reason, by=by, at=at)
    proposers = Employee.objects.select_related("user").filter(
        user_id__in=[one.proposed_by_id for one in waiting]
    )
    tell(
        case, proposers.exclude(user_id=by.pk), kind="case_returned",
        key=f"case_returned:{case.pk}:{at:%Y%m%d%H%M%S}", at=at,
        text=lambda: (_("The finding in %(number)s came back to you") % {"number": case.number}, reason),
    )  # fmt: skip
    return case


def drop_proposed(case, *, by, at, reason):
    """The customer took the case back: what was only proposed is void. Inside the caller's transaction."""
    _return(_proposed(case), reason, by=by, at=at)


def reopen_findings(case, *, by, at):
    """The case is reopened: confirmed findings are under investigation again, and whoever rests on them hears of it.

    Inside the caller's transaction.
    """
    confirmed = list(case.findings.filter(state=Finding.State.CONFIRMED).order_by("pk"))
    for finding in confirmed:
        advance(finding, Finding.REOPEN, by=by, at=at)
        publish("complaints.finding_reopened", finding, case=case.pk, allegation=finding.allegation_id)
    return confirmed


def adjudicate(finding, *, verdict, severity, source, by, at):
    """An appeal says what the finding is from now on; the first one stays beside it. Returns the row.

    Inside the caller's transaction, once per `source` ('appeal:12'). `by` is None where the group decided.
    """
    finding = Finding.objects.select_for_update(of=("self",)).select_related("company").get(pk=finding.pk)
    if finding.state != Finding.State.CONFIRMED:
        raise Refused(
            _("The finding is under investigation again; nothing is said of it before it is confirmed anew."),
            code="stale",
        )
    wanted = wanted_finding(finding, verdict, severity, at)
    row = FindingAdjudication.objects.create(finding=finding, **wanted, source=source, made_by=by, made_at=at)
    audit.record(
        "complaints.finding.adjudicate", finding, by=by, at=at,
        data={"verdict": row.verdict, "severity": row.severity, "source": source},
    )  # fmt: skip
    return row


def wanted_finding(finding, verdict, severity, at):
    """{verdict, cause, severity} of a milder finding; Refused when it is none."""
    now, is_fault = finding.now, verdict in rules.AGAINST
    severities = [one.code for one in policy_of(finding, at).severities] if is_fault else []
    severity = severity if is_fault else ""
    rules.refuse_harsher_finding((verdict, severity), (now.verdict, now.severity), severities)
    return {"verdict": str(verdict), "cause": now.cause if is_fault else "", "severity": severity}


def _tell_confirmed(case, at):
    """The handler may answer the customer; who was told of what is said of them hears that it was judged."""
    key = f"case_confirmed:{case.pk}:{at:%Y%m%d%H%M%S}"
    tell(
        case, Employee.objects.select_related("user").filter(pk=case.handler_id), kind="case_confirmed",
        key=key, at=at,
        text=lambda: (_("%(number)s can be answered: the finding is confirmed") % {"number": case.number}, ""),
    )  # fmt: skip
    for allegation in case.allegations.exclude(told_at=None).select_related("employee__user"):
        tell(
            case, [allegation.employee], kind="case_judged", key=f"case_judged:{allegation.pk}:{at:%Y%m%d%H%M%S}",
            at=at, url=own_url(allegation), is_own=True,
            text=lambda: (_("What a customer said of you has been looked into; read what was found"), ""),
        )  # fmt: skip


def _refuse_incomplete(case, drafts):
    asked = list(case.allegations.values_list("pk", flat=True))
    if not asked:
        raise Refused(_("Name the person or department that it is about first."), code="nobody")
    if sorted(draft.allegation.pk for draft in drafts) != sorted(asked):
        raise Refused(_("Each person named gets one finding; propose all of them together."), field="drafts")


def _create(case, draft, by, at):
    is_fault = draft.verdict in rules.AGAINST
    finding = Finding.objects.create(
        company_id=case.company_id,
        case=case,
        allegation=draft.allegation,
        verdict=draft.verdict,
        cause=draft.cause if is_fault else "",
        severity=draft.severity if is_fault else "",
        reasons=rules.refuse_blank(draft.reasons, "", "reasons"),
        proposed_by=by,
        proposed_at=at,
    )
    audit.record(
        "complaints.finding.propose", finding, by=by, at=at, to_state=finding.state,
        data={"verdict": str(draft.verdict)},
    )  # fmt: skip
    return finding


def _proposed(case):
    return list(case.findings.filter(state=Finding.State.PROPOSED).order_by("pk"))


def _return(waiting, reason, *, by, at):
    for finding in waiting:
        advance(finding, Finding.RETURN, by=by, at=at, return_reason=reason[: rules.MOST_REASON])
