"""Evidence that is no streak of ranks, in words: on the case, the ballot, the employee's page and in letters."""

import datetime as dt
from dataclasses import dataclass, field, replace

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from complaints.models import Cause, FindingAdjudication, Praise, Verdict
from complaints.policy import rules_of
from complaints.sharing import percent_of_share
from complaints.wording import code_name
from core.flow import Refused
from core.templatetags.manyi import day_name, percent, period_name
from core.templatetags.scores import Figure
from incentives import wording
from incentives.evidence import axis_from, read
from scoring.statistics.intervals import score_status

SMALLEST_P = 0.0001


@dataclass(frozen=True)
class Shown:
    """`lead` is one sentence; `note` what chance has to do with it; `rows` are (label, words); `figure` the share."""

    lead: str
    note: str = ""
    rows: list = field(default_factory=list)
    figure: Figure | None = None
    figure_label: str = ""

    @property
    def axis_low(self):
        return axis_from([self.figure.low or 0.0])


def lead_of(case):
    """The sentence that says what set the rule off, whatever it was; '' for evidence of an unknown kind."""
    streak = read(case.evidence)
    if streak is not None:
        return wording.evidence_lead(streak)
    shown = _shown(case)
    return shown.lead if shown else ""


def lead_in_list(case):
    """The same for a line of a list, from the frozen evidence alone: no query however long the list."""
    streak = read(case.evidence)
    if streak is not None:
        return wording.evidence_lead(streak)
    words = WORDS.get(case.evidence.get("kind"))
    return words(case.evidence, None).lead if words else ""


def shown_of(case):
    """Shown, or None for a streak of ranks, which has pictures of its own, and for an unknown kind."""
    shown = _shown(case)
    if shown is not None and case.evidence["kind"] == "finding_confirmed":
        return replace(shown, rows=[*shown.rows, *_corrections(case)])
    return shown


def _shown(case):
    words = WORDS.get(case.evidence.get("kind"))
    return words(case.evidence, case) if words else None


def _corrections(case):
    """What the finding was first, or what an appeal has made of it since the case was found: both stand there."""
    first = case.evidence.get("first")
    if first is not None:
        return [(_("First confirmed as"), _finding_name(first, case))]
    made = FindingAdjudication.objects.filter(finding=case.evidence["finding_id"]).last()
    if made is None:
        return []
    now = {"verdict": made.verdict, "severity": made.severity}
    return [(_("After an appeal"), _finding_name(now, case))]


def _finding_name(figures, case):
    verdict = str(Verdict(figures["verdict"]).label)
    severity = _severity(figures["severity"], case) if figures["severity"] else ""
    return pgettext("clause separator", ", ").join(part for part in (verdict, severity) if part)


def _target_missed(frozen, case):
    periods = frozen["periods"]
    facts = {
        "unit": _unit(frozen),
        "periods": _list(period_name(one["period"]) for one in periods),
        **_counts(frozen["pooled"]),
    }
    rows = [
        (
            period_name(one["period"]),
            _("%(k)s / %(n)s (%(share)s), target %(target)s")
            % {**_counts(one), "target": _share_of(one["target_bp"])},
        )
        for one in periods
    ]
    return Shown(
        lead=_("%(unit)s stayed below the target in %(periods)s: together %(k)s / %(n)s (%(share)s).")
        % facts,
        note=_by_chance(frozen["gate"]),
        rows=rows,
        figure=_figure(frozen["pooled"], periods[-1]["target_bp"], frozen["gate"]),
        figure_label=_("Satisfied, all quarters together"),
    )


def _unit_rate(frozen, case):
    is_basic = frozen["measure"] == "basic"
    facts = {
        "unit": _unit(frozen),
        "period": period_name(frozen["period"]),
        "threshold": _share_of(frozen["threshold_bp"]),
        **_counts(frozen["pooled"]),
    }
    text = (
        _(
            "%(unit)s, %(period)s: %(k)s of %(n)s were basically satisfied or better (%(share)s), below %(threshold)s."
        )
        if is_basic
        else _("%(unit)s, %(period)s: %(k)s of %(n)s were satisfied (%(share)s), below %(threshold)s.")
    )
    note = _by_chance(frozen["gate"])
    if frozen["gate"].get("census"):
        note = _("Everyone was asked and enough answered: the counts stand as they are.")
    return Shown(
        lead=text % facts,
        note=note,
        rows=[(_("Counted until"), _day(frozen["cutoff_on"]))],
        figure=_figure(frozen["pooled"], frozen["threshold_bp"], frozen["gate"]),
        figure_label=_("Basically satisfied or better") if is_basic else _("Satisfied"),
    )


def _coverage(frozen, case):
    counts = {"k": frozen["answered"], "n": frozen["homes"]}
    facts = {
        "unit": _unit(frozen),
        "period": period_name(frozen["period"]),
        "threshold": _share_of(frozen["threshold_bp"]),
        **_counts(counts),
    }
    note = _("Every answer named its household.")
    if frozen["unknown"]:
        note = (
            _("%(count)s further answers name no household; even with them it stays below.")
            if frozen["gate"]["distinguishable"]
            else _("%(count)s further answers name no household; with them it may have been enough.")
        ) % {"count": frozen["unknown"]}
    return Shown(
        lead=_("%(unit)s, %(period)s: %(k)s of %(n)s households answered (%(share)s), below %(threshold)s.")
        % facts,
        note=note,
        rows=[
            (_("Households that answered"), _("%(k)s / %(n)s (%(share)s)") % facts),
            (_("At least"), facts["threshold"]),
            (_("Counted until"), _day(frozen["cutoff_on"])),
        ],
    )


def _best_team(frozen, case):
    own = next(team for team in frozen["teams"] if team["id"] == frozen["unit"]["id"])
    facts = {
        "unit": _unit(frozen),
        "period": period_name(frozen["period"]),
        "place": frozen["place"],
        "teams": len(frozen["teams"]),
    }
    rows = [(_("Team score and collaboration together"), own["value"])]
    if own["collaboration"]:
        rows.append((_("Collaboration, mean of the members"), own["collaboration"]))
    rows.append((_("Members"), str(frozen["members"])))
    if frozen.get("also_in"):
        names = _list(_unit({"unit": unit}) for unit in frozen["also_in"])
        rows.append((_("Works there too, and counts once"), names))
    is_clear = frozen["gate"]["distinguishable"]
    return Shown(
        lead=_("%(unit)s, %(period)s: place %(place)s of %(teams)s teams by score and collaboration.")
        % facts,
        note=_("The team’s score is above the others’, and not by chance.")
        if is_clear
        else _("Whether the team’s score is really above the others’ may be chance; the group picks."),
        rows=rows,
        figure=_figure(frozen["pooled"], None, {"distinguishable": False}),
        figure_label=_("Satisfied with the team"),
    )


def _finding(frozen, case):
    facts = {
        "number": frozen["number"],
        "verdict": Verdict(frozen["verdict"]).label,
        "cause": Cause(frozen["cause"]).label,
    }
    return Shown(
        lead=_("Complaint %(number)s was looked into: %(verdict)s, cause: %(cause)s.") % facts,
        note=_verified(),
        rows=[
            (_("Severity"), _severity(frozen["severity"], case)),
            (_("Happened on"), _day(frozen["happened_on"]) or _("not known")),
            (_("Received on"), _day(frozen["received_on"])),
            (_("Confirmed on"), _day(frozen["verified_on"])),
        ],
    )


def _praise(frozen, case):
    facts = {"number": frozen["number"], "form": Praise.Form(frozen["form"]).label}
    return Shown(
        lead=_("A customer’s %(form)s (%(number)s) was checked and confirmed.") % facts,
        note=_verified(),
        rows=[
            (pgettext("praise", "Share"), f"{percent_of_share(frozen['share_bp'])}%"),
            (_("Shown by"), Praise.Proof(frozen["proof"]).label),
            (_("Received on"), _day(frozen["received_on"])),
            (_("Confirmed on"), _day(frozen["verified_on"])),
        ],
    )


def _by_hand(frozen, case):
    rows = [
        (_("Happened on"), _day(frozen["happened_on"])),
        (_("Verified on"), _day(frozen["verified_on"])),
    ]
    if "item_text" in frozen:
        rows.insert(0, (_("Item of the form"), frozen["item_text"]))
    note = _verified()
    if "before" in frozen:
        rows += [
            (label, _("%(k)s / %(n)s (%(share)s)") % _counts(frozen[when]))
            for label, when in ((_("Satisfied before"), "before"), (_("Satisfied afterwards"), "after"))
        ]
        note = (
            _("The rise is not by chance.")
            if frozen["gate"]["distinguishable"]
            else _("The rise may be chance.")
        )
    lead = _("%(number)s: %(text)s") % {"number": frozen["number"], "text": frozen["text"]}
    return Shown(lead=lead, note=note, rows=rows)


WORDS = {
    "target_missed": _target_missed,
    "unit_rate_below": _unit_rate,
    "coverage_below": _coverage,
    "best_team": _best_team,
    "finding_confirmed": _finding,
    "praise_confirmed": _praise,
    "by_hand": _by_hand,
}


def _unit(frozen):
    unit = frozen["unit"]
    return (unit["name_en"] if get_language() == "en" else "") or unit["name"]


def _counts(counts):
    return {"k": counts["k"], "n": counts["n"], "share": percent(counts["k"] / counts["n"])}


def _share_of(basis_points):
    return percent(basis_points / 10_000, 0 if basis_points % 100 == 0 else 2)


def _figure(counts, target_bp, gate):
    return Figure(
        counts["k"],
        counts["n"],
        counts["low"],
        counts["high"],
        status=score_status(counts["n"]),
        target=None if target_bp is None else target_bp / 10_000,
        verdict="clearly_below" if gate["distinguishable"] else "",
    )


def _by_chance(gate):
    p = {"p": "p < 0.0001" if gate["p"] < SMALLEST_P else f"p = {gate['p']:.2g}"}
    if gate["distinguishable"]:
        return _("Chance does not explain it (%(p)s).") % p
    return _("Chance may explain it (%(p)s).") % p


def _verified():
    return _("A verified fact: one person found it, a second one confirmed it.")


def _severity(code, case):
    if case is None:
        return code
    try:
        policy = rules_of(case.company, dt.date.fromisoformat(case.evidence["verified_on"]))
    except Refused:
        return code
    return code_name(policy, "severity", code)


def _day(text):
    return day_name(dt.date.fromisoformat(text)) if text else ""


def _list(words):
    return pgettext("list separator", ", ").join(words)
