"""What an outcome would change: recounted from the frozen inputs, nothing written (workflows: consequence preview)."""

from dataclasses import dataclass, replace

from appeals.models import Appeal
from complaints.models import Finding, Verdict
from complaints.services.findings import wanted_finding
from core.period import Period
from incentives.models import Decision
from incentives.services import appealed, ladder
from incentives.services.regrading import Regrading, regraded
from scoring.models import SubjectKind
from scoring.services import adjudication
from scoring.services.adjudication import Kind

FIGURES = ("k", "n", "status", "rank", "place")


@dataclass(frozen=True)
class Plan:
    """`recounts` per closed period; `shifts` of streaks; both empty when no answer is left out.

    `figures` {verdict, cause, severity} of a corrected finding and the `regrading` of what rests on it, both None
    otherwise; `steps` are later warnings of the appellant that become milder.
    """

    appeal: Appeal
    answers: tuple = ()
    recounts: tuple = ()
    shifts: tuple = ()
    figures: dict | None = None
    regrading: Regrading | None = None
    steps: tuple = ()

    @property
    def own_lost(self):
        """The appellant's cases that no longer follow."""
        return [one for one in self.shifts if one.is_lost and one.employee_id == self.appeal.employee_id]

    @property
    def third_lost(self):
        return [one for one in self.shifts if one.is_lost and one.employee_id != self.appeal.employee_id]

    @property
    def gained(self):
        return [one for one in self.shifts if not one.is_lost]

    def standings(self):
        return [change for found in self.recounts for change in found.of(Kind.STANDING)]

    def scores(self):
        return [change for found in self.recounts for change in found.of(Kind.SCORE)]

    def third_moves(self):
        """Standings of everybody else whose rank or place changes."""
        return [
            change
            for change in self.standings()
            if change.row.employee_id != self.appeal.employee_id
            and (change.before["rank"], change.before["place"])
            != (change.after["rank"], change.after["place"])
        ]

    def third_people(self):
        """Ids of everybody else whose rank, place or case changes."""
        moved = {change.row.employee_id for change in self.third_moves()}
        moved |= {one.employee_id for one in self.shifts}
        return moved - {self.appeal.employee_id}

    def own_decisions(self):
        """Live decisions on the appellant that no longer follow, the appealed one left out."""
        live = Decision.objects.live().filter(case__in=[one.case for one in self.own_lost])
        return list(live.select_related("employee", "rule__clause", "case").order_by("pk"))

    def as_json(self):
        """What was shown, by ids and whole numbers, so that signing can see whether it still holds."""
        return self._counted() | self._of_finding() | self._of_ladder()

    def _of_finding(self):
        if self.regrading is None:
            return {}
        found = {
            **self.figures,
            "standing": [hold.case.pk for hold in self.regrading.standing],
            "lost": [
                {"case": hold.case.pk, "decision": hold.decision.pk if hold.decision else None}
                for hold in self.regrading.lost
            ],
            "gained": [
                {"rule": rule.code, "effects": effects} for rule, _hit, effects in self.regrading.gained
            ],
        }
        return {"finding": found}

    def _of_ladder(self):
        if not self.steps:
            return {}
        return {"steps": [{"decision": one.decision.pk, "effects": one.effects} for one in self.steps]}

    def _counted(self):
        return {
            "answers": sorted(answer.pk for answer in self.answers),
            "standings": [_line(change.row.employee_id, change) for change in self.standings()],
            "scores": [
                {
                    "subject": str(change.row.subject_kind),
                    "id": change.row.subject_id,
                    "period": change.row.period,
                    "measure": change.row.measure,
                    "before": [change.before["k"], change.before["n"]],
                    "after": [change.after["k"], change.after["n"]],
                }
                for change in self.scores()
            ],
            "lost": [
                {"case": one.case.pk, "employee": one.employee_id, "occurrence": one.occurrence}
                for one in self.shifts
                if one.is_lost
            ],
            "gained": [
                {"rule": one.rule.code, "employee": one.employee_id, "occurrence": one.occurrence}
                for one in self.gained
            ],
        }


def _line(employee_id, change):
    return {
        "employee": employee_id,
        "period": change.row.period,
        "before": {name: change.before[name] for name in FIGURES},
        "after": {name: change.after[name] for name in FIGURES},
    }


def plan_for(appeal, answers=(), *, outcome="", effects=(), finding=None, at=None):
    """The Plan of an outcome without these answers.

    `effects` as `appealed.vary` takes them; `finding` {verdict, severity} of a changed one, judged as of `at`. Refused
    when that is none.
    """
    figures = figures_of(appeal, outcome, finding or {}, at)
    plan = _without(appeal, tuple(answers))
    if figures is not None:
        found = _finding(appeal)
        plan = replace(plan, figures=figures, regrading=regraded(found, figures, at))
    withdrawn = withdrawn_by(appeal, outcome, plan)
    return replace(plan, steps=tuple(ladder.steps_without(appeal.employee_id, withdrawn)))


def _finding(appeal):
    related = Finding.objects.select_related("case", "allegation", "company")
    return related.prefetch_related("adjudications").get(pk=appeal.object_id)


def figures_of(appeal, outcome, wanted, at):
    """{verdict, cause, severity} that the appealed finding has by this outcome; None where it keeps what it has.

    A finding under investigation again is no fact, and nothing rests on what it said.
    """
    if appeal.subject != Appeal.Subject.FINDING or outcome not in ("varied", "overturned"):
        return None
    found = _finding(appeal)
    if outcome == "overturned":
        is_fact = found.state == Finding.State.CONFIRMED and found.now.verdict != Verdict.NOT
        return {"verdict": Verdict.NOT.value, "cause": "", "severity": ""} if is_fact else None
    return wanted_finding(found, wanted.get("verdict", ""), wanted.get("severity", ""), at)


def withdrawn_by(appeal, outcome, plan):
    """The appellant's live decisions that this outcome takes back, each once."""
    found = {one.pk: one for one in plan.own_decisions()}
    if plan.regrading is not None:
        found |= {one.pk: one for one in plan.regrading.withdrawn}
    elif appeal.subject == Appeal.Subject.FINDING and outcome == "overturned":
        found |= {one.pk: one for one in resting_on_finding(appeal)}
    if appeal.subject == Appeal.Subject.DECISION and outcome in ("varied", "overturned"):
        own = Decision.objects.select_related("employee", "rule__clause", "case").get(pk=appeal.object_id)
        is_undone = outcome == "overturned" or own.state != Decision.State.SUSPENDED
        if is_undone and own.state not in Decision.DEAD:
            found.setdefault(own.pk, own)
    return list(found.values())


def resting_on_finding(appeal):
    """Live decisions on the appellant that rest on the finding."""
    live = Decision.objects.live().filter(
        employee_id=appeal.employee_id, case__evidence__finding_id=appeal.object_id
    )
    return list(live.select_related("employee", "rule__clause", "case").order_by("pk"))


def _without(appeal, answers):
    if not answers:
        return Plan(appeal)
    ids = [answer.pk for answer in answers]
    recounts = tuple(adjudication.recount(close, ids) for close in adjudication.closes_with(answers))
    return Plan(appeal, answers, recounts, tuple(_shifts(appeal, recounts)))


def _shifts(appeal, recounts):
    changed = [change for found in recounts for change in found.of(Kind.STANDING)]
    if not changed:
        return []
    figures = _figures(appeal.company_id, recounts)
    months = sorted({Period.parse(change.row.period) for change in changed}, key=lambda month: month.number)
    return appealed.shifts(appeal.company, months, figures)


def _figures(company_id, recounts):
    """All adjudicated figures in force, and on top those of the recount."""
    known = adjudication.of_company(company_id)
    for found in recounts:
        for change in found.changes:
            if change.kind in known:
                known[change.kind][change.row.pk] = change.after
    return known


def own_scores(plan):
    """Changes of the appellant's own scores and of units above them."""
    own = SubjectKind.EMPLOYEE
    return [
        change
        for change in plan.scores()
        if change.row.subject_kind != own or change.row.subject_id == plan.appeal.employee_id
    ]
