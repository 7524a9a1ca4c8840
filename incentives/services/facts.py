"""Cases that rest on single facts (RE-5.2b, RE-5.2c, RE-5.3b, CC-5.3, PM-6.2, PM-6.4): no close is needed for them."""

import datetime as dt

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from complaints.models import Case as Voice
from complaints.models import Finding
from core.flow import Refused, advance
from core.period import SHANGHAI, Period
from incentives import fact_letters, rules
from incentives.models import Case, Decision, HandReport, Rule
from incentives.services.cases import keep_hits, known_keys, tell_hr
from incentives.services.ledger import exported_months
from incentives.services.telling import tell_all
from incentives.services.unit_hits import keep_unit_hits, split_headless, tell_of_unit_hits
from incentives.triggers import triggers
from incentives.unit_rules import trigger_of
from organization.models import Company
from organization.selectors import employees_with_verb
from policies.models import Version
from scoring.services.books import hold_books

#: facts older than this were looked at before; a version published since is looked through from its first day
LOOK_BACK = dt.timedelta(days=45)
MOMENT = dt.timedelta(microseconds=1)
log = structlog.get_logger(__name__)


def find_fact_cases(company, at):
    """Every fact verified until `at` that a rule then in force names becomes a case. Returns the new ones.

    Safe to repeat and to run twice at once; where nothing is new, nothing is locked. A fact counts in the month of its
    verification, or in the next one whose payroll file is not made yet.
    """
    found = [(rule, _new_hits(rule, since, until)) for rule, since, until in fact_rules(company, at)]
    found = [(rule, hits) for rule, hits in found if any(hits)]
    return _keep(company, found, at) if found else []


@transaction.atomic
def _keep(company, found, at):
    hold_books(company)
    exported = exported_months(company.pk)
    new, headless = [], []
    for rule, (hits, without_head) in found:
        new += keep_hits(rule, [(hit, month_of_fact(hit, exported)) for hit in _unknown(rule, hits)], at)
        headless += keep_unit_hits(rule, [(hit, month_of_fact(hit, exported)) for hit in without_head], at)
    if new:
        tell_hr(company, new, at)
    tell_of_unit_hits(company, headless, at)
    return new


def _new_hits(rule, since, until):
    """(hits without a case, hits on a unit that nobody headed and that is not known yet)."""
    hits, headless = split_headless(rule, hits_of(rule, since, until))
    return _unknown(rule, hits), headless


def hits_of(rule, since, until):
    """The facts of these days that the rule names. What happened before the company first had the rule is not punished
    by it, whenever it comes to light; a new version of a rule that was there reaches all the same."""
    return since_the_rule(rule, trigger_of(rule).hits_between(rule, since, until))


def since_the_rule(rule, hits):
    """Those that happened since the company first had the rule; all of them where it is no penalty."""
    if not hits or rule.direction != Rule.Direction.PENALTY:
        return hits
    first = _first_day(rule).isoformat()
    return [hit for hit in hits if (_happened_on(hit) or first) >= first]


def _first_day(rule):
    """The first day on which a rule with this code was in force and switched on."""
    known = Rule.objects.filter(
        company_id=rule.company_id, code=rule.code, is_active=True, version__state=Version.State.PUBLISHED
    )
    return known.aggregate(first=Min("version__effective_from"))["first"]


def _happened_on(hit):
    return hit.evidence.get("happened_on") or hit.evidence.get("received_on")


def _unknown(rule, hits):
    trigger = trigger_of(rule)
    known = {fact_key(trigger, *key) for key in known_keys(rule)} if hits else set()
    return [hit for hit in hits if fact_key(trigger, hit.employee_id, hit.occurrence) not in known]


def fact_key(trigger, employee_id, occurrence):
    """What a fact is known by: whom it touches and which it is. Where it touches the head alone, which it is: a change
    of head entered later touches nobody else."""
    return occurrence if trigger.roles == ("head",) else (employee_id, occurrence)


def month_of_fact(hit, exported):
    """The month of its verification, or the next one whose payroll file is not made yet."""
    return rules.month_to_count_in(str(Period.month_of(hit.verified_at)), exported)


def find_due_facts(at):
    """Tick: what an event did not bring, a room's fact without an event, a version that begins in the past."""
    versions = Version.objects.published().filter(rules__in=_fact_rules())
    for company in Company.objects.filter(pk__in=versions.values("company_id")):
        try:
            find_fact_cases(company, at)
        except Refused as refusal:  # a book lacks a section that a rule reads: the other companies go on
            log.warning("facts_not_looked_for", company=company.code, reason=str(refusal.message))


def _fact_rules():
    names = [name for name, kind in triggers.items() if not kind.close_kind]
    return Rule.objects.filter(trigger__in=names, is_active=True)


def fact_rules(company, at, *, whole=False):
    """[(rule, since, until)]: the facts that each rule on facts governs, those of the days its version is in force.

    With `whole` from the version's first day, else no further back than facts may have been missed.
    """
    found = _fact_rules().filter(
        version__company=company,
        version__state=Version.State.PUBLISHED,
        version__effective_from__lte=at.astimezone(SHANGHAI).date(),
    )
    related = ("version__company", "version__document", "clause", "company")
    spans = []
    for rule in found.select_related(*related).order_by("code", "pk"):
        since, until = _in_force(rule.version, at)
        is_new = rule.version.published_at is None or rule.version.published_at > at - LOOK_BACK
        if not (whole or is_new):
            since = max(since, at - LOOK_BACK)
        if since < until:
            spans.append((rule, since, until))
    return spans


def _in_force(version, at):
    since = dt.datetime.combine(version.effective_from, dt.time(), SHANGHAI)
    until = at + MOMENT
    if version.effective_to:
        until = min(until, dt.datetime.combine(version.effective_to, dt.time(), SHANGHAI))
    return since, until


def on_finding(event):
    """A finding was confirmed."""
    finding = Finding.objects.get(pk=event.object_id)
    _find(event, finding.confirmed_at)


def on_praise(event):
    """A praise was confirmed; the event names its case."""
    voice = Voice.objects.select_related("praise").get(pk=event.object_id)
    _find(event, voice.praise.confirmed_at)


def on_hand_report(event):
    """A report by hand was verified."""
    _find(event, HandReport.objects.get(pk=event.object_id).settled_at)


def on_room_fact(event):
    """A fact was verified in a room that supplies it itself; the event says when."""
    _find(event, dt.datetime.fromisoformat(event.data["moment"]))


def on_fact_withdrawn(event):
    """A fact no longer holds: `key` in the event names the occurrence of what rests on it."""
    reason = gettext_noop("The fact behind it was withdrawn.")
    _doubt(event, event.data["key"], reason, fact_letters.withdrawn)


def _find(event, moment):
    company = Company.objects.get(pk=event.company_id)
    find_fact_cases(company, _delivered(event, moment))


def _delivered(event, moment):
    return rules.delivered_at(moment or event.created_at, event.created_at, timezone.now())


def on_finding_reopened(event):
    """What nobody has proposed yet is put aside; of what was proposed HR hears, for the ground is in doubt again."""
    reason = gettext_noop("The finding behind it is under investigation again.")
    _doubt(event, f"finding:{event.object_id}", reason, fact_letters.in_doubt)


def _doubt(event, occurrence, reason, letter):
    at = _delivered(event, None)
    with transaction.atomic():
        behind = Case.objects.select_for_update().filter(company_id=event.company_id, occurrence=occurrence)
        for case in behind.order_by("pk"):
            if case.state in (Case.State.FOUND, Case.State.HELD):
                _put_aside(case, reason, at)
            for decision in Decision.objects.live().filter(case=case).select_related("company"):
                _tell_in_doubt(decision, event, letter, at)


def _put_aside(case, reason, at):
    with translation.override(settings.LANGUAGE_CODE):
        reason = _(reason)
    advance(case, Case.SET_ASIDE, by=None, at=at, reason=reason, settled_at=at, reason_code="reopened")


def _tell_in_doubt(decision, event, letter, at):
    day = at.astimezone(SHANGHAI).date()
    tell_all(
        employees_with_verb(decision.company, "incentives.propose", day).select_related("user"),
        kind="incentives.in_doubt",
        key=f"decision-{decision.pk}-in-doubt-{event.pk}",
        at=at,
        url=decision.get_absolute_url(),
        text=lambda: letter(decision),
    )
