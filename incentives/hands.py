"""Who had a hand in a decision before its vote, and whether the last statement is answered: read from the log."""

from audit.models import AuditRow
from organization.models import Employee

#: verbs by which HR gives a decision its shape
SHAPING = tuple(f"incentives.decision.{name}" for name in ("propose", "amend", "write_opinion"))


def shapers_of(decision):
    """Employee ids of whoever proposed it, chose its grade or wrote HR's view: they do not vote on it (fact 6)."""
    rows = AuditRow.objects.filter(model="incentives.decision", object_id=decision.pk, verb__in=SHAPING)
    return set(Employee.objects.filter(user__in=rows.values("actor")).values_list("pk", flat=True))


def awaits_opinion(decision, hearing):
    """A statement was made to which HR has not written its view since; an older view answers an older statement."""
    if hearing is None or hearing.stated_at is None:
        return False
    written = AuditRow.objects.filter(
        model="incentives.decision", object_id=decision.pk, verb="incentives.decision.write_opinion"
    )
    return not (decision.opinion and written.filter(at__gte=hearing.stated_at).exists())
