"""Findings are stored as codes and figures; here they become sentences of the reader's language."""

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from core.templatetags.manyi import month_short
from reports import rules
from scoring.policy import BASIC


def is_english():
    return get_language() == "en"


def named(thing):
    """Name of a department, site, post, dimension in the reader's language."""
    return (thing.name_en if is_english() else "") or thing.name


def counts_as(scoring, metric=""):
    """What the share counts, of the five points: '4–5 of 5', or with the wider of the two measures its name before it.

    `scoring` is the policy's section, `metric` that of the figure where it is not the policy's; the two never mix.
    """
    if scoring is None:
        return ""
    if (metric or scoring.metric) == BASIC:
        return _("basically satisfied or better, %(codes)s of 5") % {"codes": _span(scoring.basic)}
    return _("%(codes)s of 5") % {"codes": _span(scoring.satisfied)}


def _span(codes):
    codes = sorted(codes)
    is_run = codes == list(range(codes[0], codes[-1] + 1)) and len(codes) > 1
    return f"{codes[0]}–{codes[-1]}" if is_run else ", ".join(map(str, codes))


def percent(k, n):
    return f"{100 * k / n:.1f}%"


def target(bp):
    return f"{bp / 100:g}%"


def p_value(p):
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.01 else f"p = {p:.2f}"


def title(findings, names):
    """The report's conclusion in one sentence."""
    overall = next((found for found in findings if found["code"] == "overall"), None)
    if overall is None or not overall["n"]:
        return _("No answers counted in this month")
    first = _overall(overall)
    rest = [found for found in rules.by_urgency(findings) if found["code"] != "dimension_met"]
    if not rest:
        return first
    return _("%(first)s; %(second)s") % {"first": first, "second": _headline(rest[0], names)}


def _overall(found):
    values = {"share": percent(found["k"], found["n"])}
    verdict = found.get("verdict")
    if verdict == "met":
        if rules.is_just_met(found["k"], found["n"], found["target_bp"]):
            return _("Overall %(share)s, target just met") % values
        return _("Overall %(share)s, target met") % values
    if verdict == "clearly_below":
        return _("Overall %(share)s, clearly below target") % values
    if verdict == "below":
        return _("Overall %(share)s, below target") % values
    return _("Overall %(share)s") % values


def _headline(found, names):
    values = {"name": names(found)}
    return {
        "dimension_down": _("%(name)s fell demonstrably"),
        "dimension_up": _("%(name)s rose demonstrably"),
        "dimension_clearly_below": _("%(name)s clearly below target"),
        "department_clearly_below": _("%(name)s clearly below target"),
        "dimension_below": _("%(name)s below target"),
    }[found["code"]] % values


def sentence(found, names, previous):
    """(strong, rest) of one of the month's three things; `previous` is the month before, as 'YYYY-MM'."""
    values = {
        "name": names(found),
        "share": percent(found["k"], found["n"]),
        "k": found["k"],
        "n": found["n"],
        "target": target(found["target_bp"]) if found.get("target_bp") else "",
    }
    code = found["code"]
    if code in ("dimension_down", "dimension_up"):
        values |= {
            "points": f"{abs(found['points']):.1f}",
            "month": month_short(previous),
            "p": p_value(found["p"]),
        }
        if code == "dimension_down":
            return (
                _("%(name)s fell to %(share)s") % values,
                _("%(points)s points lower than in %(month)s, more than chance (%(p)s).") % values,
            )
        return (
            _("%(name)s rose to %(share)s") % values,
            _("%(points)s points higher than in %(month)s, more than chance (%(p)s).") % values,
        )
    if code == "dimension_met":
        return _("%(name)s %(share)s") % values, _("target met (%(k)s of %(n)s).") % values
    if code == "dimension_below":
        return (
            _("%(name)s %(share)s") % values,
            _("below the target of %(target)s; it may be chance (%(k)s of %(n)s).") % values,
        )
    return (
        _("%(name)s is clearly below target") % values,
        _("%(share)s against %(target)s (%(k)s of %(n)s); not chance.") % values,
    )


def integer_comparison(k, n, target_bp):
    """'61,500 ≥ 61,470': how the target is judged, without rounding."""
    left, right = 100 * k, target_bp * n / 100
    sign = "≥" if 10_000 * k >= target_bp * n else "<"
    return f"{left:,} {sign} {right:,.10g}" if right != int(right) else f"{left:,} {sign} {int(right):,}"


def third(day):
    """'10 月上旬' / 'early Oct'."""
    part = (
        pgettext("third of a month", "early %(month)s"),
        pgettext("third of a month", "mid %(month)s"),
        pgettext("third of a month", "late %(month)s"),
    )[rules.third_of_month(day) - 1]
    return part % {"month": month_short(f"{day:%Y-%m}")}


def colleague():
    """What stands where a customer named somebody."""
    return _("(a colleague)")


def near_sentence(near, *, is_bottom):
    """What is still missing to a rule about months in a row, and what would follow, in one sentence."""
    values = {
        "missing": near.missing,
        "reached": near.reached,
        "effects": near.effects,
        "places": near.places,
    }
    if near.is_complete:
        return _("The rule is met: %(effects)s may be proposed") % values
    if is_bottom:
        text = ngettext(
            "%(reached)s month near the bottom: one month not among the last %(places)s ends the row",
            "%(reached)s months near the bottom: one month not among the last %(places)s ends the row",
            near.reached,
        )
        return text % values
    text = ngettext(
        "%(missing)s more month near the top: %(effects)s",
        "%(missing)s more months near the top: %(effects)s",
        near.missing,
    )
    return text % values
