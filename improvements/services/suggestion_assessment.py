"""The verbs of those who assess: ask a department, adopt, try out, decline, link to an earlier one."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused, advance
from core.period import SHANGHAI
from improvements.models import Assessment, Opinion, Suggestion
from improvements.models.suggestions import ADVISE
from improvements.services.suggestion_telling import tell_assessors, tell_author, tell_people
from improvements.suggestions import rules
from improvements.suggestions.policy import rules_of
from organization.scopes import employee_id_of, reach_of
from organization.selectors import head_of, superiors_of
from surveys.entry import clean_text

LONGEST = 2000
Outcome = Assessment.Outcome


def hindrance_to_judge(suggestion, user, day):
    """The sentence that keeps this user from working on it, or ''."""
    box = rules_of(suggestion)
    line = superiors_of(suggestion.author, day) if box.bar_line else ()
    return rules.hindrance(employee_id_of(user), suggestion.author_id, line, bar_line=box.bar_line)


def refuse_barred(suggestion, by, at):
    rules.refuse(hindrance_to_judge(suggestion, by, at.astimezone(SHANGHAI).date()))


@transaction.atomic
def ask_opinion(suggestion, *, department, question, by, at):
    """Ask a department what it thinks; its head answers. Once per department."""
    refuse_barred(suggestion, by, at)
    if suggestion.state not in (Suggestion.State.SUBMITTED, Suggestion.State.TRIAL):
        raise Refused(_("It is assessed already; no opinion is asked any more."), code="state")
    if department is None or department.company_id != suggestion.company_id:
        raise Refused(_("Choose the department to ask."), field="department")
    head = head_of(department, at.astimezone(SHANGHAI).date())
    if head is None or head.pk == suggestion.author_id:
        raise Refused(_("Nobody but the author could answer for this department."), field="department")
    opinion, is_new = Opinion.objects.get_or_create(
        suggestion=suggestion,
        department=department,
        defaults={"question": clean_text(question or "")[:500], "asked_by": by, "asked_at": at},
    )
    if not is_new:
        raise Refused(_("This department was asked already."), field="department")
    audit.record("improvements.opinion.ask", suggestion, by=by, at=at, data={"department": department.pk})
    tell_people(suggestion, [head], "asked", at)
    return opinion


def hindrance_to_advise(opinion, user):
    """The sentence that keeps this user from answering for the department, or ''."""
    if employee_id_of(user) == opinion.suggestion.author_id:
        return _("This suggestion is yours; a colleague has to do it.")
    reach = reach_of(user, ADVISE)
    if opinion.department_id in reach.department_ids or opinion.suggestion.company_id in reach.company_ids:
        return ""
    return _("The head of the department answers this.")


@transaction.atomic
def give_opinion(opinion, *, stance, text, by, at):
    """The department's answer, once."""
    suggestion = opinion.suggestion
    rules.refuse(hindrance_to_advise(opinion, by))
    if stance not in Opinion.Stance.values:
        raise Refused(_("Choose one of the three."), field="stance")
    words = rules.long_enough(clean_text(text or "")[:LONGEST], rules_of(suggestion).least_reason, "text")
    answered = Opinion.objects.filter(pk=opinion.pk, given_at=None).update(
        stance=stance, text=words, given_by=by, given_at=at
    )
    if not answered:
        raise Refused(_("The department has answered already."), code="state")
    audit.record(
        "improvements.opinion.give",
        suggestion,
        by=by,
        at=at,
        reason_code=stance,
        data={"department": opinion.department_id},
    )
    tell_assessors(suggestion, "opinion", at, besides=[employee_id_of(by)])
    opinion.refresh_from_db()
    return opinion


@transaction.atomic
def adopt_suggestion(suggestion, *, benefit, effort, reason, owner, by, at):
    """It will be done; `owner` (an Employee) carries it out. Ratings are 1 to 5."""
    refuse_barred(suggestion, by, at)
    rules.refuse_ratings(benefit, effort)
    if owner is None or owner.company_id != suggestion.company_id or owner.left_on is not None:
        raise Refused(_("Choose the colleague who carries it out."), field="owner")
    words = _reason(suggestion, reason)
    advance(
        suggestion, Suggestion.ADOPT, by=by, at=at, owner=owner, trial_until=None, **_first(suggestion, at)
    )
    _judge(suggestion, Outcome.ADOPTED, words, by, at, benefit=benefit, effort=effort)
    if owner.pk != suggestion.author_id:
        tell_people(suggestion, [owner], "owner", at)
    return suggestion


@transaction.atomic
def try_suggestion(suggestion, *, benefit, effort, reason, until, by, at):
    """It is tried out until that day, then adopted or declined."""
    refuse_barred(suggestion, by, at)
    rules.refuse_ratings(benefit, effort)
    if until is None or until <= at.astimezone(SHANGHAI).date():
        raise Refused(_("Choose a day after today on which the trial ends."), field="trial_until")
    words = _reason(suggestion, reason)
    advance(suggestion, Suggestion.TRY_OUT, by=by, at=at, trial_until=until, **_first(suggestion, at))
    _judge(suggestion, Outcome.TRIAL, words, by, at, benefit=benefit, effort=effort)
    return suggestion


@transaction.atomic
def decline_suggestion(suggestion, *, reason, by, at):
    """It is not taken up; the author reads why, and may answer once. One adopted meanwhile is not declined by it."""
    return _refuse_it(suggestion, Suggestion.DECLINE, reason, by, at)


@transaction.atomic
def give_up_suggestion(suggestion, *, reason, by, at):
    """What was on trial or adopted is not done after all; the author reads why, and may answer once."""
    return _refuse_it(suggestion, Suggestion.GIVE_UP, reason, by, at)


def _refuse_it(suggestion, step, reason, by, at):
    refuse_barred(suggestion, by, at)
    words = _reason(suggestion, reason)
    advance(suggestion, step, by=by, at=at, **_first(suggestion, at))
    _judge(suggestion, Outcome.DECLINED, words, by, at)
    return suggestion


@transaction.atomic
def link_duplicate(suggestion, *, earlier, reason, by, at):
    """The same was suggested before: the earlier one has priority, and it alone is rewarded."""
    refuse_barred(suggestion, by, at)
    _refuse_later(suggestion, earlier)
    words = _reason(suggestion, reason)
    advance(suggestion, Suggestion.LINK, by=by, at=at, duplicate_of=earlier, **_first(suggestion, at))
    _judge(suggestion, Outcome.DUPLICATE, words, by, at)
    return suggestion


def _refuse_later(suggestion, earlier):
    if earlier is None or earlier.company_id != suggestion.company_id or earlier.pk == suggestion.pk:
        raise Refused(_("Choose the earlier suggestion."), field="earlier")
    if (earlier.submitted_at, earlier.pk) > (suggestion.submitted_at, suggestion.pk):
        raise Refused(
            _("%(number)s came later; the earlier one has priority.") % {"number": earlier.number},
            field="earlier",
        )
    if earlier.state in (Suggestion.State.WITHDRAWN, Suggestion.State.DUPLICATE):
        raise Refused(
            _("%(number)s is “%(state)s”; it cannot lead.")
            % {"number": earlier.number, "state": earlier.get_state_display()},
            field="earlier",
        )


def _reason(suggestion, reason):
    text = clean_text(reason or "")[:LONGEST]
    return rules.long_enough(text, rules_of(suggestion).least_reason, "reason")


def _first(suggestion, at):
    """When the first assessment came is kept once."""
    return {} if suggestion.first_assessed_at else {"first_assessed_at": at}


def _judge(suggestion, outcome, words, by, at, **ratings):
    Assessment.objects.create(
        suggestion=suggestion, outcome=outcome, reason=words, assessed_by=by, assessed_at=at, **ratings
    )
    tell_author(suggestion, outcome, at)
