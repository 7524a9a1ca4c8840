"""What people are told about facts: (subject, body) in the language then active."""

from django.utils.translation import gettext as _

from incentives.wording import effects_text


def in_doubt(decision):
    return (
        _("%(number)s: the finding behind it is under investigation again") % {"number": decision.number},
        _("%(name)s: %(effects)s. Wait with it, or put it aside, until the new finding is confirmed.")
        % {
            "name": decision.employee.name,
            "effects": effects_text(decision.effects, decision.counts_for),
        },
    )


def withdrawn(decision):
    return (
        _("%(number)s: the fact behind it was withdrawn") % {"number": decision.number},
        _("%(name)s: %(effects)s. Put it aside, or take it back from the vote.")
        % {
            "name": decision.employee.name,
            "effects": effects_text(decision.effects, decision.counts_for),
        },
    )


def to_verify(report, title):
    return (
        _("%(number)s waits for a second person") % {"number": report.number},
        _("%(title)s. Read the evidence, then verify or decline it.") % {"title": title},
    )


def settled(report):
    return (
        _("Your report %(number)s: %(state)s")
        % {"number": report.number, "state": report.get_state_display()},
        report.settle_reason,
    )
