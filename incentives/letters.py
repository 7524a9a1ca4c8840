"""What people are told, in the language then active: (subject or title, body).

Penalty texts hold, in this order: what, since which fact, which clause, what you may do and until when, what waits
meanwhile, whom to ask. No adjectives about the person.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.manyi import deadline, period_name
from incentives.evidence import read
from incentives.wording import clause_name, effects_text, evidence_lead, in_language


def cases_found(period, count, held):
    subject = ngettext("%(month)s: %(count)s case found", "%(month)s: %(count)s cases found", count) % {
        "month": period_name(period),
        "count": count,
    }
    body = _("Read the evidence, then propose or put aside with a reason.")
    if held:
        body += "\n" + _("Held back because chance explains them: %(held)s.") % {"held": held}
    return subject, body


def hearing(decision, hearing, proposer):
    """What is proposed and how to answer (before anything is decided)."""
    subject = _("A penalty is proposed; you are asked first: %(effects)s") % {"effects": _effects(decision)}
    lines = [
        _("Proposed: %(effects)s. Nothing is decided yet.") % {"effects": _effects(decision)},
        *_facts(decision),
        _("You may state your case until %(until)s, or say that you do not want to.")
        % {"until": deadline(hearing.due_at)},
        _("Until then nothing goes to the vote, and nothing is deducted."),
        _("Questions: %(name)s.") % {"name": proposer.get_full_name()},
    ]
    return subject, "\n".join(lines)


def hearing_news(decision, what):
    name = decision.employee.name
    if what == "stated":
        return (
            _("%(name)s has made a statement") % {"name": name},
            _("Read it and write your view before the vote (%(number)s).") % {"number": decision.number},
        )
    return (
        _("The hearing of %(name)s has ended") % {"name": name},
        _("The proposal %(number)s can go to the vote or be put aside.") % {"number": decision.number},
    )


def set_aside(decision):
    return (
        _("The proposal about you was put aside"),
        _("%(effects)s: this no longer stands. Nothing is deducted, and you need not do anything.")
        % {"effects": _effects(decision)},
    )


def outcome(decision):
    subject = _("%(number)s: %(state)s") % {"number": decision.number, "state": decision.get_state_display()}
    return subject, _("The members’ reasons stand beside their votes.")


def decision_letter(decision):
    """The letter as it is served; also the body of the message."""
    lines = [
        _("%(name)s: %(effects)s.") % {"name": decision.employee.name, "effects": _effects(decision)},
        *_facts(decision),
        _("You may appeal until %(until)s.") % {"until": deadline(decision.appeal_until)},
        _("Until then nothing is posted; an appeal suspends the decision until it is answered."),
        _("Questions: the personnel department."),
    ]
    return _("Decision %(number)s: %(effects)s") % _heading(decision), "\n".join(lines)


def commendation(decision):
    """Published inside the company; praise only."""
    return (
        _("Commendation of %(name)s") % {"name": decision.employee.name},
        _("%(name)s (%(department)s) is commended: %(title)s. Basis: %(clause)s.")
        % {
            "name": decision.employee.name,
            "department": in_language(decision.department, "name"),
            "title": in_language(decision.rule, "title"),
            "clause": clause_name(decision.rule),
        },
    )


def posted(decision):
    subject = _("Posted: %(effects)s") % {"effects": _effects(decision)}
    body = _("Decision %(number)s is final. Basis: %(title)s (%(clause)s).") % {
        "number": decision.document_number,
        "title": in_language(decision.rule, "title"),
        "clause": clause_name(decision.rule),
    }
    return subject, body


def reversed_(decision):
    return (
        _("Reversed: %(effects)s") % {"effects": _effects(decision)},
        _("Decision %(number)s no longer holds; every line it posted was reversed.")
        % {"number": decision.document_number or decision.number},
    )


def talk_to_hold(talk):
    return (
        _("Hold a talk with %(name)s") % {"name": talk.employee.name},
        _("Until %(until)s. Record the day, what was said and what was agreed; %(name)s then confirms it.")
        % {"until": deadline(talk.due_at), "name": talk.employee.name},
    )


def talk_held(talk):
    return (
        _("Confirm the record of your talk with %(name)s") % {"name": talk.head.name},
        _("Read what was recorded; you may add your own words."),
    )


def _effects(decision):
    return effects_text(decision.effects, decision.counts_for)


def _heading(decision):
    return {"number": decision.document_number or decision.number, "effects": _effects(decision)}


def _facts(decision):
    evidence = read(decision.case.evidence)
    lines = [evidence_lead(evidence)] if evidence else []
    clause = decision.rule.clause
    return [
        *lines,
        _("Clause: %(number)s: %(text)s") % {"number": clause.number, "text": in_language(clause, "text")},
    ]
