"""Results split by the stage each owner was in on the day of the answer (VK-3.3): of a survey, of a closed period."""

from collections import defaultdict
from dataclasses import dataclass, replace

from django.db.models import Max, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.flow import Refused
from core.period import SHANGHAI, Period
from core.templatetags.scores import Figure
from customers import rules as customer_rules
from customers.models import Customer, Purchase
from customers.policy import rules_of
from customers.rules import Home
from customers.selectors.families import root
from scoring.models import Rating
from scoring.policy import policy_of, version_for
from scoring.rules import LOYALTY, LOYALTY_ROLES, NPS, OVERALL, SATISFIED
from scoring.selectors import answers_behind
from scoring.statistics.intervals import score_status, wilson
from surveys.models import Answer, Invitation
from surveys.registries import Panel

UNKNOWN = ""
HIDDEN = "suppressed"
RESPONDENT = "answer__invitation__customer"


@dataclass(frozen=True)
class Line:
    """One stage; `name` is '' for answers whose stage nobody knows."""

    name: str
    figure: Figure


@dataclass(frozen=True)
class Split:
    """One measure of a campaign; `measures` are (code, name) of all that may be chosen. No stages, no `lines`."""

    measure: str
    measures: tuple
    whole: Figure
    lines: tuple
    least: int


def panel_of(campaign, params):
    """The part of a campaign's page; None while no policy says what counts as satisfied."""
    newest = Answer.objects.filter(campaign=campaign).aggregate(at=Max("submitted_at"))["at"]
    day = newest.astimezone(SHANGHAI).date() if newest else campaign.opens_on
    version = version_for(campaign.company, day)
    if version is None:
        return None
    stages = rules_of(campaign.company, max(day, version.effective_from)).stages
    return Panel(
        "scoring/stages.html", split_by_stage(campaign, params.get("measure", OVERALL), version, stages)
    )


def split_by_stage(campaign, measure, version, stages):
    """Counted answers of the campaign by stage, with the limits of one policy version.

    Three statements besides the policy's, however many answered. A measure that the questionnaire does not have
    becomes the overall one.
    """
    policy = policy_of(version, "scoring")
    measures = measures_of(campaign, version)
    measure = measure if measure in dict(measures) else OVERALL
    counts = _counts(Answer.objects.counted().filter(campaign=campaign), measure, policy, stages)
    together = [sum(pair) for pair in zip((0, 0), *counts.values(), strict=True)]
    lines = _lines(counts, policy, stages)
    return Split(measure, measures, _figure(*together, policy), lines, policy.low_n)


def stages_behind(score):
    """The answers behind a score of a closed period by stage: tuple of Line.

    Empty for NPS, which is no share, without stages, and where nobody's stage is known.
    """
    version = version_for(score.company, Period.parse(score.period).first_day)
    if version is None or score.measure == NPS:
        return ()
    stages = rules_of(score.company, max(score.close.cutoff_on, version.effective_from)).stages
    if not stages:
        return ()
    policy = policy_of(version, "scoring")
    counts = _counts(answers_behind(score), score.measure, policy, stages)
    return _lines(counts, policy, stages) if set(counts) - {UNKNOWN} else ()


def _lines(counts, policy, stages):
    figures = {code: _figure(k, n, policy) for code, (k, n) in counts.items()}
    none = _figure(0, 0, policy)
    lines = [Line(str(stage), figures.get(stage.code, none)) for stage in stages]
    if stages and UNKNOWN in figures:
        lines.append(Line(UNKNOWN, figures[UNKNOWN]))
    return _guarded(lines, policy.low_n)


def _guarded(lines, least):
    """Where the hidden stages are one, or together too few, the whole less the others would tell them: the smallest
    other one goes too."""
    hidden = [line for line in lines if line.figure.status == HIDDEN]
    shown = [line for line in lines if line.figure.n and line not in hidden]
    are_enough = len(hidden) > 1 and sum(line.figure.n for line in hidden) >= least
    if not hidden or are_enough or not shown:
        return tuple(lines)
    smallest = min(shown, key=lambda line: line.figure.n)
    covered = replace(smallest, figure=replace(smallest.figure, status=HIDDEN))
    return tuple(covered if line is smallest else line for line in lines)


def measures_of(campaign, version):
    """((code, name)) of the shares that this questionnaire gives: overall, loyalty, the policy's dimensions."""
    questions = campaign.version.parsed.questions.values()
    asked, roles = {one.dimension for one in questions}, {one.role for one in questions}
    found = [(OVERALL, _("Overall"))]
    if roles.issuperset(LOYALTY_ROLES):
        found.append((LOYALTY, _("Loyalty")))
    try:
        named = policy_of(version, "dimensions")
    except Refused:
        named = ()
    return (*found, *((one.code, one.name_in(get_language())) for one in named if one.code in asked))


def _counts(answers, measure, policy, stages):
    """{stage code: (satisfied, valid)}."""
    own = answers.order_by().values("pk")
    flags, homes = _people(own)
    counts, known = defaultdict(lambda: [0, 0]), {}
    for person, moment, value in _ratings(own, measure):
        day = moment.astimezone(SHANGHAI).date()
        if (person, day) not in known:
            known[person, day] = _stage(stages, person, day, flags, homes)
        counts[known[person, day]][0] += _is_satisfied(measure, value, policy)
        counts[known[person, day]][1] += 1
    return counts


def _ratings(answers, measure):
    """(leading file or None, moment, value) of each answer that says something about the measure."""
    ratings = Rating.objects.filter(answer__in=answers, measure=SATISFIED if measure == OVERALL else measure)
    return ratings.order_by().values_list(root(RESPONDENT), "answer__submitted_at", "value")


def _people(answers):
    """({leading file: is it a prospect's}, {leading file: its homes}) of those who have answered."""
    invited = Invitation.objects.filter(answer__in=answers, customer__isnull=False)
    asked = invited.order_by().values(person=root("customer"))
    families = Customer.objects.filter(Q(pk__in=asked) | Q(merged_into__in=asked)).order_by()
    homes = defaultdict(list)
    bought = Purchase.objects.filter(customer__in=families.values("pk")).order_by()
    for person, *days in bought.values_list(root("customer"), "signed_on", "handed_over_on"):
        homes[person].append(Home(*days))
    return dict(families.filter(merged_into=None).values_list("pk", "is_prospect")), homes


def _stage(stages, person, day, flags, homes):
    if person not in flags:
        return UNKNOWN
    found = customer_rules.stage_on(stages, homes.get(person, ()), day, is_prospect=flags[person])
    return found.code if found else UNKNOWN


def _is_satisfied(measure, value, policy):
    return value == 1 if measure in (OVERALL, LOYALTY) else value in policy.counted_values


def _figure(k, n, policy):
    low, high = wilson(k, n, policy.level) or (None, None)
    return Figure(k, n, low, high, status=score_status(n, policy.ok_n, policy.low_n))
