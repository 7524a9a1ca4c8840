"""The evidence chain: from a ledger line, decision, score or rank down to the answers, and up again to the votes."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from appeals.models import Appeal
from core.period import Period
from core.templatetags.scores import Figure
from incentives import evidence as frozen_evidence
from incentives.evidence_words import shown_of
from incentives.models import Decision, LedgerLine
from incentives.wording import bound_note
from organization.models import Department, Employee, Site
from organization.scopes import employee_id_of, reach_of
from reports import rules, wording
from reports.selectors import after, whatif
from reports.selectors.answers import (
    Counts,
    counts_of_score,
    counts_of_standing,
    may_read,
    page_of,
    sees_all,
)
from reports.selectors.fewest import Fewest, of_case, of_score, of_standing
from reports.selectors.figures import dimensions_of, is_shown, policy
from reports.selectors.votes import Links, Votes, links_of, votes_of
from scoring.labels import labels_of
from scoring.models import Score, Standing, SubjectKind
from scoring.rules import ITEM, OVERALL
from scoring.selectors import answers_behind, answers_behind_standing, figure
from scoring.services.adjudication import Kind, in_force
from scoring.stages import stages_behind
from scoring.statistics.intervals import score_status, wilson


@dataclass(frozen=True)
class Page:
    """`evidence` is a streak of ranks, `shown` any other kind in words; `scores` are those it counts, newest last."""

    decision: Decision
    line: LedgerLine | None
    lines: list
    evidence: object
    shown: object
    counts: Counts | None
    answers: object
    is_hidden: bool
    votes: Votes | None
    heard: after.Heard | None
    objections: list
    corrected: dict
    scores: list = field(default_factory=list)
    fewest: Fewest | None = None
    scenarios: list = field(default_factory=list)
    agrees: bool | None = None
    links: Links | None = None
    is_own: bool = False
    period: str = ""
    bound_note: str = ""
    may_read_policy: bool = False


def decision_page(decision, user, *, line=None, period="", page=1, changed=None):
    """Everything between a decision and the answers; `period` picks the month whose answers are shown."""
    case = decision.case
    evidence = frozen_evidence.read(case.evidence)
    below = _below_streak(evidence, user, period, page) if evidence else _below_scores(case, user, page)
    books = whatif.read(case)
    return Page(
        decision=decision,
        line=line,
        lines=list(decision.ledger_lines.order_by("pk")),
        evidence=evidence,
        shown=None if evidence else shown_of(case),
        votes=votes_of(decision.motion, user) if decision.motion_id else None,
        heard=after.heard(decision, user),
        objections=after.objections_to(
            user, decision.company_id, subject=Appeal.Subject.DECISION, object_id=decision.pk
        ),
        corrected=_corrected(decision, evidence, user),
        fewest=None if _is_hidden(evidence, below, user, decision) else of_case(case, books),
        scenarios=whatif.scenarios(books, changed=changed) if books else [],
        agrees=whatif.agrees(books) if books else None,
        links=links_of(decision),
        is_own=decision.employee_id == employee_id_of(user),
        bound_note=bound_note(evidence) if evidence else "",
        may_read_policy=decision.company_id in reach_of(user, "policies.view").company_ids,
        **below,
    )


def _is_hidden(evidence, below, user, decision):
    """Whether what one answer would change is kept back: as soon as one month alone is too small to be read."""
    if below["is_hidden"] or evidence is None:
        return below["is_hidden"]
    smallest = min(evidence.months, key=lambda month: month.figure.n)
    return not may_read(user, decision.company, smallest.period, smallest.figure.n)


def _below_streak(evidence, user, period, page):
    """Counts and answers of one month of the window, as far as the reader may."""
    months = {month.period: month.standing_id for month in evidence.months}
    wanted = months.get(period) or evidence.last.standing_id
    standing = Standing.objects.filter(pk=wanted).select_related("ranking", "company").first()
    if standing is None:
        return {"counts": None, "answers": None, "is_hidden": False}
    hidden = not may_read(user, standing.company, standing.period, standing.n)
    return {
        "counts": None if hidden else counts_of_standing(standing),
        "answers": None if hidden else _answers_of_standing(standing, user, page),
        "is_hidden": hidden,
        "period": standing.period,
    }


def _below_scores(case, user, page):
    """The department scores a case rests on, as far as the reader may open them; answers of the newest."""
    ids = [row["score_id"] for row in case.evidence.get("periods", ())] or [case.evidence.get("score_id")]
    scores = Score.objects.visible_to(user).filter(pk__in=[pk for pk in ids if pk]).select_related("company")
    scores = list(scores.select_related("close").order_by("period"))
    if not scores:
        return {"counts": None, "answers": None, "is_hidden": False}
    last = scores[-1]
    hidden = not may_read(user, last.company, last.period, last.n)
    return {
        "scores": scores,
        "counts": None if hidden else counts_of_score(last),
        "answers": None
        if hidden
        else page_of(answers_behind(last), page, numbered=sees_all(user, last.company)),
        "is_hidden": hidden,
        "period": last.period,
    }


def _answers_of_standing(standing, user, page):
    labels = labels_of(standing.company_id, standing.employee_id, [standing.period])
    numbered = sees_all(user, standing.company)
    return page_of(answers_behind_standing(standing), page, labels, numbered=numbered)


def _corrected(decision, evidence, user):
    """{period: figures after an appeal} of the months of a streak, as far as the reader may see so few answers."""
    if evidence is None:
        return {}
    months = {month.standing_id: month for month in evidence.months if month.standing_id}
    found = after.corrected_standings(decision.company_id, list(months))
    return {
        months[pk].period: figures
        for pk, figures in sorted(found.items())
        if (figures["k"], figures["n"], figures["rank"]) != _frozen(months[pk])
        and may_read(user, decision.company, months[pk].period, figures["n"])
    }


def _frozen(month):
    return month.figure.k, month.figure.n, month.rank


@dataclass(frozen=True)
class ScorePage:
    """`corrected` are the figures after an appeal, beside the first ones."""

    score: Score
    name: str
    counts: Counts | None
    answers: object
    is_hidden: bool
    integers: str
    figure: object
    axis: float
    measure: str
    fewest: Fewest | None = None
    corrected: dict | None = None
    objections: list = field(default_factory=list)
    is_own: bool = False
    stages: tuple = ()


def score_page(score, user, *, page=1):
    """From a score to its answers. Shown as far as the reader may."""
    hidden = not may_read(user, score.company, score.period, score.n)
    judged = not hidden and score.target_bp is not None and score.n
    corrected = after.corrected_score(score)
    if corrected and not may_read(user, score.company, score.period, corrected["n"]):
        corrected = None
    return ScorePage(
        score=score,
        name=_subject_name(score),
        counts=None if hidden else counts_of_score(score),
        answers=None if hidden else _answers_of_score(score, user, page),
        is_hidden=hidden,
        integers=wording.integer_comparison(score.k, score.n, score.target_bp) if judged else "",
        figure=figure(score),
        axis=rules.axis_start(
            [score.low, score.target_bp and score.target_bp / 10_000] if is_shown(score) else []
        ),
        measure=_measure_name(score),
        fewest=of_score(score, policy(score.company, "scoring", Period.parse(score.period)).low_n)
        if judged
        else None,
        corrected=corrected,
        objections=after.objections_to(
            user, score.company_id, subject=Appeal.Subject.SCORE, object_id=score.pk
        ),
        is_own=is_own_score(score, user),
        stages=() if hidden else stages_behind(score),
    )


def _answers_of_score(score, user, page):
    numbered = sees_all(user, score.company)
    return page_of(answers_behind(score), page, labels_of_score(score), numbered=numbered)


def is_own_score(score, user):
    own = employee_id_of(user)
    return score.subject_kind == SubjectKind.EMPLOYEE and own is not None and score.subject_id == own


def labels_of_score(score):
    if score.subject_kind != SubjectKind.EMPLOYEE:
        return {}
    period = Period.parse(score.period)
    months = [str(month) for month in period.months()]
    return labels_of(score.company_id, score.subject_id, [str(period.months()[0].previous()), *months])


@dataclass(frozen=True)
class StandingPage:
    """From a place in the ranking to the answers; of the others only how many they are and their pooled share."""

    standing: Standing
    figure: object
    counts: Counts | None
    answers: object
    is_hidden: bool
    peers_k: int
    peers_n: int
    peers: int
    agrees: bool | None
    fewest: Fewest | None
    corrected: dict | None
    objections: list
    is_own: bool

    @property
    def peers_share(self):
        return self.peers_k / self.peers_n if self.peers_n else None

    @property
    def axis(self):
        return rules.axis_start([self.figure.low, self.peers_share])


def standing_page(standing, user, *, page=1):
    hidden = not may_read(user, standing.company, standing.period, standing.n)
    others = [
        row for row in whatif.ranked_rows([standing.ranking_id]) if row.employee_id != standing.employee_id
    ]
    ranking_policy = policy(standing.company, "ranking", Period.parse(standing.period))
    corrected = in_force(standing.company_id, Kind.STANDING, [standing.pk]).get(standing.pk)
    if corrected and not may_read(user, standing.company, standing.period, corrected["n"]):
        corrected = None
    return StandingPage(
        standing=standing,
        figure=_figure_of_standing(standing, others),
        counts=None if hidden else counts_of_standing(standing),
        answers=None if hidden else _answers_of_standing(standing, user, page),
        is_hidden=hidden,
        peers_k=sum(row.k for row in others),
        peers_n=sum(row.n for row in others),
        peers=len(others),
        agrees=whatif.same_rank(standing, others) if standing.rank else None,
        fewest=None if hidden else of_standing(standing, ranking_policy),
        corrected=corrected,
        objections=after.objections_to(
            user, standing.company_id, subject=Appeal.Subject.STANDING, object_id=standing.pk
        ),
        is_own=standing.employee_id == employee_id_of(user),
    )


def _figure_of_standing(standing, others):
    k, n = sum(row.k for row in others), sum(row.n for row in others)
    low, high = wilson(standing.k, standing.n) or (0.0, 1.0)
    status = score_status(standing.n)
    return Figure(standing.k, standing.n, low, high, status, peer=k / n if n else None)


def _measure_name(score):
    """Overall, a dimension, or an item by its code."""
    if score.measure == OVERALL:
        scoring = policy(score.company, "scoring", Period.parse(score.period))
        counts_as = wording.counts_as(scoring, score.metric)
        return _("Overall satisfaction: satisfied means %(counts_as)s") % {"counts_as": counts_as}
    known = {one.code: wording.named(one) for one in dimensions_of(score.company, Period.parse(score.period))}
    return known.get(score.measure, score.measure.removeprefix(ITEM))


def _subject_name(score):
    if score.subject_kind == SubjectKind.COMPANY:
        return wording.named(score.company)
    models = {SubjectKind.EMPLOYEE: Employee, SubjectKind.DEPARTMENT: Department, SubjectKind.SITE: Site}
    found = models[score.subject_kind].objects.filter(pk=score.subject_id).first()
    if found is None:
        return ""
    return found.name if score.subject_kind == SubjectKind.EMPLOYEE else wording.named(found)
