"""From carrying a suggestion out to its confirmed effect: what is measured is fixed before anything is counted.

Measure, subject and window are chosen when the first day is entered and never changed afterwards; the window is
widened only while there are too few answers to compare. So nobody looks for a figure that happens to rise.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from core.events import publish
from core.flow import Refused, advance
from core.period import SHANGHAI
from core.templatetags.manyi import day_name
from improvements.models import MeasuredEffect, Suggestion
from improvements.selectors.suggestion_counts import (
    Side,
    count,
    measures_of,
    scope_of,
    still_to_count,
    subjects_of,
)
from improvements.services.suggestion_assessment import hindrance_to_judge, refuse_barred
from improvements.services.suggestion_telling import tell_assessors, tell_author, tell_people
from improvements.suggestions import rules
from improvements.suggestions.policy import rules_of
from organization.models import Employee
from organization.scopes import employee_id_of
from scoring.policy import policy_of, version_for
from scoring.statistics.change import compare
from surveys.entry import clean_text

FACT = "improvements.fact_verified"
LONGEST = 2000


@dataclass(frozen=True)
class Counts:
    """What stands in the two windows now; `sentence` says why it cannot be measured yet, or is ''."""

    before: Side
    after: Side
    sentence: str
    is_too_few: bool = False


@transaction.atomic
def record_implementation(suggestion, *, day, measure, subject_kind, subject_id, window_days, by, at):
    """It holds from `day`; from now on it is fixed what is counted, for what, and how long before and after."""
    refuse_barred(suggestion, by, at)
    today = at.astimezone(SHANGHAI).date()
    if day is None or day > today:
        raise Refused(_("Enter the first day on which it holds, not a later one than today."), field="day")
    if suggestion.submitted_at.astimezone(SHANGHAI).date() > day:
        raise Refused(_("It was suggested later than that day."), field="day")
    if measure not in dict(measures_of(suggestion.company, day)):
        raise Refused(_("Choose what is measured."), field="measure")
    if f"{subject_kind}:{subject_id}" not in dict(subjects_of(suggestion.company)):
        raise Refused(_("Choose for whom it is measured."), field="subject")
    rules.refuse_window(window_days, rules_of(suggestion))
    advance(
        suggestion,
        Suggestion.IMPLEMENT,
        by=by,
        at=at,
        implemented_on=day,
        implemented_at=at,
        measure=measure,
        subject_kind=subject_kind,
        subject_id=subject_id,
        window_days=window_days,
    )
    tell_author(suggestion, "implemented", at)
    return suggestion


def windows_of(suggestion):
    """(before, after) of a suggestion that is carried out."""
    return rules.windows_around(suggestion.implemented_on, suggestion.window_days)


def counts_of(suggestion, at):
    """Counts of what stands in the windows at that moment. Reads only."""
    before, after = windows_of(suggestion)
    scope = _scope(suggestion)
    sides = count(scope, before), count(scope, after)
    first = rules.may_measure_on(after)
    least = rules_of(suggestion).least_n
    if at.astimezone(SHANGHAI).date() < first:
        return Counts(*sides, _("It can be measured from %(day)s.") % {"day": day_name(first)})
    if waiting := still_to_count(scope, before) + still_to_count(scope, after):
        sentence = _("%(count)s answers of these days are not counted yet; look again in a few minutes.")
        return Counts(*sides, sentence % {"count": waiting})
    if min(side.n for side in sides) < least:
        sentence = _(
            "Too few answers: %(before)s before and %(after)s afterwards, at least %(least)s are needed on either side."
        ) % {"before": sides[0].n, "after": sides[1].n, "least": least}
        return Counts(*sides, sentence, is_too_few=True)
    return Counts(*sides, "")


@transaction.atomic
def widen_window(suggestion, *, window_days, by, at):
    """More days on either side, as long as there are too few answers to compare anything."""
    refuse_barred(suggestion, by, at)
    rules.refuse_window(window_days, rules_of(suggestion))
    if window_days <= (suggestion.window_days or 0):
        raise Refused(_("Choose more days than now."), field="window_days")
    if suggestion.state == Suggestion.State.IMPLEMENTED and not counts_of(suggestion, at).is_too_few:
        raise Refused(_("The window is widened only where there are too few answers."), field="window_days")
    return advance(suggestion, Suggestion.WIDEN, by=by, at=at, window_days=window_days)


@transaction.atomic
def measure_effect(suggestion, *, by, at):
    """Count both windows and freeze the counts with the answers they rest on. A second person confirms them."""
    refuse_barred(suggestion, by, at)
    if suggestion.state != Suggestion.State.IMPLEMENTED:
        raise Refused(_("It is measured once it is carried out."), code="state")
    counts = counts_of(suggestion, at)
    if counts.sentence:
        raise Refused(counts.sentence, code="too_few" if counts.is_too_few else "too_early")
    effect = _freeze(suggestion, counts, by, at)
    advance(suggestion, Suggestion.MEASURE, by=by, at=at, effect=effect, measured_by=by, sent_back_reason="")
    tell_author(suggestion, "measured", at)
    tell_assessors(suggestion, "measured", at, besides=[employee_id_of(by)])
    return suggestion


def _freeze(suggestion, counts, by, at):
    before, after = windows_of(suggestion)
    scope = _scope(suggestion)
    scoring = policy_of(version_for(suggestion.company, suggestion.implemented_on), "scoring")
    found = compare(counts.after.k, counts.after.n, counts.before.k, counts.before.n, level=scoring.level)
    return MeasuredEffect.objects.create(
        suggestion=suggestion,
        company=suggestion.company,
        measure=scope.measure,
        subject_kind=scope.subject_kind,
        subject_id=scope.subject_id,
        department_ids=list(scope.department_ids),
        satisfied=list(scope.satisfied),
        before_first=before.first,
        before_last=before.last,
        after_first=after.first,
        after_last=after.last,
        before_k=counts.before.k,
        before_n=counts.before.n,
        after_k=counts.after.k,
        after_n=counts.after.n,
        before_answers=list(counts.before.answer_ids),
        after_answers=list(counts.after.answer_ids),
        level_bp=scoring.level_bp,
        difference=found.difference,
        low=found.low,
        high=found.high,
        p=found.p,
        measured_by=by,
        measured_at=at,
    )


def _scope(suggestion):
    return scope_of(
        suggestion.company,
        suggestion.measure,
        suggestion.subject_kind,
        suggestion.subject_id,
        suggestion.implemented_on,
    )


def hindrance_to_confirm(suggestion, user, day):
    """The sentence that keeps this user from confirming the effect, or ''."""
    own = hindrance_to_judge(suggestion, user, day)
    return own or rules.hindrance_to_confirm(user.pk, suggestion.measured_by_id)


@transaction.atomic
def confirm_effect(suggestion, *, by, at, seen=None):
    """The second person agrees: from now on it is a fact, and rules may rest on it (RE-5.2c).

    `seen`: the id of the measured effect that they looked at; one counted anew since is not confirmed unseen.
    """
    rules.refuse(hindrance_to_confirm(suggestion, by, at.astimezone(SHANGHAI).date()))
    if seen is not None and seen != suggestion.effect_id:
        raise Refused(_("The effect was counted anew since you looked. Read it first."), code="changed")
    advance(suggestion, Suggestion.CONFIRM, by=by, at=at, confirmed_by=by, confirmed_at=at)
    publish(FACT, suggestion, kind="suggestion", moment=at.isoformat())
    tell_author(suggestion, "confirmed", at)
    return suggestion


@transaction.atomic
def send_effect_back(suggestion, *, reason, by, at):
    """The second person is not convinced: it is counted anew, over the same windows."""
    rules.refuse(hindrance_to_confirm(suggestion, by, at.astimezone(SHANGHAI).date()))
    words = rules.long_enough(clean_text(reason or "")[:LONGEST], rules_of(suggestion).least_reason, "reason")
    measurer = Employee.objects.select_related("user").filter(user=suggestion.measured_by_id)
    advance(
        suggestion,
        Suggestion.SEND_BACK,
        by=by,
        at=at,
        sent_back_reason=words,
        effect=None,
        measured_by=None,
    )
    tell_people(suggestion, list(measurer), "sent_back", at)
    return suggestion
