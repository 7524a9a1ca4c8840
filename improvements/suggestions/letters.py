"""What people are told about suggestions, in the language then active: (subject, body)."""

from django.utils.translation import gettext as _

from core.templatetags.manyi import day_name, deadline


def to_author(suggestion, what):
    """Each step that the author waits for; the reason word for word."""
    subject, body = {
        "submitted": _submitted,
        "adopted": _adopted,
        "trial": _trial,
        "declined": _declined,
        "duplicate": _duplicate,
        "implemented": _implemented,
        "measured": _measured,
        "confirmed": _confirmed,
    }[what](suggestion)
    return subject % {"number": suggestion.number}, body


def _reason(suggestion):
    return suggestion.assessments.last().reason


def _submitted(suggestion):
    until = _("You hear what becomes of it until %(until)s.") % {"until": deadline(suggestion.due_at)}
    return _("Your suggestion %(number)s is in the box"), until


def _adopted(suggestion):
    return _("Your suggestion %(number)s is adopted"), _reason(suggestion)


def _trial(suggestion):
    until = _("It is tried out until %(day)s.") % {"day": day_name(suggestion.trial_until)}
    return _("Your suggestion %(number)s is tried out"), f"{_reason(suggestion)}\n{until}"


def _declined(suggestion):
    body = _reason(suggestion)
    if suggestion.may_be_answered:
        body += "\n" + _("You may answer once; then it is assessed again.")
    return _("Your suggestion %(number)s is declined"), body


def _duplicate(suggestion):
    earlier = _("%(earlier)s came first; the earlier one has priority.") % {
        "earlier": suggestion.duplicate_of.number
    }
    return _("Your suggestion %(number)s was made before"), f"{_reason(suggestion)}\n{earlier}"


def _implemented(suggestion):
    body = _("It holds from %(day)s. Its effect is counted over the %(days)s days before and after that day.")
    facts = {"day": day_name(suggestion.implemented_on), "days": suggestion.window_days}
    return _("Your suggestion %(number)s is carried out"), body % facts


def _measured(suggestion):
    return _("The effect of your suggestion %(number)s is measured"), _("A second person confirms it next.")


def _confirmed(suggestion):
    effect = suggestion.effect
    body = (
        _("More of those asked are satisfied than before. What the rules say of it follows from here.")
        if effect.difference > 0
        else _("No more of those asked are satisfied than before. Thank you for the suggestion.")
    )
    return _("The effect of your suggestion %(number)s is confirmed"), body


def to_colleague(suggestion, what):
    """Those who assess, the heads who are asked, whoever carries it out."""
    subject, body = {
        "new": (_("Suggestion %(number)s waits for an assessment"), _until(suggestion)),
        "resubmitted": (
            _("The author answers: suggestion %(number)s is to be assessed again"),
            _until(suggestion),
        ),
        "late": (
            _("Suggestion %(number)s is overdue"),
            _("The author was promised an answer by now; nothing is decided by waiting."),
        ),
        "asked": (_("Your opinion on suggestion %(number)s is asked"), _until(suggestion)),
        "opinion": (_("There is an opinion on suggestion %(number)s"), _until(suggestion)),
        "owner": (_("You carry out suggestion %(number)s"), suggestion.proposal[:200]),
        "measured": (
            _("The effect of suggestion %(number)s waits for a second person"),
            _("Look at how it was counted, then confirm it or send it back."),
        ),
        "sent_back": (_("The effect of suggestion %(number)s came back"), suggestion.sent_back_reason),
    }[what]
    return subject % {"number": suggestion.number}, body


def _until(suggestion):
    return _("The author hears what becomes of it until %(until)s.") % {"until": deadline(suggestion.due_at)}
