"""A suggestion and an inspection of a company on the incentives stage, as other companies' people may not see them."""

from improvements.models import (
    Inspection,
    InspectionFile,
    InspectionFinding,
    InspectionItem,
    MeasuredEffect,
    Suggestion,
)
from jobs import attachments
from tests.factories import at


def suggestion_of(stage):
    """A suggestion with its effect measured; its author is the best."""
    counts = {"before_k": 1, "before_n": 2, "after_k": 2, "after_n": 2}
    days = dict.fromkeys(("before_first", "before_last", "after_first", "after_last"), at().date())
    suggestion = Suggestion.objects.create(
        company=stage.company, number="YG-1", key="one", author=stage.best, department=stage.sales, problem="一",
        proposal="二", expected="三", entered_by=stage.hr, submitted_at=at(), due_at=at(),
    )  # fmt: skip
    effect = MeasuredEffect.objects.create(
        suggestion=suggestion, company=stage.company, measure="overall", subject_kind="company",
        subject_id=stage.company.pk, level_bp=9500, difference=0.5, low=0.1, high=0.9, p=0.01,
        measured_by=stage.hr, measured_at=at(), **counts, **days,
    )  # fmt: skip
    Suggestion.objects.update(
        effect=effect, state=Suggestion.State.MEASURED, measured_by=stage.hr, implemented_on=at().date(),
        implemented_at=at(), measure="overall", subject_kind="company", subject_id=stage.company.pk, window_days=30,
    )  # fmt: skip


def inspection_of(stage):
    """One that waits for the head's answer, with a finding and a photo."""
    inspection = Inspection.objects.create(
        company=stage.company,
        number="XC-1",
        department=stage.sales,
        checklist_code="service",
        checklist={"pass_bp": 8000, "partly_bp": 5000},
        state=Inspection.State.SUBMITTED,
        planned_on=at().date(),
        held_on=at().date(),
        planned_at=at(),
        submitted_at=at(),
        submitted_by=stage.hr,
        answer_due_at=at(),
    )
    item = InspectionItem.objects.create(
        inspection=inspection, place=1, code="a", name="一", area="rules", points=1, result="not_met"
    )
    InspectionFinding.objects.create(
        company=stage.company, inspection=inspection, department=stage.sales, item=item, found_at=at()
    )
    content = b"%PDF-1.4\n%%EOF\n"
    kept = attachments.keep(company=stage.company, content=content, name="b.pdf", by=stage.hr, at=at())
    InspectionFile.objects.create(inspection=inspection, item=item, attachment=kept)
