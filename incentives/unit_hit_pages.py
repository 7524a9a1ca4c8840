"""What the pages say of hits on units that nobody headed, made ready for their templates."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from core.templatetags.manyi import day_name, period_name
from incentives import evidence_words, rules, wording
from incentives.models import Case, UnitHit
from organization.models import name_for_reader

RELATED = ("company", "department", "rule__clause", "rule__version__document", "case__employee", "settled_by")
NAMED = 3


@dataclass(frozen=True)
class Note:
    """For the queue: how many are open, those of the month named first, and whether any was settled."""

    waiting: int
    settled: int
    named: list

    @property
    def more(self):
        return self.waiting - len(self.named)


def seen(user, company):
    found = UnitHit.objects.visible_to(user).filter(company=company)
    return found.select_related(*RELATED).defer("rule__version__content")


def open_hits(user, company):
    """The latest month first."""
    return seen(user, company).open().order_by("-period", "found_at", "pk")


def note_of(user, company, month):
    """Two statements; of whatever month, for a hit left open in an earlier one waits too."""
    every = UnitHit.objects.visible_to(user).filter(company=company).order_by()
    counts = every.aggregate(
        waiting=Count("pk", filter=Q(state=UnitHit.State.OPEN)),
        settled=Count("pk", filter=~Q(state=UnitHit.State.OPEN)),
    )
    if not counts["waiting"]:
        return Note(0, counts["settled"], [])
    found = sorted(open_hits(user, company)[:100], key=lambda one: one.period != str(month))
    return Note(counts["waiting"], counts["settled"], [(one, title_of(one)) for one in found[:NAMED]])


def title_of(unit_hit):
    """'Rule PM-6.3 hit 牡丹处 in Q3 2026, but nobody headed it on 28 Sep'."""
    return _("Rule %(rule)s hit %(unit)s in %(period)s, but nobody headed it on %(day)s") % {
        "rule": unit_hit.rule_code,
        "unit": name_for_reader(unit_hit.department),
        "period": period_name(period_of(unit_hit)),
        "day": day_name(unit_hit.head_on),
    }


def period_of(unit_hit):
    """The period of the close behind it; the month in which it counts where it rests on a fact."""
    periods = rules.periods_of(unit_hit.occurrence)
    return unit_hit.evidence.get("period") or str(periods[-1] if periods else unit_hit.period)


def effects_of(unit_hit):
    """What the rule has for the head, in words."""
    specs = rules.effects_for(unit_hit.rule.effects, Case.Role.HEAD)
    return wording.effects_text(specs, unit_hit.period)


def context_of(unit_hit):
    return {
        "hit": unit_hit,
        "title": title_of(unit_hit),
        "lead": evidence_words.lead_of(unit_hit),
        "shown": evidence_words.shown_of(unit_hit),
        "effects": effects_of(unit_hit),
        "rule_title": wording.in_language(unit_hit.rule, "title"),
    }
