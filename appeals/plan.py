"""What an outcome would change: recounted from the frozen inputs, nothing written (workflows: consequence preview)."""

from dataclasses import dataclass

from appeals.models import Appeal
from core.period import Period
from incentives.models import Decision
from incentives.services import appealed
from scoring.models import SubjectKind
from scoring.services import adjudication
from scoring.services.adjudication import Kind

FIGURES = ("k", "n", "status", "rank", "place")


@dataclass(frozen=True)
class Plan:
    """`recounts` per closed period; `shifts` of streaks; both empty when no answer is left out."""

    appeal: Appeal
    answers: tuple
    recounts: tuple
    shifts: tuple

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


def plan_for(appeal, answers):
    """The Plan without these answers."""
    answers = tuple(answers)
    if not answers:
        return Plan(appeal, (), (), ())
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
