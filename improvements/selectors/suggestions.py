"""Reads of the suggestion box: facts for rules, what is alike, what must hold, how it goes."""

import datetime as dt
from dataclasses import dataclass
from statistics import median

from django.db.models import Q

from core.facts import Fact, facts_between
from core.templatetags.scores import Figure
from improvements.models import MeasuredEffect, Suggestion
from improvements.selectors.suggestion_counts import recount
from improvements.suggestions.rules import likeness, pairs_of
from organization.scopes import employee_id_of
from scoring.statistics.intervals import wilson
from surveys.models import Exclusion

KIND = "suggestion"
NEWEST = 2000
MOST_ALIKE = 5
BEGINNING = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
State = Suggestion.State


def suggestion_facts(company, kind, since, until):
    """Source of core.facts: suggestions whose effect a second person has confirmed."""
    if kind != KIND:
        return []
    found = Suggestion.objects.filter(
        company=company, state=State.CONFIRMED, confirmed_at__gte=since, confirmed_at__lt=until
    )
    return [
        Fact(
            kind=KIND,
            key=f"{KIND}:{one.pk}",
            number=one.number,
            employee_id=one.author_id,
            department_id=one.department_id,
            happened_on=one.implemented_on,
            verified_at=one.confirmed_at,
            verified_by=(one.measured_by_id, one.confirmed_by_id),
            text=one.proposal,
            figures=one.effect.figures,
        )
        for one in found.select_related("effect")
    ]


def page_of(user, pk):
    """Where this reader sees the suggestion behind a fact, or ''."""
    found = Suggestion.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        return ""
    is_own = employee_id_of(user) == found.author_id
    return found.get_own_url() if is_own else found.get_absolute_url()


@dataclass(frozen=True)
class Alike:
    """An earlier suggestion, or a fact from elsewhere (`suggestion` None), and how alike it is (0 to 1)."""

    number: str
    text: str
    likeness: float
    suggestion: Suggestion | None = None


def alike(company, text, least, *, but=None, at=None):
    """Earlier suggestions, and facts of this kind from other rooms, with at least this likeness; the closest first.

    Compared are the newest 2,000; `but` (a suggestion) leaves itself and what came later out.
    """
    wanted = pairs_of(text)
    earlier = Suggestion.objects.filter(company=company).exclude(state=State.WITHDRAWN)
    if but is not None:
        earlier = earlier.exclude(pk=but.pk).filter(
            Q(submitted_at__lt=but.submitted_at) | Q(submitted_at=but.submitted_at, pk__lt=but.pk)
        )
    close = []
    for one in earlier.order_by("-submitted_at")[:NEWEST]:
        how = likeness(wanted, pairs_of(f"{one.problem}\n{one.proposal}"))
        if how >= least:
            close.append(Alike(one.number, one.proposal, how, one))
    if at is not None:
        close += _facts_alike(company, wanted, least, at)
    return sorted(close, key=lambda one: -one.likeness)[:MOST_ALIKE]


def _facts_alike(company, wanted, least, at):
    """Of suggestions that were recognised before there was a box: reported by hand."""
    for fact in facts_between(company, kind=KIND, since=BEGINNING, until=at):
        if not fact.key.startswith(f"{KIND}:") and (how := likeness(wanted, pairs_of(fact.text))) >= least:
            yield Alike(fact.number, fact.text, how)


def same_ground(suggestion):
    """Other suggestions whose effect was counted for the same measure and subject over days that overlap."""
    own = suggestion.effect
    if own is None:
        return []
    found = Suggestion.objects.filter(
        company=suggestion.company_id,
        state__in=(State.MEASURED, State.CONFIRMED),
        effect__measure=own.measure,
        effect__subject_kind=own.subject_kind,
        effect__subject_id=own.subject_id,
        effect__after_first__lte=own.after_last,
        effect__after_last__gte=own.after_first,
    )
    return list(found.exclude(pk=suggestion.pk).order_by("pk"))


def excluded_since(effect):
    """How many of the answers behind an effect no longer count."""
    ids = [*effect.before_answers, *effect.after_answers]
    return Exclusion.objects.filter(answer_id__in=ids).count()


# ---- verify


def nobody_judges_their_own():
    """Fact 6: who assessed, measured, confirmed or answered is not the author; two people stand behind an effect."""
    related = ("author", "measured_by__employee", "confirmed_by__employee")
    for one in Suggestion.objects.select_related(*related).prefetch_related(
        "assessments__assessed_by__employee", "opinions__given_by__employee"
    ):
        hands = [step.assessed_by for step in one.assessments.all()]
        hands += [opinion.given_by for opinion in one.opinions.all()]
        hands += [one.measured_by, one.confirmed_by]
        if one.author_id in {employee_id_of(user) for user in hands if user}:
            yield f"suggestion {one.pk} was judged by its author"
        if one.confirmed_by_id and one.confirmed_by_id == one.measured_by_id:
            yield f"suggestion {one.pk}: who measured its effect confirmed it"


def effects_are_what_was_counted():
    """Fact 3: the frozen counts of an effect are those of the answers it names."""
    for one in MeasuredEffect.objects.iterator(chunk_size=100):
        for when in ("before", "after"):
            frozen = getattr(one, f"{when}_k"), getattr(one, f"{when}_n")
            found = recount(one.measure, one.satisfied, getattr(one, f"{when}_answers"))
            if found != frozen:
                yield f"effect {one.pk} of suggestion {one.suggestion_id}, {when}: {frozen} is frozen, {found} counted"


# ---- how it goes


@dataclass(frozen=True)
class Line:
    """One department, or all: how many came in, how many were judged, how many of those taken up."""

    name: str
    total: int
    adopted: Figure

    @property
    def judged(self):
        return self.adopted.n


@dataclass(frozen=True)
class Course:
    """Of the suggestions of some days: the whole, by department, days to the first assessment, in time."""

    whole: Line
    lines: tuple
    median_days: float | None
    in_time: Figure


def course_of(suggestions):
    """Course of these suggestions. One statement; withdrawn ones and repeats are no judgement."""
    rows = list(
        suggestions.order_by().values_list(
            "department__name", "state", "submitted_at", "first_assessed_at", "due_at", "resubmitted_at"
        )
    )
    by_name = {}
    for name, state, *_rest in rows:
        by_name.setdefault(name, []).append(state)
    lines = [_line(name, states) for name, states in by_name.items()]
    waits = [
        (first - submitted).total_seconds() / 86400 for _n, _s, submitted, first, *_rest in rows if first
    ]
    timed = [first < due for _n, _s, _at, first, due, again in rows if first and again is None]
    return Course(
        _line("", [state for _name, state, *_rest in rows]),
        tuple(sorted(lines, key=lambda line: (-line.total, line.name))),
        median(waits) if waits else None,
        _figure(sum(timed), len(timed)),
    )


def _line(name, states):
    judged = [state for state in states if state in (*Suggestion.TAKEN_UP, State.DECLINED)]
    return Line(name, len(states), _figure(sum(one in Suggestion.TAKEN_UP for one in judged), len(judged)))


def _figure(k, n):
    low, high = wilson(k, n) or (None, None)
    return Figure(k, n, low, high, status="ok" if n else "none")
