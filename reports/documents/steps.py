"""The steps of a chain as plain data: {kind, title, lines, quotes, table}; words as on the page."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.period import SHANGHAI
from core.templatetags.manyi import day_name, long_date, percent, period_name
from incentives.wording import effects_text
from reports import wording_why


def of_decision(page, answers):
    decision = page.decision
    steps = [*_ledger(page), _clause(decision.rule), *_evidence(page)]
    steps += [*(_counts(page) if page.evidence is None else []), *_answers(page, answers)]
    steps += [*_heard(page), *_votes(page), *_objections(page)]
    subject = page.line.number if page.line else decision.number
    return {
        "company": decision.company.name,
        "title": _("Evidence chain"),
        "name": f"{decision.employee.name} · {effects_text(decision.effects, decision.counts_for)}",
        "number": f"YJ-{subject}",
        "as_of": _last_event(page),
        "fewest": _fewest(page),
        "steps": steps,
    }


def of_score(page, answers):
    score = page.score
    lines = [page.measure]
    if page.integers:
        lines.append(_("Judged in whole numbers: %(integers)s.") % {"integers": page.integers})
    lines += [wording_why.corrected_text(page.corrected)] if page.corrected else []
    lines.append(_frozen(score.close))
    title = _("Not enough answers to show a score")
    if not page.is_hidden and score.n:
        title = _counts_text(score.k, score.n)
    return {
        "company": score.company.name,
        "title": _("Evidence chain"),
        "name": f"{page.name} · {period_name(score.period)}",
        "number": f"YJ-{score.period}-{score.pk}",
        "as_of": _latest([score.close.scored_at], page.objections),
        "fewest": _fewest(page),
        "steps": [
            step(pgettext("step of the evidence chain", "Score"), title, lines),
            *_counts(page),
            *_answers(page, answers),
            *_objections(page),
        ],
    }


def of_standing(page, answers):
    standing, ranking = page.standing, page.standing.ranking
    title = standing.get_status_display()
    if standing.rank:
        title = _("Place %(rank)s of %(eligible)s") % {"rank": standing.rank, "eligible": ranking.eligible}
    lines = [] if page.is_hidden or not standing.n else [_counts_text(standing.k, standing.n)]
    if lines and page.peers_share:
        values = {"count": page.peers, "share": percent(page.peers_share)}
        lines.append(_("The other %(count)s peers together: %(share)s.") % values)
    lines += [wording_why.corrected_text(page.corrected)] if page.corrected else []
    lines.append(_frozen(ranking.close))
    return {
        "company": standing.company.name,
        "title": _("Evidence chain"),
        "name": f"{standing.employee.name} · {period_name(standing.period)}",
        "number": f"YJ-{standing.period}-R{standing.pk}",
        "as_of": _latest([ranking.close.scored_at], page.objections),
        "fewest": _fewest(page),
        "steps": [
            step(pgettext("step of the evidence chain", "Place"), title, lines),
            *_counts(page),
            *_answers(page, answers),
            *_objections(page),
        ],
    }


def step(kind, title, lines=(), quotes=(), table=None):
    return {
        "kind": kind,
        "title": title,
        "lines": [line for line in lines if line],
        "quotes": list(quotes),
        "table": table or {"columns": [], "rows": []},
    }


def _fewest(page):
    if page.fewest is None:
        return {"text": "", "mark": ""}
    mark = _("fragile: one answer decides") if page.fewest.is_fragile else ""
    return {"text": wording_why.fewest_sentence(page.fewest), "mark": mark}


def _counts_text(k, n):
    return _("%(k)s / %(n)s (%(share)s)") % {"k": k, "n": n, "share": percent(k / n)}


def _day(moment):
    return long_date(moment.astimezone(SHANGHAI).date())


def _frozen(close):
    values = {"at": _day(close.scored_at), "checksum": close.checksum[:12]}
    return _("Frozen %(at)s, checksum %(checksum)s.") % values


def _ledger(page):
    kind = pgettext("step of the evidence chain", "Ledger")
    found = []
    for line in page.lines:
        kind_of = "points" if line.unit == line.Unit.POINTS else "money"
        amount = effects_text([{"kind": kind_of, "amount": line.amount}])
        where = " · ".join(part for part in (line.number, page.decision.document_number) if part)
        posted = _("posted %(at)s") % {"at": _day(line.posted_at)}
        found.append(step(kind, f"{period_name(line.counts_for)} {amount}", [f"{posted} · {where}"]))
    if found:
        return found
    decision = page.decision
    kind = pgettext("step of the evidence chain", "Decision")
    return [step(kind, decision.rule.title, [f"{decision.number} · {decision.get_state_display()}"])]


def _clause(rule):
    version = rule.version
    foot = _("%(title)s V%(label)s, in force from %(day)s") % {
        "title": version.document.title,
        "label": version.label,
        "day": long_date(version.effective_from),
    }
    quote = {"text": rule.clause.text, "foot": foot}
    return step(pgettext("step of the evidence chain", "Clause"), rule.clause.number, quotes=[quote])


def _evidence(page):
    if page.evidence is not None:
        return [_streak(page)]
    return [_facts(page)] if page.shown else []


def _streak(page):
    evidence = page.evidence
    values = {"eligible": evidence.last.eligible, "places": evidence.last.places}
    if evidence.is_bottom:
        title = _("Each month among the last %(places)s of %(eligible)s peers") % values
    else:
        title = _("Each month among the first %(places)s of %(eligible)s peers") % values
    proven = evidence.is_distinguishable
    title += _(", and together not by chance") if proven else _("; together it may be chance")
    rows = [
        [
            period_name(month.period),
            percent(month.figure.share),
            f"{month.figure.k} / {month.figure.n}",
            f"{month.rank} / {month.eligible}",
        ]
        for month in evidence.months
    ]
    pooled = evidence.pooled
    rows.append([_("Pooled"), percent(pooled.share), f"{pooled.k} / {pooled.n}", "—"])
    columns = [_("Month"), _("Satisfied"), _("satisfied / valid"), pgettext("rank", "Place")]
    corrected = [
        f"{period_name(month)} · {wording_why.corrected_text(figures)}"
        for month, figures in page.corrected.items()
    ]
    count = len(evidence.months)
    kind = ngettext("%(count)s month", "%(count)s months", count) % {"count": count}
    return step(kind, title, [*corrected, page.bound_note], table={"columns": columns, "rows": rows})


def _facts(page):
    shown = page.shown
    kind = pgettext("step of the evidence chain", "What set it off")
    dated = _dates(page.decision.case.evidence)
    rows = [[str(label), dated.get(words, words)] for label, words in shown.rows]
    return step(kind, shown.lead, [shown.note], table={"columns": [], "rows": rows})


def _dates(frozen):
    """{a date as pages say it: with its year}, for a document is read in other years too."""
    days = [value for name, value in frozen.items() if name.endswith("_on") and value]
    found = [dt.date.fromisoformat(day) for day in days]
    return {day_name(day): long_date(day) for day in found}


def _counts(page):
    """How the answers of one period are distributed; a streak's months stand in their table."""
    counts = page.counts
    if counts is None or not counts.slices:
        return []
    title = _("%(period)s: %(n)s valid, %(k)s satisfied") % {
        "period": wording_why.period_text(counts.period),
        "n": counts.n,
        "k": counts.k,
    }
    values = [_("%(value)s: %(count)s") % {"value": one.value, "count": one.count} for one in counts.slices]
    lines = [wording_why.listed(values)]
    if counts.received > counts.n:
        lines.append(
            _(
                "%(received)s received: %(blank)s without an overall answer, %(excluded)s left out with a reason."
            )
            % {"received": counts.received, "blank": counts.blank, "excluded": counts.excluded}
        )
    return [step(pgettext("step of the evidence chain", "Counts"), title, lines)]


def _answers(page, answers):
    kind = pgettext("step of the evidence chain", "Answers")
    if page.is_hidden:
        text = _("There are too few answers in this month to show them one by one.")
        return [step(kind, _("Hidden for now, to protect customers"), [text])]
    columns = [_("Answer"), _("When"), _("Overall"), _("In the customer's words")]
    return [
        step(
            kind,
            _("%(period)s: %(count)s answers, customers' identity hidden")
            % {"period": wording_why.period_text(period), "count": found.total},
            [_("The first %(count)s are listed.") % {"count": len(found.lines)}]
            if found.total > len(found.lines)
            else [],
            table={"columns": columns, "rows": [_answer(line) for line in found.lines]},
        )
        for period, found in answers.items()
    ]


def _answer(line):
    """By the opaque number, so that the document is the same for whoever may read as much."""
    overall = "–" if line.overall is None else str(line.overall)
    return [line.label or line.number, line.when, overall, line.text]


def _heard(page):
    if page.heard is None:
        return []
    quotes = [
        {"text": text, "foot": foot}
        for text, foot in (
            (page.heard.statement, pgettext("hearing", "Statement")),
            (page.heard.opinion, _("HR’s view after checking")),
        )
        if text
    ]
    hearing = page.heard.hearing
    last = hearing.due_at - dt.timedelta(seconds=1)
    values = {"told": _day(hearing.told_at), "due": _day(last)}
    lines = [_("told %(told)s, heard until %(due)s") % values]
    title = _heard_title(hearing)
    return [step(pgettext("step of the evidence chain", "Hearing"), title, lines, quotes)]


def _heard_title(hearing):
    if hearing.stated_at:
        return _("A statement was made on %(at)s") % {"at": _day(hearing.stated_at)}
    if hearing.waived_at:
        return _("The hearing was waived on %(at)s") % {"at": _day(hearing.waived_at)}
    return _("Told and heard; no statement was made") if hearing.ended_at else _("The hearing runs")


def _votes(page):
    if page.votes is None:
        return []
    votes = page.votes
    title = _("%(entitled)s entitled, %(yes)s for, %(no)s against: %(state)s") % {
        "entitled": votes.entitled,
        "yes": votes.approvals,
        "no": votes.rejections,
        "state": votes.motion.get_state_display(),
    }
    rows = [[wording_why.listed(ballot.names), _choice(ballot), ballot.reason] for ballot in votes.ballots]
    return [step(pgettext("step of the evidence chain", "Votes"), title, table={"columns": [], "rows": rows})]


def _choice(ballot):
    return {"recused": _("recused"), "not_voted": _("not voted")}.get(ballot.choice, str(ballot.label))


def _objections(page):
    kind = pgettext("step of the evidence chain", "Appeal")
    return [_objection(kind, one) for one in page.objections]


def _objection(kind, one):
    appeal = one.appeal
    lines = [_("filed %(filed)s") % {"filed": _day(appeal.filed_at)}]
    if appeal.answered_at:
        lines.append(_("answered %(answered)s") % {"answered": _day(appeal.answered_at)})
    quotes = [{"text": appeal.reasons, "foot": ""}] if one.is_readable and appeal.is_decided else []
    return step(kind, wording_why.objection_title(one), lines, quotes)


def _latest(moments, objections):
    later = [one.appeal.answered_at or one.appeal.filed_at for one in objections]
    return max(moment for moment in (*moments, *later) if moment)


def _last_event(page):
    decision = page.decision
    moments = [
        decision.case.found_at,
        decision.proposed_at,
        decision.approved_at,
        decision.issued_at,
        decision.final_at,
        decision.posted_at,
        decision.reversed_at,
        decision.motion and decision.motion.closed_at,
        *(line.posted_at for line in page.lines),
    ]
    if page.heard:
        hearing = page.heard.hearing
        moments += [hearing.told_at, hearing.stated_at, hearing.waived_at, hearing.ended_at]
    return _latest(moments, page.objections)
