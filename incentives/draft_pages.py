"""What the pages of a draft's rules and of its simulation show, made ready for their templates."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from approvals.models import Motion
from core.templatetags.manyi import points, yuan
from incentives import drafts, wording_drafts
from incentives.rules import effects_for
from incentives.services import filing, simulating
from incentives.simulation.limiting import UNITS
from organization.models import Department, Employee, name_for_reader
from organization.scopes import reach_of
from policies import desk, wording
from policies.comparing import effect_in_full
from policies.models import Version
from policies.registries import Step

#: as many people's months over a cap are listed; the rest is counted
MOST_LIMIT_LINES = 50


@dataclass(frozen=True)
class RuleLine:
    """A rule of a draft in words; `lacks` is what keeps it switched off."""

    code: str
    title: str
    direction: str
    trigger: str
    clause: str
    effects: list
    is_active: bool
    lacks: bool
    uses: str = ""


@dataclass(frozen=True)
class HitLine:
    row: dict
    title: str
    who: str
    department: str
    months: str
    follows: list


def rule_lines(version):
    numbers = {row["code"]: row["number"] for row in version.content["clauses"]}
    return [
        RuleLine(
            code=row["code"],
            title=wording.local(row, "title"),
            direction=row["direction"],
            trigger=wording_drafts.trigger(row["trigger"]),
            clause=numbers.get(row["clause"], row["clause"]),
            effects=[effect_in_full(effect) for effect in row.get("effects", [])],
            is_active=row.get("active", True),
            lacks=drafts.lacks_amount(row),
        )
        for row in version.content.get("rules", [])
    ]


def context_of(made, user):
    result = made.result
    sums = visible_hits(result["departments"], made, user)
    departments = Department.objects.in_bulk([row["department"] for row in sums])
    return {
        "result": result,
        "totals": result["totals"],
        "rules": [row | {"title": title_of(row)} for row in result["rules"]],
        "departments": [
            row | {"name": name_for_reader(departments[row["department"]])}
            for row in sums
            if row["department"] in departments
        ],
        "hits": visible_hits(result["hits"], made, user),
        "hidden": len(result["hits"]) - len(visible_hits(result["hits"], made, user)),
        "doubles": len(result["doubles"]),
        "headless": result["totals"]["now"].get("headless", 0),
        **limit_lines(made, user),
        "span": len(result["months"]),
        "unseen": [str(wording.section_name(code)) for code in result.get("unseen", ())],
    }


def visible_hits(hits, made, user):
    """Whom a draft would have touched, and how often in which unit, is told to those who may see their decisions."""
    reach = reach_of(user, "incentives.view")
    if made.company_id in reach.company_ids:
        return hits
    return [row for row in hits if row["department"] in reach.department_ids]


@dataclass(frozen=True)
class LimitLine:
    """A person's month that had no room for all; amounts in words, `later` with the months they go to."""

    who: str
    department: str
    month: str
    due: str
    counted: str
    later: list
    lapsed: str


def limit_lines(made, user):
    """What caps and floors carry over or let lapse, of those whom the reader may see; two queries."""
    rows = visible_hits(made.result.get("over_limits", []), made, user)
    shown = rows[:MOST_LIMIT_LINES]
    people = Employee.objects.in_bulk([row["employee"] for row in shown])
    departments = Department.objects.in_bulk([row["department"] for row in shown])
    return {
        "limit_lines": [_limit_line(row, people, departments) for row in shown],
        "more_limit_lines": len(rows) - len(shown),
        "over": len(rows),
    }


def _limit_line(row, people, departments):
    unit, later = row["unit"], row["later"]
    due = row["counted"] + sum(later.values()) + row["lapsed"]
    return LimitLine(
        people[row["employee"]].name if row["employee"] in people else "",
        name_for_reader(departments[row["department"]]) if row["department"] in departments else "",
        row["period"],
        amount_text(unit, due),
        amount_text(unit, row["counted"]),
        [(month, amount_text(unit, amount)) for month, amount in sorted(later.items())],
        amount_text(unit, row["lapsed"]) if row["lapsed"] else "",
    )


def amount_text(unit, amount):
    return points(amount) if unit == "points" else yuan(amount)


def hit_lines(rows, made, user):
    """One page of hits with names; two queries."""
    rows = list(rows)
    people = Employee.objects.in_bulk([row["employee"] for row in rows])
    departments = Department.objects.in_bulk([row["department"] for row in rows])
    titles = {row["code"]: title_of(row) for row in made.result["rules"]}
    specs = {row["code"]: row.get("effects", []) for row in made.version.content.get("rules", [])}
    return [
        HitLine(
            row,
            titles.get(row["rule"], row["rule"]),
            people[row["employee"]].name if row["employee"] in people else _("nobody headed the unit"),
            name_for_reader(departments[row["department"]]) if row["department"] in departments else "",
            row["period"],
            _follows(row, specs.get(row["rule"], [])),
        )
        for row in rows
    ]


def _follows(row, specs):
    """What has no amount in words, and what of it comes later or lapses; points and money stand there as sums."""
    if not row["is_proposed"]:
        return []
    said = [effect_in_full(spec) for spec in effects_for(specs, row["role"]) if "amount" not in spec]
    for unit in UNITS:
        if later := row.get(f"carried_{unit}"):
            said.append(_("of it %(amount)s carried over") % {"amount": _in_words(unit, later)})
        if lapsed := row.get(f"lapsed_{unit}"):
            said.append(_("%(amount)s lapses") % {"amount": _in_words(unit, lapsed)})
    return said


def _in_words(unit, amount):
    return wording.effect_text({"kind": "points" if unit == "points" else "money", "amount": amount})


def title_of(row):
    return (row["title_en"] if get_language() == "en" else "") or row["title"]


def rules_step(version, user, at):
    """The desk of a draft: its rules."""
    lines = rule_lines(version)
    doubles = drafts.double_penalties(version)
    off = sum(line.lacks and not line.is_active for line in lines)
    active = sum(line.is_active for line in lines)
    said = [_("%(count)s rules, %(active)s switched on") % {"count": len(lines), "active": active}]
    if off:
        said.append(_("%(count)s wait for an amount") % {"count": off})
    said += doubles
    return Step(
        title=_("Rewards and penalties"),
        detail="; ".join(said),
        url=reverse("draft_rules", args=[version.pk]),
        action=_("Edit the rules"),
        is_done=True,
        icon="exclamation-triangle" if doubles else "list-check",
    )


def simulation_step(version, user, at):
    """The desk of a draft: what it would have done."""
    if not simulating.concerns_rules(version):
        return None
    made = simulating.simulation_of(version)
    url = reverse("draft_simulation", args=[version.pk])
    title = _("Trial on the past months")
    if made is not None:
        now = made.result["totals"]["now"]
        detail = _("%(months)s months: %(hits)s hits, %(points)s points, %(people)s people") % {
            "months": len(made.result["months"]),
            "hits": now["hits"],
            "points": now["points"],
            "people": now["people"],
        }
        if simulating.is_overtaken(made):
            return Step(title, detail, url, _("Try it again"), icon="hourglass-split")
        return Step(title, detail, url, _("See the figures"), is_done=True, icon="check2")
    if not simulating.closed_months(version.company):
        detail = _("No month has been closed yet, so there is nothing to try the draft on.")
        return Step(title, detail, url, "", is_done=True, icon="hourglass")
    detail = _("Whom would these rules have touched, and how often by chance? Asked before publishing.")
    return Step(title, detail, url, _("Try it"), icon="hourglass-split")


def filing_step(version, user, at):
    """The desk of a unit's draft: file it, and what the company said last time."""
    if not filing.decides(version):
        return None
    last = filing.last_motion(version)
    detail = _("The company's committee decides; only then do the rules hold.")
    if last is not None and last.state in (Motion.State.REJECTED, Motion.State.RETURNED):
        said = filing.reasons_of(last)
        detail = _("%(state)s: %(reasons)s") % {"state": last.get_state_display(), "reasons": said}
    ready = not desk.obstacles(version)
    url = reverse("draft_file", args=[version.pk])
    return Step(_("Decision of the company"), detail, url, _("File it") if ready else "", False, True, "send")


def topic_title(pk):
    version = Version.objects.select_related("document__department").get(pk=pk)
    return _("Shall “%(title)s” %(label)s hold for %(unit)s from %(day)s?") % {
        "title": version.document.title,
        "label": version.label,
        "unit": name_for_reader(version.document.department),
        "day": f"{version.effective_from:%Y-%m-%d}",
    }


def topic_find(company, words):
    found = Version.objects.filter(company=company, document__title__icontains=words)
    return found.order_by().values("pk")


def topic_context(motion, user):
    """A seat is the right to see what is voted on."""
    version = Version.objects.select_related("document__department", "company").get(pk=motion.topic_id)
    current, found = desk.comparison(version)
    made = simulating.simulation_of(version)
    return {
        "version": version,
        "clauses": list(version.clauses.all()),
        "rules": rule_lines(version),
        "current": current,
        "found": found,
        "totals": made.result["totals"]["now"] if made else None,
        "span": len(made.result["months"]) if made else 0,
        "afterwards": _(
            "Carried, the rules hold for the unit from their day. Rejected or returned, they are a draft again."
        ),
    }
