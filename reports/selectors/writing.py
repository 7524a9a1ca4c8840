"""What the writer may choose from: comments already in the draft, and others of the month, under their dimensions."""

from dataclasses import dataclass

from core.period import Period
from reports import wording
from reports.selectors import comments
from reports.selectors.figures import dimensions_of
from scoring.models import Rating

OTHERS = 40


@dataclass(frozen=True)
class Choice:
    """One comment to tick: `value` is 'measure:kind:answer id'."""

    value: str
    comment: comments.Comment
    dimension: str
    kind: str
    is_chosen: bool


@dataclass(frozen=True)
class Choices:
    items: list

    @property
    def fields(self):
        return [(item.value, item.value) for item in self.items]

    @property
    def chosen(self):
        return [item.value for item in self.items if item.is_chosen]


def choices_of(report):
    period, company = Period.parse(report.period), report.company
    named = {dimension.code: wording.named(dimension) for dimension in dimensions_of(company, period)}
    chosen = [entry for entry in report.comments if entry["measure"] in named]
    others = _others(report, period, named, {entry["answer"] for entry in chosen})
    shown = comments.by_answer(company, [entry["answer"] for entry in [*chosen, *others]])
    items = [
        Choice(
            value=f"{entry['measure']}:{entry['kind']}:{entry['answer']}",
            comment=shown[entry["answer"]],
            dimension=named[entry["measure"]],
            kind=entry["kind"],
            is_chosen=entry in chosen,
        )
        for entry in [*chosen, *others]
        if entry["answer"] in shown
    ]
    return Choices(items)


def _others(report, period, named, taken):
    """Further comments of the month, each under the dimension that was rated lowest in its answer."""
    answers = [text.answer_id for text in comments.candidates(report.company_id, period, limit=OTHERS)]
    values = {}
    for answer, measure, value in Rating.objects.filter(answer__in=answers, measure__in=named).values_list(
        "answer_id", "measure", "value"
    ):
        values.setdefault(answer, []).append((value, measure))
    found = []
    for answer in answers:
        if answer in taken or answer not in values:
            continue
        taken.add(answer)
        value, measure = min(values[answer])
        found.append({"measure": measure, "kind": "low" if value <= 3 else "high", "answer": answer})
    return found
