"""Sentences of the evidence chain, the same on the page and in the document."""

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from core.period import Period
from core.templatetags.manyi import moment, month_short, period_name
from reports import wording


def fewest_sentence(found):
    """'Without answers A3 and A7 in Oct: 82.4% (28 / 34), no penalty.'"""
    values = {
        "answers": _which(found),
        "period": period_text(found.period),
        "outcome": _outcome(found),
        "count": found.count,
    }
    if found.n is None:
        return _too_few(found) % values
    return _enough(found) % (
        values | {"k": found.k, "n": found.n, "share": wording.percent(found.k, found.n)}
    )


def _too_few(found):
    if found.outcome in ("met", "below"):
        return _("Without %(answers)s in %(period)s too few answers would be left to show a figure.")
    return _("Without %(answers)s in %(period)s too few answers would be left to be ranked: %(outcome)s.")


def _enough(found):
    if found.households:
        return ngettext(
            "Had %(count)s more household answered: %(share)s (%(k)s / %(n)s), %(outcome)s.",
            "Had %(count)s more households answered: %(share)s (%(k)s / %(n)s), %(outcome)s.",
            found.count,
        )
    if found.pooled and not found.labels:
        return _(
            "Without %(answers)s in these months: together %(share)s (%(k)s / %(n)s), "
            "which may be chance: %(outcome)s."
        )
    if found.pooled:
        return _(
            "Without %(answers)s in %(period)s: all months together %(share)s (%(k)s / %(n)s), "
            "which may be chance: %(outcome)s."
        )
    return _("Without %(answers)s in %(period)s: %(share)s (%(k)s / %(n)s), %(outcome)s.")


def _which(found):
    """'answers A3 and A7' where they have opaque numbers, else how many and of which kind."""
    if found.labels:
        text = ngettext("answer %(names)s", "answers %(names)s", len(found.labels))
        return text % {"names": listed(found.labels)}
    if found.is_satisfied:
        text = ngettext("%(count)s satisfied answer", "%(count)s satisfied answers", found.count)
    else:
        text = ngettext("%(count)s dissatisfied answer", "%(count)s dissatisfied answers", found.count)
    return text % {"count": found.count}


def _outcome(found):
    words = {
        "penalty": _("no penalty"),
        "reward": _("no reward"),
        "met": _("the target would be met"),
        "below": _("the target would be missed"),
        "top": _("place %(rank)s, near the top"),
        "bottom": _("place %(rank)s, near the bottom"),
        "middle": _("place %(rank)s, near neither end") if found.rank else _("no place in the ranking"),
    }
    return words[found.outcome] % {"rank": found.rank}


def listed(words):
    """'A1, A3 and A7' / 'A1、A3、A7'."""
    words = list(words)
    if get_language() == "en" and len(words) > 1:
        return f"{', '.join(words[:-1])} and {words[-1]}"
    return pgettext("list separator", ", ").join(words)


def period_text(period):
    """'Oct' for a month, 'Q3 2026' for anything longer."""
    return month_short(period) if Period.parse(period).kind == "month" else period_name(period)


def corrected_text(figures):
    """'After an appeal: 28 / 34 (82.4%), place 12.'"""
    if not figures["n"]:
        return _("After an appeal: no answers are left.")
    values = {
        "k": figures["k"],
        "n": figures["n"],
        "share": wording.percent(figures["k"], figures["n"]),
        "rank": figures.get("rank"),
    }
    if "rank" not in figures:
        return _("After an appeal: %(k)s / %(n)s (%(share)s).") % values
    if figures["rank"] is None:
        return _("After an appeal: %(k)s / %(n)s (%(share)s), not ranked.") % values
    return _("After an appeal: %(k)s / %(n)s (%(share)s), place %(rank)s.") % values


def heard_title(heard):
    hearing = heard.hearing
    if hearing.stated_at:
        return _("A statement was made on %(at)s") % {"at": moment(hearing.stated_at)}
    if hearing.waived_at:
        return _("The hearing was waived on %(at)s") % {"at": moment(hearing.waived_at)}
    if hearing.ended_at:
        return _("Told and heard; no statement was made")
    return _("The hearing runs")


def objection_title(objection):
    """'Appeal SS-2611-0001: is withdrawn'; while it runs, in which state."""
    appeal = objection.appeal
    state = appeal.get_outcome_display() if appeal.is_decided else appeal.get_state_display()
    return _("Appeal %(number)s: %(state)s") % {"number": appeal.number, "state": state}
