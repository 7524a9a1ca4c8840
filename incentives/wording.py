"""Sentences about effects and evidence, the same on every page, letter and inbox line."""

from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from core import money
from core.templatetags.manyi import month_short
from core.templatetags.manyi import yuan as yuan_html

__all__ = [
    "clause_name",
    "effects_text",
    "evidence_lead",
    "in_language",
    "months_text",
    "title_of",
    "yuan_html",
]


def in_language(obj, name):
    """`obj.<name>`, or its English twin where there is one and English is spoken."""
    english = getattr(obj, f"{name}_en", "") if get_language() == "en" else ""
    return english or getattr(obj, name)


def clause_name(rule):
    """'Art. 5.3 (1)' as the rule book numbers it."""
    return rule.clause.number


def effect_text(effect, period=""):
    """One effect in words; `period` puts the month before points."""
    kind = effect["kind"]
    if kind == "points":
        return _points(effect["amount"], period)
    if kind in ("money", "fen", "yuan"):
        return _money(effect)
    if kind == "team_fund":
        return _("%(amount)s for the team’s fund") % {"amount": _yuan(effect["amount"])}
    named = _NAMED.get(kind)
    return named(effect) if named else effect.get("title") or kind


def _months(effect):
    count = effect.get("months", 0)
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}


def _warning(effect):
    is_written = effect.get("level") == "written"
    text = _("a written warning for %(months)s") if is_written else _("an oral warning for %(months)s")
    text %= {"months": _months(effect)}
    if "next_months" not in effect:
        return text
    step = _("%(warning)s (a written one for %(months)s while an earlier one counts)")
    return step % {"warning": text, "months": _months({"months": effect["next_months"]})}


def _recommendation(effect):
    return _("a recommended dismissal") if effect.get("what") == "dismissal" else _("a recommended demotion")


#: kind -> its words, for those without an amount
_NAMED = {
    "commendation_notice": lambda effect: _("a commendation notice"),
    "certificate": lambda effect: _("a certificate"),
    "admonishing_talk": lambda effect: _("an admonishing talk"),
    "written_explanation": lambda effect: _("a written explanation to the group"),
    "training": lambda effect: pgettext("effect", "training"),
    "priority": lambda effect: (
        _("priority in promotion and pay for %(months)s") % {"months": _months(effect)}
    ),
    "warning": _warning,
    "recommend": _recommendation,
}


def heard_text(hearing):
    """What came of the last hearing before a penalty, in short; '' where there was none."""
    if hearing is None:
        return ""
    if hearing.statement:
        return _("stated: “%(text)s”") % {"text": Truncator(hearing.statement).chars(80)}
    return _("waived the hearing") if hearing.waived_at else _("made no statement")


def money_class_text(name):
    """As what the payroll pays or takes it; '' for points."""
    return {
        "": "",
        "bonus": _("bonus"),
        "team_fund": _("team fund"),
        "performance_pay": _("performance pay"),
        "loss_compensation": _("compensation for loss"),
        "fine": _("fine"),
    }.get(name, name)


def line_detail(line):
    """As what money is paid or taken, and why the line is not the whole effect, if so."""
    return " · ".join(part for part in (money_class_text(line.money_class), line_note(line)) if part)


def line_note(line):
    """Why a line is not the whole effect in its own month: reversed, or carried over a cap."""
    if line.reverses_id:
        return _("reverses %(number)s") % {"number": line.reverses.number}
    if line.part or line.amount != _whole(line):
        return _("part %(part)s of %(whole)s: over the month’s cap") % {
            "part": line.part + 1,
            "whole": _amount(line, _whole(line)),
        }
    return ""


def _whole(line):
    return line.decision.effects[line.effect].get("amount", line.amount)


def _amount(line, amount):
    return _points(amount, "") if line.unit == "points" else _yuan(amount)


def _points(amount, period):
    count = ngettext("%(points)s point", "%(points)s points", abs(amount)) % {
        "points": money.format_points(amount)
    }
    if not period:
        return count
    return _("%(points)s for %(month)s") % {"points": count, "month": month_short(period)}


def _money(effect):
    fen = effect.get("fen", effect.get("amount", 0))
    words = _("a bonus of %(yuan)s") if fen > 0 else _("%(yuan)s taken from pay")
    return words % {"yuan": _yuan(abs(fen))}


def _yuan(fen):
    return _("%(amount)s yuan") % {"amount": money.format_fen(fen)}


def effects_text(effects, period=""):
    """'−3 points for Oct, and an admonishing talk'."""
    parts = [effect_text(effect, period) for effect in effects]
    if len(parts) < 2:
        return "".join(parts)
    return pgettext("joins effects", ", and ").join(parts)


def effects_pair(effects):
    """(main effect, the rest) for a table cell: '−3 points' over 'and an admonishing talk'."""
    amounts = ("points", "money", "team_fund", "fen", "yuan")
    main = next((effect for effect in effects if effect["kind"] in amounts), None)
    rest = [effect_text(effect) for effect in effects if effect is not main]
    first = effect_text(main) if main else (rest.pop(0) if rest else "")
    return first, pgettext("joins effects", ", and ").join(rest)


def title_of(employee_name, effects, period):
    """'方磊: −3 points for Oct, and an admonishing talk'."""
    return _("%(name)s: %(effects)s") % {"name": employee_name, "effects": effects_text(effects, period)}


def months_text(periods):
    """'Aug, Sep and Oct' / '8、9、10 月'."""
    if get_language() != "en":
        numbers = [str(int(period[-2:])) for period in periods]
        return "、".join(numbers) + " 月"
    names = [month_short(period) for period in periods]
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else "".join(names)


def evidence_lead(evidence):
    """One sentence: in which months, how near which end, and whether chance explains it."""
    last = evidence.last
    facts = {
        "months": months_text([month.period for month in evidence.months]),
        "eligible": last.eligible,
        "places": last.places,
        "k": evidence.pooled.k,
        "n": evidence.pooled.n,
    }
    if evidence.is_bottom:
        first = _("In %(months)s each time among the last %(places)s of %(eligible)s peers;") % facts
        if evidence.is_distinguishable:
            rest = _("together %(k)s / %(n)s, below the peers, and not by chance.") % facts
        else:
            rest = _("together %(k)s / %(n)s, which may be chance.") % facts
    else:
        first = _("In %(months)s each time among the first %(places)s of %(eligible)s peers;") % facts
        if evidence.is_distinguishable:
            rest = _("together %(k)s / %(n)s, above the peers, and not by chance.") % facts
        else:
            rest = _("together %(k)s / %(n)s; chance cannot be excluded.") % facts
    return sentences(first, rest)


def bound_note(evidence):
    """What the gate's one-sided bound says, in words."""
    if evidence.bound is None or evidence.peers_share is None:
        return _("There are not enough answers to compare with the peers.")
    facts = {
        "bound": f"{evidence.bound * 100:.1f}%",
        "peers": f"{evidence.peers_share * 100:.1f}%",
        "alpha": f"{evidence.alpha * evidence.group_size:.2g} / {evidence.group_size}",
    }
    return _bound_text(evidence) % facts


def _bound_text(evidence):
    if evidence.is_bottom and evidence.is_distinguishable:
        return _(
            "Taken together, the true share is at most %(bound)s (one-sided, α = %(alpha)s), "
            "still below the peers’ %(peers)s."
        )
    if evidence.is_bottom:
        return _(
            "Taken together, the true share may be as high as %(bound)s (one-sided, α = %(alpha)s), "
            "not below the peers’ %(peers)s: this can be chance."
        )
    if evidence.is_distinguishable:
        return _(
            "Taken together, the true share is at least %(bound)s (one-sided, α = %(alpha)s), "
            "still above the peers’ %(peers)s."
        )
    return _(
        "Taken together, the true share may be as low as %(bound)s (one-sided, α = %(alpha)s), "
        "not above the peers’ %(peers)s: this can be chance."
    )


def weak_month_note(month):
    """'In Oct alone, no difference among the 14 was shown (p = 0.08), rank interval 3–14.'"""
    facts = {"month": month_short(month.period), "eligible": month.eligible}
    text = _("In %(month)s alone, no difference among the %(eligible)s was shown") % facts
    details = []
    if month.p_value is not None:
        details.append(f"p = {month.p_value:.2g}")
    if month.rank_low:
        details.append(_("rank interval %(low)s–%(high)s") % {"low": month.rank_low, "high": month.rank_high})
    inside = pgettext("between facts", ", ").join(details)
    return text + (
        _(" (%(details)s).") % {"details": inside} if details else pgettext("end of a sentence", ".")
    )


def sentences(*parts):
    """One after the other; Chinese full stops carry their own space."""
    return (" " if get_language() == "en" else "").join(parts)
