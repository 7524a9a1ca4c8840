"""The evidence chain: from a ledger line or decision down to the answers, and back up to the votes."""

from dataclasses import dataclass, field

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery, Sum
from django.utils.translation import gettext as _

from audit.models import AuditRow, Seal
from audit.rules import link_hash
from audit.services import canonical
from core.period import SHANGHAI, Period
from incentives import evidence as frozen_evidence
from incentives.models import Decision, LedgerLine
from incentives.wording import bound_note
from organization.models import Department, Employee, Site
from organization.scopes import employee_id_of, reach_of
from reports import rules, wording
from reports.selectors import comments, whatif
from reports.selectors.figures import dimensions_of, is_shown, policy
from scoring.models import Cell, Rating, Score, Standing, SubjectKind, Unfolding
from scoring.rules import ITEM, OVERALL
from scoring.selectors import answers_behind, answers_behind_standing, figure
from scoring.stages import stages_behind
from surveys.models import AnswerText, Exclusion

PER_PAGE = 10


@dataclass(frozen=True)
class Slice:
    """One value in the distribution of a score: where its bar begins and how wide it is, in percent."""

    value: int
    count: int
    start: str
    width: str
    look: str
    label_at: str
    is_wide: bool


@dataclass(frozen=True)
class Counts:
    """How a month's answers are distributed, and what was received but not counted."""

    period: str
    k: int
    n: int
    slices: list
    received: int
    excluded: int
    blank: int


@dataclass(frozen=True)
class AnswerLine:
    number: str
    when: str
    overall: int | None
    text: str


@dataclass(frozen=True)
class Ballot:
    """Who voted how; people of one mind without a reason stand in one line."""

    names: list
    choice: str
    label: str
    reason: str = ""


@dataclass(frozen=True)
class Votes:
    motion: object
    entitled: int
    approvals: int
    rejections: int
    ballots: list


@dataclass(frozen=True)
class Links:
    """The audit rows of a decision: how many, from which link to which, and whether each agrees."""

    rows: int
    first: int
    last: int
    agree: bool
    unsealed: int


@dataclass(frozen=True)
class Page:
    decision: Decision
    line: LedgerLine | None
    lines: list
    evidence: object
    counts: Counts | None
    answers: object
    is_hidden: bool
    votes: Votes | None
    scenarios: list = field(default_factory=list)
    agrees: bool | None = None
    links: Links | None = None
    is_own: bool = False
    period: str = ""
    bound_note: str = ""


def decision_page(decision, user, *, line=None, period="", page=1, changed=None):
    """Everything between a decision and the answers; `period` picks the month whose answers are shown."""
    case = decision.case
    evidence = frozen_evidence.read(case.evidence)
    standing = _standing(evidence, period) if evidence else None
    hidden = standing is not None and not may_read(user, standing.company, standing.period, standing.n)
    books = whatif.read(case)
    return Page(
        decision=decision,
        line=line,
        lines=list(decision.ledger_lines.order_by("pk")),
        evidence=evidence,
        counts=None if standing is None or hidden else _counts_of_standing(standing),
        answers=None if standing is None or hidden else _page_of(answers_behind_standing(standing), page),
        is_hidden=hidden,
        votes=_votes(decision.motion) if decision.motion_id else None,
        scenarios=whatif.scenarios(books, changed=changed) if books else [],
        agrees=whatif.agrees(books) if books else None,
        links=links_of(decision),
        is_own=decision.employee_id == employee_id_of(user),
        period=standing.period if standing else "",
        bound_note=bound_note(evidence) if evidence else "",
    )


def may_read(user, company, period, n):
    """Answers one by one: for company-wide roles always, for staff and heads from the least number that is shown."""
    if company.pk in reach_of(user, "scoring.view", "incentives.view").company_ids:
        return True
    scoring = policy(company, "scoring", Period.parse(period))
    return scoring is not None and n >= scoring.low_n


def _standing(evidence, period):
    months = {month.period: month.standing_id for month in evidence.months}
    wanted = months.get(period) or evidence.last.standing_id
    return Standing.objects.filter(pk=wanted).select_related("ranking", "company").first()


def _counts_of_standing(standing):
    modes = standing.ranking.modes
    cells = Cell.objects.filter(
        company_id=standing.company_id,
        period=standing.period,
        employee_id=standing.employee_id,
        measure=OVERALL,
        mode__in=modes,
        count__gt=0,
    )
    by_value = dict(cells.values_list("value").annotate(total=Sum("count")))
    received = Unfolding.objects.filter(
        company_id=standing.company_id,
        month=standing.period,
        answer__employee_id=standing.employee_id,
        answer__mode__in=modes,
    )
    excluded = Exclusion.objects.filter(answer__unfolding__in=received).count()
    total = received.count()
    return Counts(
        period=standing.period,
        k=standing.k,
        n=standing.n,
        slices=slices(by_value),
        received=total,
        excluded=excluded,
        blank=max(total - excluded - standing.n, 0),
    )


def slices(by_value):
    """Counts per value as one stacked bar, the best first; darker means more satisfied."""
    total = sum(by_value.values())
    found, start = [], 0.0
    for value in sorted(by_value, reverse=True):
        width = 100 * by_value[value] / total
        look = f"d{min(max(value, 1), 5)}"
        found.append(
            Slice(
                value,
                by_value[value],
                f"{start:.2f}%",
                f"{width:.2f}%",
                look,
                f"{start + 1.3:.2f}%",
                width >= 11,
            )
        )
        start += width
    return found


def _page_of(answers, page):
    """Ten answers: number, third of the month, overall value, words without names."""
    overall = Rating.objects.filter(answer=OuterRef("pk"), measure=OVERALL).values("value")[:1]
    found = Paginator(answers.annotate(overall=Subquery(overall)), PER_PAGE).get_page(page)
    rows = list(found.object_list)
    texts = {}
    for text in AnswerText.objects.filter(answer__in=[row.pk for row in rows]).order_by("pk"):
        texts.setdefault(text.answer_id, []).append(text.text)
    names = comments.colleagues(rows[0].company_id) if texts else []
    found.object_list = [
        AnswerLine(
            row.number,
            wording.third(row.submitted_at.astimezone(SHANGHAI).date()),
            row.overall,
            rules.without_names(" ".join(texts.get(row.pk, [])), names, wording.colleague()),
        )
        for row in rows
    ]
    return found


def _votes(motion):
    """Votes of a motion that has ended; while it is open nobody's vote is shown."""
    if motion.state == motion.State.OPEN:
        return None
    seats = list(motion.seats.select_related("employee", "vote"))
    cast = [seat.vote.choice for seat in seats if hasattr(seat, "vote") and seat.recused_at is None]
    return Votes(
        motion=motion,
        entitled=sum(seat.recused_at is None for seat in seats),
        approvals=cast.count("approve"),
        rejections=cast.count("reject"),
        ballots=_ballots(seats),
    )


def _ballots(seats):
    silent, spoken, absent, recused = {}, [], [], []
    for seat in seats:
        name = seat.employee.name
        if seat.recused_at is not None:
            recused.append(Ballot([name], "recused", "", seat.get_ground_display()))
        elif not hasattr(seat, "vote"):
            absent.append(Ballot([name], "not_voted", ""))
        elif seat.vote.reason:
            spoken.append(Ballot([name], seat.vote.choice, seat.vote.get_choice_display(), seat.vote.reason))
        else:
            key = seat.vote.choice, seat.vote.get_choice_display()
            silent.setdefault(key, []).append(name)
    together = [Ballot(names, choice, label) for (choice, label), names in silent.items()]
    return [*together, *spoken, *absent, *recused]


def links_of(obj):
    """Whether the sealed audit rows about an object still carry the hash they were sealed with."""
    rows = list(AuditRow.objects.filter(model=obj._meta.label_lower, object_id=obj.pk).order_by("pk"))
    seals = {seal.row_id: seal for seal in Seal.objects.filter(row__in=[row.pk for row in rows])}
    sealed = [(row, seals[row.pk]) for row in rows if row.pk in seals]
    numbers = [seal.seq for _row, seal in sealed]
    return Links(
        rows=len(sealed),
        first=min(numbers, default=0),
        last=max(numbers, default=0),
        agree=all(link_hash(seal.previous_hash, canonical(row)) == seal.hash for row, seal in sealed),
        unsealed=len(rows) - len(sealed),
    )


@dataclass(frozen=True)
class ScorePage:
    score: Score
    name: str
    counts: Counts | None
    answers: object
    is_hidden: bool
    integers: str
    figure: object
    axis: float
    measure: str
    stages: tuple = ()


def score_page(score, user, *, page=1):
    """From a score to its answers. Shown as far as the reader may."""
    hidden = not may_read(user, score.company, score.period, score.n)
    by_value = {int(value): count for value, count in score.counts.items() if count}
    answers = None if hidden else _page_of(answers_behind(score), page)
    counts = (
        None
        if hidden
        else Counts(score.period, score.k, score.n, slices(by_value) if by_value else [], score.n, 0, 0)
    )
    judged = not hidden and score.target_bp is not None and score.n
    return ScorePage(
        score=score,
        name=_subject_name(score),
        counts=counts,
        answers=answers,
        is_hidden=hidden,
        integers=wording.integer_comparison(score.k, score.n, score.target_bp) if judged else "",
        figure=figure(score),
        axis=rules.axis_start(
            [score.low, score.target_bp and score.target_bp / 10_000] if is_shown(score) else []
        ),
        measure=_measure_name(score),
        stages=() if hidden else stages_behind(score),
    )


def _measure_name(score):
    """Overall, a dimension, or an item by its code."""
    if score.measure == OVERALL:
        return _("Overall satisfaction: satisfied means 4–5 of 5")
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
