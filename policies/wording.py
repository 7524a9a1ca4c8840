"""Settings in plain words: what each is called, in which unit it reads, and what the usual codes mean."""

import datetime as dt
from dataclasses import dataclass
from itertools import combinations

from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core import money
from core.templatetags.manyi import long_date
from policies import emptiness, rules, wording_inspections
from policies.wording_settings import WORDS

SECTIONS = {
    "dimensions": _("Dimensions"),
    "scoring": _("Scores"),
    "ranking": _("Ranking"),
    "targets": _("Targets"),
    "closing": _("Closing a period"),
    "composite": _("Composite score"),
    "clocks": _("Time limits"),
    "surveys": _("Surveys"),
    "committees": pgettext_lazy("policy section", "Committees"),
    "rules": _("Rewards and penalties"),
    "money": _("Money"),
    "limits": _("Caps and floors"),
    "appeals": pgettext_lazy("policy section", "Appeals"),
    "suggestions": _("Staff suggestions"),
    "letters": _("Document numbers"),
    "complaints": _("Complaints and praise"),
    "topics": _("Topics"),
    "customers": _("Customer files"),
    "inspections": _("Inspections"),
    "checklists": _("Checklists of inspections"),
}

#: rooms as the table of roles names them
ROOMS = {
    "core": _("Start page"),
    "surveys": _("Surveys"),
    "customers": _("Customers"),
    "complaints": _("Complaints and praise"),
    "notifications": _("Messages"),
    "scoring": _("Scores and rankings"),
    "improvements": _("Improvement"),
    "incentives": _("Rewards and penalties"),
    "approvals": _("Management group"),
    "reports": _("Reports"),
    "policies": _("Policies"),
    "organization": _("Staff and posts"),
    "jobs": _("Running work"),
    "audit": _("Audit log"),
}

#: codes that people should not have to read
CODES = {
    "top_two": _("share of answers 4 and 5 (top two of five)"),
    "web": _("filled in by the customer"),
    "phone": _("telephone interview"),
    "face": _("face to face"),
    "paper": _("paper form"),
    "viewing": _("viewing"),
    "signing": _("signing"),
    "handover": _("handover"),
    "repair": _("repair"),
    "performance_pay": _("agreed performance pay"),
    "loss_compensation": _("compensation for loss"),
    "fine": pgettext_lazy("class of money", "fine"),
    "commendation_notice": _("commendation notice"),
    "admonishing_talk": _("admonishing talk by the head of department"),
    "priority": _("first in line for promotion and pay"),
    "warning": _("warning"),
    "written_explanation": pgettext_lazy("kind of effect", "written explanation to the group"),
    "certificate": pgettext_lazy("kind of effect", "certificate"),
    "training": pgettext_lazy("kind of effect", "training"),
    "recommend": pgettext_lazy("kind of effect", "demotion or dismissal recommended"),
    "members": _("each member"),
    "head": _("the head"),
    "literal": _("proposed at every literal hit"),
    "warn": _("proposed, with a warning when chance cannot be ruled out"),
    "required": _("proposed only when chance is ruled out"),
}
CODES |= wording_inspections.CODES

#: parts of a rule, as a comparison names them
RULE_PARTS = {
    "title": pgettext_lazy("part of a rule", "title"),
    "clause": pgettext_lazy("part of a rule", "clause"),
    "active": pgettext_lazy("part of a rule", "switched"),
    "direction": pgettext_lazy("part of a rule", "reward or penalty"),
    "trigger": pgettext_lazy("part of a rule", "what sets it off"),
    "params": pgettext_lazy("part of a rule", "numbers of what sets it off"),
    "evidence": pgettext_lazy("part of a rule", "when it proposes itself"),
    "effects": pgettext_lazy("part of a rule", "what follows"),
}
#: levels and classes of effects
TERMS = {
    "oral": pgettext_lazy("field of a rule", "oral"),
    "written": pgettext_lazy("field of a rule", "in writing"),
    "demotion": pgettext_lazy("field of a rule", "demotion"),
    "dismissal": pgettext_lazy("field of a rule", "dismissal"),
    "performance_pay": _("agreed performance pay"),
    "loss_compensation": _("compensation for loss"),
    "fine": pgettext_lazy("class of money", "fine"),
}
DIRECTIONS = {"reward": _("reward"), "penalty": _("penalty")}
#: kinds of effects that read as a number
KINDS = {
    "points": pgettext_lazy("kind of effect", "points"),
    "money": pgettext_lazy("kind of effect", "money"),
    "team_fund": pgettext_lazy("kind of effect", "team fund"),
}


@dataclass(frozen=True)
class Row:
    """One setting as people read it."""

    section: str
    subject: str  # whose it is, where several things have the same setting
    label: str
    text: str
    setting: rules.Setting


def local(item, key):
    """The text of a pack's table in the reader's language; the company's own when there is no other."""
    return (item.get(f"{key}_en") if get_language() == "en" else "") or item.get(key, "")


def section_name(code):
    return str(SECTIONS.get(code, code))


def rows(content, settings):
    """The settings in words; names of dimensions, parts and committees come from the pack itself."""
    return [_row(content, setting) for setting in settings if setting.path[0] != "rules"]


def unit_of(content, path):
    """The unit in which a setting is entered ('bp', 'days' …); 'text' when nothing is known."""
    return WORDS.get(_pattern(content, path), ("", "text"))[1]


def effect_text(effect):
    """'+5 points', '1,000 yuan for the head', 'commendation notice'."""
    kind = effect.get("kind", "")
    if kind in KINDS and not isinstance(effect.get("amount"), int):
        text = gettext("%(kind)s: amount open") % {"kind": CODES.get(kind) or KINDS.get(kind, kind)}
    elif kind == "points":
        text = f"{money.format_points(effect['amount'])}\u00a0{pgettext('performance points', 'points')}"
    elif kind == "team_fund":
        text = f"{KINDS[kind]} {money.format_fen(effect['amount'])}\u00a0{gettext('yuan')}"
    elif kind == "money":
        text = f"{money.format_fen(effect['amount'])}\u00a0{gettext('yuan')}"
    else:
        text = str(CODES.get(kind, kind))
    if effect.get("to"):
        return gettext("%(effect)s for %(who)s") % {
            "effect": text,
            "who": CODES.get(effect["to"], effect["to"]),
        }
    return text


def effect_terms(effect):
    """['in writing', '6 months']: what else a rule says of an effect."""
    terms = [
        str(TERMS[code])
        for code in (effect.get("level"), effect.get("what"), effect.get("class"))
        if code in TERMS
    ]
    for name, unit in (("months", "months"), ("days", "days")):
        if isinstance(effect.get(name), int):
            terms.append(_with_unit({}, effect[name], unit))
    return terms


def source_text(source):
    """'our default', 'entered by the company', the clause, or nothing."""
    if source == rules.COMPANY:
        return gettext("entered by the company")
    return gettext("our default") if source == rules.OUR_DEFAULT else source


def _row(content, setting):
    words, unit = WORDS.get(_pattern(content, setting.path), (setting.path[-1], "text"))
    subject = _subject(content, setting.path)
    label = " · ".join(str(part) for part in (subject, words) if part)
    text = (
        emptiness.empty_text(setting.path) if setting.value is None else _text(content, setting.value, unit)
    )
    return Row(section_name(setting.path[0]), subject, label, text, setting)


def _pattern(content, path):
    """'committees.group.quorum_bp' -> 'committees.*.quorum_bp'; a list within a list has two stars."""
    for stars in (*combinations(range(1, len(path)), 1), *combinations(range(1, len(path)), 2)):
        candidate = ".".join("*" if place in stars else part for place, part in enumerate(path))
        if candidate in WORDS:
            return candidate
    return ".".join(path)


def _subject(content, path):
    """Name of the thing a starred part of the path stands for."""
    pattern = _pattern(content, path)
    if "*" not in pattern:
        return ""
    parts = pattern.split(".")
    if parts.count("*") > 1:
        return _nested(content, path, parts)
    code = path[parts.index("*")]
    section = {
        "targets": content.get("dimensions", []),
        "composite": content.get("composite", {}).get("parts", []),
    }
    named = section.get(path[0], content.get(path[0], []))
    if isinstance(named, dict):  # a section of several lists
        named = named.get(path[1], [])
    if isinstance(named, dict):
        return code
    return next((local(item, "name") for item in named if item.get("code") == code), code)


def _nested(content, path, parts):
    """'Care: files are correct': a thing and what is listed within it."""
    place = parts.index("*")
    outer = next((row for row in content.get(path[0], []) if row.get("code") == path[place]), {})
    inner = next((row for row in outer.get(path[place + 1], []) if row.get("code") == path[-2]), {})
    return gettext("%(whole)s: %(part)s") % {"whole": local(outer, "name"), "part": local(inner, "name")}


def _text(content, value, unit):
    if isinstance(value, list):
        texts = [_text(content, inner, "text" if unit == "of_five" else unit) for inner in value]
        return (
            gettext("%(values)s of 5") % {"values": _listed(texts)} if unit == "of_five" else _listed(texts)
        )
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return _with_unit(content, value, unit)


def _with_unit(content, value, unit):
    counted = {
        "answers": lambda: ngettext("%(n)s answer", "%(n)s answers", value) % {"n": value},
        "people": lambda: ngettext("%(n)s person", "%(n)s people", value) % {"n": value},
        "months": lambda: ngettext("%(n)s month", "%(n)s months", value) % {"n": value},
        "days": lambda: ngettext("%(n)s working day", "%(n)s working days", value) % {"n": value},
        "calendar_days": lambda: ngettext("%(n)s day", "%(n)s days", value) % {"n": value},
        "day_of_month": lambda: gettext("last day") if value >= 31 else gettext("day %(n)s") % {"n": value},
        "month_of": lambda: str(value + 1),
        "bp": lambda: f"{value / 100:g}%",
        "code": lambda: str(CODES.get(value) or _named(content, value)),
        "questionnaire": lambda: _named(content, value),
        "fen": lambda: f"{money.format_fen(value)}\u00a0{gettext('yuan')}",
        "date": lambda: long_date(dt.date.fromisoformat(value)),
        "committee": lambda: _named(content, value),
        "department": lambda: _named(content, value),
        "area": lambda: str(wording_inspections.AREAS.get(value, value)),
        "letter": lambda: value.format(company=gettext("[company]"), year=gettext("[year]"), n="n"),
    }
    return counted.get(unit, lambda: str(value))()


def _named(content, code):
    """The name of a post, questionnaire or committee for its code."""
    for row in [
        *content.get("posts", []),
        *content.get("questionnaires", []),
        *content.get("committees", []),
        *content.get("departments", []),
    ]:
        if row.get("code") == code:
            return local(row, "name") or local(row, "title")
    return str(code)


def _listed(texts):
    return (", " if get_language() == "en" else "、").join(texts)
