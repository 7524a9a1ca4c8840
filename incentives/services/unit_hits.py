"""Hits of rules that touch the head, on a unit that nobody headed: kept to be seen, never lost (fact 4)."""

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import advance
from core.period import SHANGHAI
from incentives import letters, rules
from incentives.models import Case, UnitHit
from incentives.services.telling import tell_all
from organization.models import Assignment
from organization.scopes import employee_id_of
from organization.selectors import employees_with_verb


def split_headless(rule, hits):
    """(hits on people, hits on units without a head that are not kept yet).

    A hit that was kept once stays with its row: neither a head entered later nor a second run makes another.
    """
    if all(hit.role != Case.Role.HEAD for hit in hits):
        return hits, []
    known = known_occurrences(rule)
    people = [hit for hit in hits if hit.employee_id and not is_known(hit, known)]
    return people, [hit for hit in headless(rule, hits) if hit.occurrence not in known]


def headless(rule, hits):
    """Those that have something for the head of a unit that nobody headed."""
    return [hit for hit in hits if hit.employee_id is None and rules.effects_for(rule.effects, hit.role)]


def known_occurrences(rule):
    same = UnitHit.objects.filter(company_id=rule.company_id, rule_code=rule.code)
    return set(same.order_by().values_list("occurrence", flat=True))


def is_known(hit, occurrences):
    return hit.role == Case.Role.HEAD and hit.occurrence in occurrences


def keep_unit_hits(rule, hits, at):
    """Rows of these (Hit, month they count in); the company's books are held, so that nobody else makes them too."""
    known = known_occurrences(rule) if hits else set()
    made = [
        UnitHit.objects.create(
            company_id=rule.company_id,
            rule=rule,
            rule_code=rule.code,
            department_id=hit.department_id,
            occurrence=hit.occurrence,
            incident=hit.incident,
            head_on=hit.head_on,
            period=period,
            evidence=hit.evidence,
            is_distinguishable=hit.is_distinguishable,
            found_at=at,
        )
        for hit, period in hits
        if hit.occurrence not in known
    ]
    for unit_hit in made:
        audit.record("incentives.unithit.find", unit_hit, by=None, at=at, to_state=unit_hit.state)
    return made


def tell_of_unit_hits(company, made, at):
    """One message for each month."""
    people = employees_with_verb(company, "incentives.propose", at.astimezone(SHANGHAI).date())
    for period in sorted({one.period for one in made}):
        own = [one for one in made if one.period == period]
        tell_all(
            people.select_related("user"),
            kind="incentives.cases",
            key=f"unit-hits-{company.pk}-{period}-{min(one.pk for one in own)}",
            at=at,
            url=reverse("unit_hits"),
            text=lambda period=period, own=own: letters.unit_hits_found(period, len(own)),
        )


@transaction.atomic
def set_aside_unit_hit(unit_hit, *, reason, by, at):
    """Nobody is to answer for it: it goes no further, and the reason stays."""
    rules.refuse_own_unit(works_in(unit_hit, by, at))
    rules.refuse_blank(reason, _("Say why it is put aside; the record keeps the reason."))
    text = reason.strip()[:1000]
    return advance(unit_hit, UnitHit.SET_ASIDE, by=by, at=at, reason=text, settled_by=by, settled_at=at)


def works_in(unit_hit, user, at):
    """Whether the user worked in the unit on the day that counts, or does now."""
    days = (unit_hit.head_on, at.astimezone(SHANGHAI).date())
    own = Assignment.objects.filter(employee_id=employee_id_of(user), department_id=unit_hit.department_id)
    on = [Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day)) for day in days]
    return own.filter(on[0] | on[1]).exists()
