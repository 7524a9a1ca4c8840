"""Words for what files hold: kinds of the timeline, needs, preferences, reasons for which two files look alike."""

from decimal import Decimal

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from core.money import format_fen

#: kind of a timeline entry -> what the filter calls it; rooms that are not named here are shown under "other"
TIMELINE_KINDS = {
    "homes": gettext_lazy("Homes"),
    "services": gettext_lazy("Services"),
    "wishes": gettext_lazy("Needs and preferences"),
    "surveys": gettext_lazy("Surveys"),
    "complaints": gettext_lazy("Complaints and praise"),
    "care": pgettext_lazy("looking after customers", "Care"),
    "notifications": gettext_lazy("Messages"),
    "contacts": gettext_lazy("Ways to reach them"),
    "consents": gettext_lazy("Consent"),
}
OTHER = gettext_lazy("Other")

#: selectors.twins reason -> sentence
TWIN_REASONS = {
    "phone": gettext_lazy("same telephone number"),
    "home": gettext_lazy("same name and home"),
    "similar": gettext_lazy("similar name, number differs in one digit"),
}

#: fen in 万元, the unit in which people speak of homes
TEN_THOUSAND_YUAN = 10_000 * 100
ERASURE_REASONS = {
    "request": gettext_lazy("the customer asked for it"),
    "time": gettext_lazy("the time for keeping it is over"),
    "mistake": gettext_lazy("it should never have been recorded"),
}


#: how a word on consent came that nobody typed
SOURCES = {
    "import": gettext_lazy("from an imported table"),
    "unsubscribe link": gettext_lazy("by the link in a message"),
    "survey link": gettext_lazy("on the survey's page"),
    "merge": gettext_lazy("carried over when two files were joined"),
}


def source_of(consent):
    return str(SOURCES.get(consent.source, consent.source))


def listed(names):
    """Names in a sentence, as the reader's language separates them; '' for none."""
    return (", " if get_language() == "en" else "、").join(map(str, names))


def kinds_of(lines):
    """[(kind, name, how many)] of a timeline, in the order above."""
    counts = {}
    for line in lines:
        counts[line.kind] = counts.get(line.kind, 0) + 1
    known = [kind for kind in TIMELINE_KINDS if kind in counts]
    others = sorted(set(counts) - set(TIMELINE_KINDS))
    return [(kind, TIMELINE_KINDS.get(kind, OTHER), counts[kind]) for kind in known + others]


def ten_thousands(fen):
    """150000000 fen -> '150', 155500000 -> '155.5'; exact to the fen."""
    return f"{Decimal(fen) / TEN_THOUSAND_YUAN:f}"


def area_in_words(need):
    return _between(need.area_from, need.area_to, "%s m²")


def budget_in_words(need):
    """In 万元; for readers of English, who do not count in ten thousands, in yuan."""
    if get_language() == "en":
        shown, unit = format_fen, "%s yuan"
    else:
        shown, unit = ten_thousands, "%s 万元"
    low, high = (None if fen is None else shown(fen) for fen in (need.budget_from, need.budget_to))
    return _between(low, high, unit)


def _between(low, high, unit):
    """'90–120 m²', 'from 90 m²', 'up to 120 m²' or ''."""
    if low is None and high is None:
        return ""
    if low is None:
        return _("up to %(what)s") % {"what": unit % high}
    if high is None:
        return _("from %(what)s") % {"what": unit % low}
    return unit % (low if low == high else f"{low}–{high}")


def need_in_words(need, rules):
    """Type, area, budget and time in one line, by the policy.CustomerRules; the note stands apart."""
    kind = str(rules.home_type(need.home_type) or need.home_type)
    parts = (kind, area_in_words(need), budget_in_words(need), need.wanted_by)
    return " · ".join(part for part in parts if part) or _("not said yet")


def preference_in_words(liked, rules):
    topic = str(rules.topic(liked.topic) or liked.topic)
    mark = ": " if get_language() == "en" else "："
    return f"{topic}{mark}{liked.words}" if liked.words else topic
