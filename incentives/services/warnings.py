"""The warning ladder (CC-5.3, RE-5.3b): oral or written, counting until its last day or until it is lifted."""

from django.urls import reverse

from core.period import SHANGHAI, months_after
from incentives import letters
from incentives.models import Notice, Warning
from incentives.services.issuing import add_notice
from incentives.services.telling import tell


def give_warning(decision, index, effect, at):
    """Effect `warning`: on the person's record for so many months; a written one is a numbered document as well."""
    day = at.astimezone(SHANGHAI).date()
    warning, created = Warning.objects.get_or_create(
        decision=decision,
        effect=index,
        defaults={
            "company_id": decision.company_id,
            "employee_id": decision.employee_id,
            "department_id": decision.department_id,
            "level": effect["level"],
            "given_at": at,
            "expires_on": months_after(day, effect["months"]),
        },
    )
    if not created:
        return
    if warning.level == Warning.Level.WRITTEN:
        add_notice(
            decision, Notice.Kind.WARNING, lambda decision: letters.written_warning(decision, warning), at
        )
    tell(
        decision.employee,
        kind="incentives.warning",
        key=f"warning-{warning.pk}",
        at=at,
        url=reverse("my_points"),
        text=lambda: letters.warned(warning),
    )


def lift_warnings(decision, at):
    """Undo of the effect."""
    decision.warnings.filter(lifted_at=None).update(lifted_at=at)
