"""Sentences about cases, the same on every staff page."""

from django.utils.text import Truncator
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from complaints.models import Case, Kind, State
from core.templatetags.manyi import deadline, moment

LONGEST_EXCERPT = 48

#: what comes next, by state; praise has words of its own
NEXT = {
    State.RECEIVED: gettext_lazy("to be accepted"),
    State.ACCEPTED: gettext_lazy("to be investigated"),
    State.INVESTIGATING: gettext_lazy("finding to be proposed"),
    State.WAITING: gettext_lazy("waiting for the customer"),
    State.PROPOSED: gettext_lazy("finding to be confirmed"),
    State.PROVED: gettext_lazy("shares to be proposed"),
    State.ATTRIBUTED: gettext_lazy("shares to be confirmed"),
    State.CONFIRMED: gettext_lazy("customer to be answered"),
    State.RESPONDED: pgettext_lazy("case", "answered"),
    State.CLOSED: pgettext_lazy("case", "closed"),
    State.WITHDRAWN: gettext_lazy("withdrawn by the customer"),
    State.DECLINED: pgettext_lazy("case", "declined"),
    State.MERGED: gettext_lazy("merged into another case"),
}
#: who takes the next step
HINTS = {
    State.RECEIVED: gettext_lazy("Customer service accepts it and gives the first answer."),
    State.ACCEPTED: gettext_lazy("Whoever handles it has it investigated, or answers when it is simple."),
    State.INVESTIGATING: gettext_lazy("The investigator interviews, gathers evidence and proposes findings."),
    State.WAITING: gettext_lazy("The customer replies on the tracking page or by telephone."),
    State.PROPOSED: gettext_lazy("A second person confirms or sends back; never the proposer."),
    State.PROVED: gettext_lazy("Whoever handles it says who shares in the praise."),
    State.ATTRIBUTED: gettext_lazy("A second person confirms the shares."),
    State.CONFIRMED: gettext_lazy("Whoever handles it answers the customer."),
    State.RESPONDED: gettext_lazy("The customer may rate the handling or have it looked at again."),
    State.CLOSED: gettext_lazy("Nothing more to do. New facts become a case of their own."),
    State.WITHDRAWN: gettext_lazy("Nothing more to do."),
    State.DECLINED: gettext_lazy("Nothing more to do."),
    State.MERGED: gettext_lazy("What comes next happens in the leading case."),
}
#: state badge: (look, icon)
LOOKS = {
    State.RECEIVED: ("wait", "inbox"),
    State.ACCEPTED: ("wait", "check2-circle"),
    State.INVESTIGATING: ("wait", "search"),
    State.WAITING: ("", "pause-fill"),
    State.PROPOSED: ("look", "people"),
    State.PROVED: ("wait", "patch-check"),
    State.ATTRIBUTED: ("look", "people"),
    State.CONFIRMED: ("wait", "chat-left-text"),
    State.RESPONDED: ("done", "send-check"),
    State.CLOSED: ("done", "check2-all"),
    State.WITHDRAWN: ("", "x-lg"),
    State.DECLINED: ("", "slash-circle"),
    State.MERGED: ("", "sign-merge-right"),
}
#: words that mean something else of a survey
STATE_WORDS = {state: NEXT[state] for state in (State.RESPONDED, State.CLOSED, State.DECLINED)}
#: what an icon says of the kind
KIND_ICONS = {Kind.COMPLAINT: "exclamation-circle", Kind.PRAISE: "award", Kind.SUGGESTION: "lightbulb"}


def subject_of(case, rules):
    """'Yunqi · Long waiting'; the kind of case where it is not classified yet."""
    problem = rules.problem(case.problem_type) if rules else None
    what = str(problem) if problem else capitalised(case.get_kind_display())
    return f"{case.site} · {what}" if case.site_id else what


def next_of(case, rules=None):
    """What happens next, as the second half of the title."""
    if case.state == State.ACCEPTED:
        return _accepted(case, rules)
    if case.state == State.RESPONDED and case.grace_until:
        return _("answered, may be reopened until %(until)s") % {"until": deadline(case.grace_until)}
    if case.state == State.MERGED and case.merged_into_id:
        return _("merged into %(number)s") % {"number": case.merged_into.number}
    return str(NEXT[case.state])


def _accepted(case, rules):
    if case.kind == Kind.PRAISE:
        return _("proof to be found")
    entry = rules.class_of(case.class_code) if rules else None
    if case.kind == Kind.SUGGESTION or (entry and entry.is_simple):
        return _("may be answered now")
    return str(NEXT[State.ACCEPTED])


def next_hint(case):
    if case.kind == Kind.PRAISE and case.state == State.ACCEPTED:
        return _("First it is shown that the praise is real: by photo, or by calling back.")
    return str(HINTS[case.state])


def title_of(case, rules):
    return _("%(subject)s: %(next)s") % {"subject": subject_of(case, rules), "next": next_of(case, rules)}


def lead_of(case, *, with_names):
    """By which way it came, when, and with whom it is; who passed it on only for those who read the words."""
    facts = {
        "channel": capitalised(case.get_channel_display()),
        "at": moment(case.received_at),
        "who": case.received_by.get_full_name() if case.received_by and with_names else "",
    }
    came = _("%(channel)s, %(at)s") % facts
    if facts["who"]:
        came = _("%(channel)s, %(at)s, entered by %(who)s") % facts
    if case.handler_id:
        return _("%(came)s. Handled by %(handler)s.") % {"came": came, "handler": case.handler.name}
    return _("%(came)s. Nobody handles it yet.") % {"came": came}


def weekday(day):
    return f"{day:%a}" if get_language() == "en" else "一二三四五六日"[day.weekday()]


def capitalised(text):
    """Labels of choices are small in English; where one stands alone it begins large."""
    text = str(text)
    return text[:1].upper() + text[1:]


def excerpt(text):
    """The first words, on one line; the whole stands on the case's page."""
    return Truncator(" ".join(text.split())).chars(LONGEST_EXCERPT)


def day_count(days):
    return ngettext("%(count)s working day", "%(count)s working days", days) % {"count": days}


def code_name(rules, kind, code):
    """Name of a problem, severity or class by the policy of today; the code where it is no longer there."""
    find = {"problem": "problem", "severity": "severity", "class": "class_of"}[kind]
    entry = getattr(rules, find)(code) if rules and code else None
    return str(entry or code or "")


def span(delta):
    """A length of time in words: '25 minutes', '3 hours', '2 days'."""
    minutes = max(0, int(delta.total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if minutes < 48 * 60:
        hours = minutes // 60
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = minutes // (24 * 60)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def state_name(case):
    return str(STATE_WORDS.get(case.state) or case.get_state_display())


def look_of(case: Case):
    return LOOKS.get(case.state, ("", "circle"))
