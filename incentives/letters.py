"""What people are told, in the language then active: (subject or title, body).

Penalty texts hold, in this order: what, since which fact, which clause, what you may do and until when, what waits
meanwhile, whom to ask. No adjectives about the person.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.templatetags.manyi import day_name, deadline, long_date, period_name
from incentives.evidence_words import lead_of
from incentives.grading import is_next_step
from incentives.wording import clause_name, effects_text, in_language


def cases_found(period, count, held):
    subject = ngettext("%(month)s: %(count)s case found", "%(month)s: %(count)s cases found", count) % {
        "month": period_name(period),
        "count": count,
    }
    body = _("Read the evidence, then propose or put aside with a reason.")
    if held:
        body += "\n" + _("Held back because chance explains them: %(held)s.") % {"held": held}
    return subject, body


def unit_hits_found(period, count):
    subject = ngettext(
        "%(month)s: %(count)s hit on a unit that nobody headed",
        "%(month)s: %(count)s hits on units that nobody headed",
        count,
    ) % {"month": period_name(period), "count": count}
    return subject, _("Enter who headed the unit, with the days, or set the hit aside with a reason.")


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
        _("%(name)s (%(department)s) is commended: %(title)s. Basis: %(clause)s.") % _honoured(decision),
    )


def certificate(decision):
    """The text of a certificate; its number and date stand beside it."""
    return (
        pgettext("document", "Certificate"),
        _("%(name)s (%(department)s): %(title)s. In recognition. Basis: %(clause)s.") % _honoured(decision),
    )


def written_warning(decision, warning):
    """Facts, clause, until when it counts; no adjectives about the person."""
    return (
        _("Written warning to %(name)s") % {"name": decision.employee.name},
        "\n".join(
            [
                *_facts(decision),
                _("This warning counts until %(day)s and is then no longer held against you.")
                % {"day": long_date(warning.expires_on)},
                _("It follows decision %(number)s, which told you how to appeal.")
                % {"number": decision.document_number},
            ]
        ),
    )


def warned(warning):
    return (
        _("%(level)s, until %(day)s")
        % {"level": warning.get_level_display().capitalize(), "day": day_name(warning.expires_on)},
        _("Basis: decision %(number)s (%(clause)s). After that day it no longer counts.")
        % {"number": warning.decision.document_number, "clause": clause_name(warning.decision.rule)},
    )


def graded_anew(decision, before):
    """An earlier warning was lifted on appeal, so this one is no longer in writing; `before` are the effects served."""
    return (
        _("Decision %(number)s is corrected: %(effects)s") % _heading(decision),
        "\n".join(
            [
                _("%(before)s becomes %(after)s.")
                % {
                    "before": effects_text(before, decision.counts_for),
                    "after": effects_text(decision.effects, decision.counts_for),
                },
                _(
                    "It had been in writing because an earlier warning counted. That warning was lifted on appeal, so "
                    "this one counts as the clause gives it, from the day on which it was given."
                ),
                *_facts(decision),
                _("You need not do anything. Questions: the personnel department."),
            ]
        ),
    )


def duty_opened(duty):
    return (
        _("To do: %(what)s") % {"what": duty.get_kind_display()},
        _("Decision %(number)s asks for it until %(until)s. Write it on its page; files can be added.")
        % {"number": duty.decision.document_number, "until": deadline(duty.due_at)},
    )


def duty_done(duty):
    return (
        _("%(name)s handed in: %(what)s") % {"name": duty.employee.name, "what": duty.get_kind_display()},
        _("Read it on its page (decision %(number)s).") % {"number": duty.decision.document_number},
    )


def duty_checked(duty):
    if duty.state == duty.State.ACCEPTED:
        return (
            _("Accepted: %(what)s") % {"what": duty.get_kind_display()},
            _("Nothing more is to be done here."),
        )
    return (
        _("Sent back: %(what)s") % {"what": duty.get_kind_display()},
        _("What is missing: %(note)s") % {"note": duty.check_note},
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


def _honoured(decision):
    return {
        "name": decision.employee.name,
        "department": in_language(decision.department, "name"),
        "title": in_language(decision.rule, "title"),
        "clause": clause_name(decision.rule),
    }


def _effects(decision):
    return effects_text(decision.effects, decision.counts_for)


def _heading(decision):
    return {"number": decision.document_number or decision.number, "effects": _effects(decision)}


def _facts(decision):
    lead = lead_of(decision.case)
    lines = [lead] if lead else []
    if is_next_step(decision):
        lines.append(_("An earlier warning still counted when this was found, so this one is in writing."))
    clause = decision.rule.clause
    return [
        *lines,
        _("Clause: %(number)s: %(text)s") % {"number": clause.number, "text": in_language(clause, "text")},
    ]
