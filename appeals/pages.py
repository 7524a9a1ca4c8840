"""What the pages of HR and the group show of appeals."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from appeals import barred, own, rules, subjects
from appeals.clock import days_of
from appeals.models import Appeal, Consequence
from appeals.plan import own_scores
from appeals.selectors import overturn_rates
from appeals.services.admission import is_chair
from appeals.services.inquiry import answers_in_reach, touched_decisions
from appeals.trial import Trial
from complaints.models import Finding
from core.access import may
from core.period import SHANGHAI
from incentives.models import Decision
from organization.models import Department, Employee, Site
from organization.scopes import employee_id_of
from scoring.models import Rating, Score, SubjectKind
from scoring.rules import OVERALL

State = Appeal.State
STAGES = {
    "": (pgettext_lazy("appeal", "Open"), Appeal.OPEN),
    "late": (gettext_lazy("Overdue"), Appeal.RUNNING),
    "decide": (gettext_lazy("To be decided"), (State.PROPOSED, State.VOTING, State.CHAIR)),
    "answered": (State.ANSWERED.label, Appeal.DECIDED),
    "closed": (gettext_lazy("Not admitted, withdrawn"), (State.DISMISSED, State.WITHDRAWN)),
}


@dataclass(frozen=True)
class Tab:
    key: str
    label: str
    count: int
    is_active: bool
    rows: object


@dataclass(frozen=True)
class Tabs:
    tabs: list
    active: Tab

    def count_of(self, key):
        return next(tab.count for tab in self.tabs if tab.key == key)


def board_tabs(found, stage, at):
    stage = stage if stage in STAGES else ""
    within = {key: Q(state__in=states) for key, (_label, states) in STAGES.items()}
    within["late"] &= Q(due_at__lte=at)
    counts = found.aggregate(
        **{f"in_{key}": Count("pk", filter=match, distinct=True) for key, match in within.items()}
    )
    tabs = []
    for key, (label, _states) in STAGES.items():
        rows = found.filter(within[key])
        rows = rows.order_by(F("due_at").asc(nulls_last=True), "pk")
        if key in ("answered", "closed"):
            rows = rows.order_by("-pk")
        tabs.append(Tab(key, label, counts[f"in_{key}"], key == stage, rows))
    return Tabs(tabs, next(tab for tab in tabs if tab.is_active))


@dataclass(frozen=True)
class AnswerLine:
    pk: int
    name: str
    number: str
    overall: int | None
    is_disputed: bool
    is_chosen: bool


@dataclass
class Desk:
    """One appeal for one reader: what they may do, what it is about, what leaving answers out would change."""

    appeal: Appeal
    user: User
    at: object
    chosen: tuple
    is_asked: bool = False
    known: barred.Circle | None = None

    @classmethod
    def of(cls, appeal, user, at, chosen, is_asked=False, circle=None):
        return cls(appeal, user, at, tuple(chosen), is_asked, circle)

    @cached_property
    def circle(self):
        """Read once for many appeals by who lists them, else for this one."""
        return self.known or barred.Circle([self.appeal], self.at)

    @cached_property
    def decision(self):
        if self.appeal.subject != Appeal.Subject.DECISION:
            return None
        related = ("employee", "rule__clause", "case", "proposed_by", "company")
        return Decision.objects.select_related(*related).get(pk=self.appeal.object_id)

    @cached_property
    def finding(self):
        if self.appeal.subject != Appeal.Subject.FINDING:
            return None
        found = Finding.objects.select_related("case", "allegation").prefetch_related("adjudications")
        return found.get(pk=self.appeal.object_id)

    @cached_property
    def hindrance(self):
        barring = self.circle.from_investigating(self.appeal)
        return rules.hindrance_to_handle(employee_id_of(self.user), barring)

    @cached_property
    def hindrance_to_decide(self):
        barring = self.circle.from_deciding(self.appeal)
        others = self.circle.others_who_decide(self.appeal, barring)
        return rules.hindrance_to_decide(employee_id_of(self.user), barring, others=others)

    @property
    def may_handle(self):
        return may(self.user, "appeals.handle") and not self.hindrance

    @property
    def may_admit(self):
        return self.may_handle and self.appeal.state == State.FILED

    @property
    def may_take_on(self):
        return self.may_handle and self.appeal.state == State.ACCEPTED

    @property
    def may_take_over(self):
        """Somebody else has it: an officer who is away must not stop the clock."""
        is_others = self.appeal.investigator_id not in (None, self.user.pk)
        return self.may_handle and self.appeal.state == State.INVESTIGATING and is_others

    @property
    def may_propose(self):
        return self.appeal.state == State.INVESTIGATING and self.appeal.investigator_id == self.user.pk

    @property
    def may_decide(self):
        is_ready = self.appeal.state == State.PROPOSED and may(self.user, "appeals.decide")
        return is_ready and not self.hindrance_to_decide

    @cached_property
    def may_chair(self):
        waiting = self.appeal.state == State.CHAIR and may(self.user, "appeals.decide")
        return waiting and is_chair(self.user, self.appeal, self.at)

    @property
    def may_settle(self):
        return may(self.user, "incentives.propose", "appeals.decide")

    @property
    def barred_text(self):
        """Why this reader cannot go on, when they otherwise would."""
        state = self.appeal.state
        if state in (State.FILED, State.ACCEPTED) and may(self.user, "appeals.handle"):
            return self.hindrance
        if state == State.PROPOSED and may(self.user, "appeals.decide"):
            return self.hindrance_to_decide
        return ""

    @property
    def days(self):
        if not self.appeal.is_running:
            return []
        return days_of(self.appeal.filed_at.astimezone(SHANGHAI).date(), self.appeal.counted_days)

    @property
    def is_late(self):
        return self.appeal.is_overdue(self.at)

    @cached_property
    def steps(self):
        return own.steps_of(self.appeal)

    @property
    def grounds(self):
        return [Appeal.Ground(code).label for code in self.appeal.grounds]

    @cached_property
    def files(self):
        return list(self.appeal.files.select_related("attachment"))

    @cached_property
    def statements(self):
        """What the employee stated before the decision appealed was voted on, with the files handed in."""
        if self.decision is None:
            return []
        stated = self.decision.hearings.exclude(stated_at=None).order_by("told_at", "pk")
        return list(stated.prefetch_related("files__attachment"))

    @cached_property
    def disputed(self):
        """By the employee's name for it and, for those who look into it, by its own number."""
        marks = self.appeal.answers.filter(is_disputed=True).select_related("answer__unfolding")
        numbers = {one.answer_id: one.answer.number for one in marks}
        called = subjects.called(self.appeal.employee, [one.answer for one in marks])
        return [f"{name} ({numbers[pk]})" for pk, name in called.items()]

    @cached_property
    def marks(self):
        return {one.answer_id: one for one in self.appeal.answers.all()}

    @cached_property
    def left_out(self):
        """Ids of answers to leave out: asked for, proposed, or at first those in dispute."""
        if self.is_asked or self.chosen:
            return set(self.chosen)
        if self.appeal.outcome:
            return {pk for pk, one in self.marks.items() if one.is_left_out}
        return {pk for pk, one in self.marks.items() if one.is_disputed}

    @cached_property
    def answers(self):
        """The answers behind it, those in dispute first; for those who look into it only."""
        if not (self.may_propose or self.appeal.outcome or may(self.user, "appeals.decide")):
            return []
        found = list(answers_in_reach(self.appeal)[:400])
        overall = dict(
            Rating.objects.filter(answer__in=[one.pk for one in found], measure=OVERALL).values_list(
                "answer_id", "value"
            )
        )
        called = subjects.called(self.appeal.employee, found)
        by_id = {one.pk: one for one in found}
        lines = [self._line(by_id[pk], name, overall.get(pk)) for pk, name in called.items()]
        return sorted(lines, key=lambda line: (not line.is_disputed, not line.is_chosen))

    def _line(self, answer, name, overall):
        mark = self.marks.get(answer.pk)
        is_disputed = mark is not None and mark.is_disputed
        return AnswerLine(
            answer.pk,
            name,
            answer.number,
            overall,
            is_disputed,
            answer.pk in self.left_out,
        )

    @cached_property
    def trial(self):
        """What the outcome proposed would change, or the one that the investigator looks at."""
        return Trial(self.appeal, self.finding, {}, self.left_out, self.may_propose, self.at)

    @property
    def plan(self):
        return self.trial.plan

    @cached_property
    def preview(self):
        return Preview.of(self.appeal, self.plan) if self.plan is not None and self.left_out else None

    @cached_property
    def consequences(self):
        """All but the answers, which are counted in one line, and the scores of single questions."""
        found = self.appeal.consequences.select_related("employee", "settled_by")
        found = found.exclude(kind=Consequence.Kind.EXCLUSION)
        scores = found.filter(kind=Consequence.Kind.SCORE).values("object_id")
        overall = {row.pk: row for row in Score.objects.filter(pk__in=scores, measure=OVERALL)}
        names = names_of(overall.values(), self.appeal)
        shown = [one for one in found if one.kind != Consequence.Kind.SCORE or one.object_id in overall]
        for one in shown:
            one.whose = names.get(one.object_id) if one.kind == Consequence.Kind.SCORE else one.employee
        return shown

    @cached_property
    def excluded_count(self):
        return self.appeal.consequences.filter(kind=Consequence.Kind.EXCLUSION).count()

    @property
    def new_effects(self):
        """The effects of a changed decision as proposed."""
        if not self.appeal.effects or self.decision is None:
            return []
        kept = []
        for one in self.appeal.effects:
            effect = dict(self.decision.effects[one["place"]])
            kept.append(effect | ({"amount": one["amount"]} if "amount" in one else {}))
        return kept


@dataclass(frozen=True)
class Move:
    """One person's month before and after."""

    name: str
    period: str
    before: dict
    after: dict
    is_own: bool

    @property
    def has_moved(self):
        return (self.before["rank"], self.before["place"]) != (self.after["rank"], self.after["place"])


@dataclass(frozen=True)
class Preview:
    """Everything that changes, ready to be read; names are for those who look into it, never for the appellant."""

    count: int
    moves: list
    third_moves: list
    scores: list
    decisions: list
    lost: list
    third_lost: list
    gained: list

    @classmethod
    def of(cls, appeal, plan):
        moves = [
            Move(change.row.employee.name, change.row.period, change.before, change.after, own_row)
            for change in plan.standings()
            for own_row in (change.row.employee_id == appeal.employee_id,)
        ]
        names = dict(
            Employee.objects.filter(pk__in={one.employee_id for one in plan.shifts}).values_list("pk", "name")
        )
        return cls(
            count=len(plan.answers),
            moves=[one for one in moves if one.is_own],
            third_moves=[one for one in moves if not one.is_own and one.has_moved],
            scores=_score_rows(plan),
            decisions=touched_decisions(appeal, "overturned" if _is_lost(appeal, plan) else "upheld", plan),
            lost=[(one.rule, one.occurrence) for one in plan.own_lost],
            third_lost=[(names.get(one.employee_id), one.rule, one.occurrence) for one in plan.third_lost],
            gained=[(names.get(one.employee_id), one.rule, one.occurrence) for one in plan.gained],
        )


def _is_lost(appeal, plan):
    if appeal.subject != Appeal.Subject.DECISION:
        return False
    cases = {one.case.pk for one in plan.own_lost}
    return Decision.objects.filter(pk=appeal.object_id, case_id__in=cases).exists()


def _score_rows(plan):
    """(name, period, before, after) of the overall scores: the appellant's, departments' and the company's."""
    rows = [change for change in own_scores(plan) if change.row.measure == OVERALL]
    names = names_of([change.row for change in rows], plan.appeal)
    return [(names[change.row.pk], change.row.period, change.before, change.after) for change in rows]


def names_of(scores, appeal):
    """{score id: whose it is}, one query for each kind of unit."""
    scores = list(scores)
    plain = {SubjectKind.EMPLOYEE: appeal.employee.name, SubjectKind.COMPANY: _("company")}
    names = {
        (kind, pk): name
        for kind, model in ((SubjectKind.DEPARTMENT, Department), (SubjectKind.SITE, Site))
        for pk, name in model.objects.filter(
            pk__in=[row.subject_id for row in scores if row.subject_kind == kind]
        ).values_list("pk", "name")
    }
    return {
        row.pk: plain.get(row.subject_kind) or names.get((row.subject_kind, row.subject_id), "")
        for row in scores
    }


def rate_rows(company, least_n):
    """Context of the published rates."""
    grounds, places = overturn_rates(company, least_n)
    names = dict(Department.objects.filter(company=company).values_list("pk", "name"))
    total = Appeal.objects.filter(company=company, state__in=Appeal.DECIDED)
    changed = total.exclude(outcome=Appeal.Outcome.UPHELD)
    return {
        "grounds": [(Appeal.Ground(one.key).label, one) for one in grounds if one.n],
        "places": [(names.get(one.key, ""), one) for one in places],
        "n": total.count(),
        "k": changed.count(),
        "least_n": least_n,
    }
