"""What people are told about appeals, in the language then active: (subject, body)."""

from django.utils.translation import gettext as _

from core.templatetags.manyi import deadline, period_name


def to_appellant(appeal, what):
    """Each step that the employee waits for."""
    subject, body = {
        "filed": _filed,
        "accepted": _accepted,
        "investigating": _investigating,
        "inadmissible": _inadmissible,
        "dismissed": _dismissed,
        "answered": _answered,
    }[what](appeal)
    return subject % {"number": appeal.number}, body


def _filed(appeal):
    return (
        _("Your appeal %(number)s is filed"),
        _("You get an answer until %(until)s. What it is about is suspended until then.")
        % {"until": deadline(appeal.due_at)},
    )


def _accepted(appeal):
    return (
        _("Your appeal %(number)s is admitted"),
        _("Somebody who had no part in it looks into it. You get an answer until %(until)s.")
        % {"until": deadline(appeal.due_at)},
    )


def _investigating(appeal):
    return (
        _("Your appeal %(number)s is being investigated"),
        _("By %(name)s, who had no part in what you object to.")
        % {"name": appeal.investigator.get_full_name()},
    )


def _inadmissible(appeal):
    return (
        _("Your appeal %(number)s was not admitted"),
        appeal.inadmissible_reason
        + "\n"
        + _("You may ask the chair until %(until)s; until then nothing is posted.")
        % {"until": deadline(appeal.chair_until)},
    )


def _dismissed(appeal):
    return _(
        "Your appeal %(number)s is closed: not admitted"
    ), appeal.chair_reason or appeal.inadmissible_reason


def _answered(appeal):
    outcomes = {
        "upheld": _("Answer to your appeal %(number)s: it stands unchanged"),
        "varied": _("Answer to your appeal %(number)s: it is changed"),
        "overturned": _("Answer to your appeal %(number)s: it is withdrawn"),
    }
    return outcomes[appeal.outcome], appeal.reasons


def moved(changes, until):
    """To somebody who did not appeal and whose place follows from a corrected month."""
    lines = [
        _("%(month)s: place %(before)s becomes %(after)s")
        % {
            "month": period_name(change.row.period),
            "before": change.before["rank"] or "—",
            "after": change.after["rank"] or "—",
        }
        for change in changes
    ]
    why = _(
        "Answers about another person no longer count; your own answers and score are as they were. "
        "You may object until %(until)s."
    ) % {"until": deadline(until)}
    return _("Your place in the ranking was corrected"), "\n".join([*lines, why])


def to_colleague(appeal, what):
    """HR's officers and those who decide."""
    values = {"number": appeal.number, "name": appeal.employee.name}
    subject = {
        "new": _("Appeal %(number)s of %(name)s is to be looked at"),
        "chair": _("Appeal %(number)s of %(name)s lies before the chair"),
        "withdrawn": _("Appeal %(number)s of %(name)s was withdrawn"),
        "proposed": _("Appeal %(number)s of %(name)s: an outcome is to be decided"),
        "sent_back": _("Appeal %(number)s of %(name)s came back to the investigation"),
        "due_soon": _("Appeal %(number)s of %(name)s must be answered soon"),
        "late": _("Appeal %(number)s of %(name)s is overdue"),
        "others": _("Appeal %(number)s of %(name)s changes something for colleagues"),
        "anew": _("Appeal %(number)s of %(name)s: a milder finding is to be proposed anew"),
    }[what] % values
    if what == "late":
        return subject, _("The decision stays suspended; nothing is decided by waiting.")
    if what == "anew":
        return subject, _("Read the new case; the employee is heard before anything is voted on.")
    if what == "others":
        return subject, _("Read what was found and propose it, or settle it with a reason.")
    until = _("The answer is due until %(until)s.") % {"until": deadline(appeal.due_at)}
    return subject, until
