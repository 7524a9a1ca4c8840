"""Settings in plain words: what each is called, in which unit it reads, and what the usual codes mean."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core import money
from core.templatetags.manyi import long_date
from policies import emptiness, rules

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
    "letters": _("Document numbers"),
    "complaints": _("Complaints and praise"),
    "topics": _("Topics"),
    "customers": _("Customer files"),
}

#: rooms as the table of roles names them
ROOMS = {
    "core": _("Start page"),
    "surveys": _("Surveys"),
    "customers": _("Customers"),
    "complaints": _("Complaints and praise"),
    "notifications": _("Messages"),
    "scoring": _("Scores and rankings"),
    "incentives": _("Rewards and penalties"),
    "approvals": _("Management group"),
    "reports": _("Reports"),
    "policies": _("Policies"),
    "organization": _("Staff and posts"),
    "jobs": _("Running work"),
    "audit": _("Audit log"),
}

#: path with * for codes -> (what it is, unit)
WORDS = {
    "scoring.metric": (_("what is counted"), "code"),
    "scoring.satisfied": (_("answers that count as satisfied"), "of_five"),
    "scoring.basic": (_("answers that count as basically satisfied"), "of_five"),
    "scoring.ok_n": (_("a score needs at least"), "answers"),
    "scoring.low_n": (_("below this a score is not shown"), "answers"),
    "scoring.level_bp": (_("confidence of the interval"), "bp"),
    "ranking.modes": (_("answers that count for ranking"), "code"),
    "ranking.posts": (_("posts that are ranked"), "code"),
    "ranking.rank_min_n": (_("to be ranked in a month takes at least"), "answers"),
    "ranking.min_eligible": (_("no ranking in a group of fewer than"), "people"),
    "ranking.place_share_bp": (_("near the top or bottom means the first or last"), "bp"),
    "ranking.streak_length": (_("running for"), "months"),
    "ranking.max_pauses": (_("months with too few answers that a run may contain"), "months"),
    "ranking.alpha_bp": (_("chance of a false hit per group and window, at most"), "bp"),
    "targets.overall_bp": (_("overall satisfaction"), "bp"),
    "targets.valid_from": (_("targets hold from"), "date"),
    "targets.by_dimension.*": ("", "bp"),
    "targets.census_answered_bp": (
        _("all were asked and at least this share answered: judged literally"),
        "bp",
    ),
    "closing.month.cutoff_day": (_("a month's answers count up to"), "day_of_month"),
    "closing.month.run_day": (_("the month is closed on the following month's"), "day_of_month"),
    "closing.quarter.cutoff_day": (
        _("a quarter's answers count up to, in its last month"),
        "day_of_month",
    ),
    "closing.quarter.run_day": (
        _("the quarter is closed, after its last counted day, on the"),
        "day_of_month",
    ),
    "closing.half.cutoff_day": (_("a half-year's answers count up to, in its last month"), "day_of_month"),
    "composite.parts.*.weight_bp": ("", "bp"),
    "clocks.hearing_days": (_("an employee may state their case within"), "days"),
    "clocks.receipt_days": (_("receipt of a decision is confirmed within"), "days"),
    "clocks.appeal_days": (_("an appeal may be filed within"), "days"),
    "clocks.talk_days": (_("an admonishing talk is held within"), "days"),
    "clocks.propose_days": (_("HR proposes or sets aside within"), "days"),
    "clocks.committee": (_("who decides"), "committee"),
    "clocks.recuse_line": (_("direct superiors do not vote"), "yes_no"),
    "letters.decision": (_("decisions are numbered"), "letter"),
    "letters.commendation": (_("commendation notices are numbered"), "letter"),
    "letters.certificate": (_("certificates are numbered"), "letter"),
    "letters.warning": (_("warnings are numbered"), "letter"),
    "limits.points_cap": (_("points per person and month, at most"), "text"),
    "limits.points_floor": (_("points per person and month, at least"), "text"),
    "limits.money_cap_fen": (_("money paid per person and month, at most"), "fen"),
    "limits.money_floor_fen": (_("money taken per person and month, at most"), "fen"),
    "limits.carry_months": (_("what exceeds is carried over for at most"), "months"),
    "limits.batch_points": (_("like penalties are voted on together up to, points"), "text"),
    "limits.batch_fen": (_("like penalties are voted on together up to"), "fen"),
    "appeals.answer_days": (_("an appeal is answered within"), "days"),
    "appeals.window_days": (_("a score, rank or finding may be appealed within"), "days"),
    "appeals.chair_days": (_("one that is not admitted may go to the chair within"), "days"),
    "appeals.warn_days": (_("warning before an appeal is due"), "days"),
    "appeals.least_text": (_("grounds of an appeal, at least, characters"), "text"),
    "appeals.most_files": (_("files an appeal may have, at most"), "text"),
    "appeals.least_n": (_("answers are shown to the appellant from"), "answers"),
    "appeals.large_points": (_("the committee decides from, points"), "text"),
    "appeals.large_fen": (_("the committee decides from"), "fen"),
    "appeals.large_people": (_("the committee decides when it touches at least"), "people"),
    "appeals.committee": (_("who decides large appeals"), "committee"),
    "surveys.quarterly.least_per_stratum": (_("quarterly survey: from each group at least"), "people"),
    "surveys.quarterly.opens_month_offset": (
        _("quarterly survey: opens in the quarter's month number"),
        "month_of",
    ),
    "surveys.quarterly.opens_day": (_("quarterly survey: opens on"), "day_of_month"),
    "surveys.quarterly.open_days": (_("quarterly survey: stays open for"), "calendar_days"),
    "surveys.quarterly.recent_days": (_("quarterly survey: buyers of the last"), "calendar_days"),
    "surveys.quarterly.prospects_days": (_("quarterly survey: prospects of the last"), "calendar_days"),
    "surveys.quarterly.sample_margin_bp": (_("quarterly survey: sample for a margin of ±"), "bp"),
    "surveys.quarterly.remind_after_days": (_("quarterly survey: one reminder after"), "calendar_days"),
    "surveys.quarterly.questionnaire": (_("quarterly survey: questionnaire"), "questionnaire"),
    "surveys.continuous.questionnaire": (_("continuous survey: questionnaire"), "questionnaire"),
    "surveys.continuous.kinds": (_("continuous survey: follows"), "code"),
    "surveys.continuous.after_days": (_("continuous survey: sent after"), "calendar_days"),
    "surveys.continuous.open_days": (_("continuous survey: may be answered for"), "calendar_days"),
    "surveys.continuous.quiet_days": (
        _("continuous survey: nobody is asked twice within"),
        "calendar_days",
    ),
    "committees.*.quorum_bp": (_("quorum, of those entitled to vote"), "bp"),
    "committees.*.approve_bp": (_("carried by more than"), "bp"),
    "committees.*.one_reject_ends": (_("one rejection ends the vote"), "yes_no"),
    "committees.*.one_return_ends": (_("one return sends it back"), "yes_no"),
    "committees.*.is_blind": (_("votes are shown only after the end"), "yes_no"),
    "committees.*.voting_days": (_("votes are cast within"), "days"),
    "complaints.classes.*.first_answer_days": (_("first answer within"), "days"),
    "complaints.classes.*.answer_days": (_("answered within"), "days"),
    "complaints.classes.*.warn_days": (_("warning before the due day"), "days"),
    "complaints.classes.*.extension_days": (_("one extension is"), "days"),
    "complaints.classes.*.max_extensions": (_("extensions, at most"), "text"),
    "complaints.classes.*.is_simple": (_("may be answered without an investigation"), "yes_no"),
    "complaints.problem_types.*.department": (_("goes to"), "code"),
    "complaints.problem_types.*.dimension": (_("belongs to the dimension"), "code"),
    "complaints.problem_types.*.class_code": (_("is of the class"), "code"),
    "complaints.default_class.*": (_("class a case starts with"), "code"),
    "complaints.prefixes.*": (_("numbers begin with"), "text"),
    "complaints.grace_days": (_("after the answer a case may be reopened within"), "days"),
    "complaints.max_reopens": (_("a case is reopened at most, times"), "text"),
    "complaints.max_pause_days": (_("waiting for the customer stops the clock for at most"), "days"),
    "complaints.repeat_days": (_("a repeat complaint follows within"), "calendar_days"),
    "complaints.keep_days": (_("texts and contacts are removed after"), "calendar_days"),
    "complaints.hot_days": (_("hot topics compare the last"), "calendar_days"),
    "complaints.low_answer_at_most": (_("a survey answer opens a complaint at or below (0: never)"), "text"),
    "complaints.most_files": (_("files a customer may add, at most"), "text"),
    "complaints.hotline": (_("hotline"), "text"),
    "customers.stages.*.holds": (_("holds for"), "code"),
    "customers.stages.*.below_years": (_("until, years after moving in"), "text"),
    "topics.*.words": (_("shown by the words"), "text"),
    "money.fine_enabled": (_("fines are allowed"), "yes_no"),
    "money.default_class": (_("money is booked as"), "code"),
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
    """'committees.group.quorum_bp' -> 'committees.*.quorum_bp'."""
    for place in range(1, len(path)):
        candidate = ".".join((*path[:place], "*", *path[place + 1 :]))
        if candidate in WORDS:
            return candidate
    return ".".join(path)


def _subject(content, path):
    """Name of the thing a starred part of the path stands for."""
    pattern = _pattern(content, path)
    if "*" not in pattern:
        return ""
    code = path[pattern.split(".").index("*")]
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
        "letter": lambda: value.format(company=gettext("[company]"), year=gettext("[year]"), n="n"),
    }
    return counted.get(unit, lambda: str(value))()


def _named(content, code):
    """The name of a post, questionnaire or committee for its code."""
    for row in [
        *content.get("posts", []),
        *content.get("questionnaires", []),
        *content.get("committees", []),
    ]:
        if row.get("code") == code:
            return local(row, "name") or local(row, "title")
    return str(code)


def _listed(texts):
    return (", " if get_language() == "en" else "、").join(texts)
