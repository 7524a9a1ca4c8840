"""Leave an answer out of the counts: a person decides, in words; the answer itself stays as it is (fact 1)."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import record
from core.events import publish
from core.flow import Refused
from surveys.models import Exclusion

LEAST_REASON = 6


@transaction.atomic
def exclude(answer, *, reason, by, at):
    """Refused for answers about oneself (fact 6), without a reason, or when it is excluded already."""
    employee = getattr(by, "employee", None)
    if employee is not None and answer.employee_id == employee.pk:
        raise Refused(_("This answer is about you; somebody else must decide whether it counts."), code="own")
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise Refused(
            _("Write in a sentence how it was proven that this is not the customer's own answer."),
            field="reason",
        )
    try:
        with transaction.atomic():
            exclusion = Exclusion.objects.create(
                answer=answer, reason=reason[:500], excluded_by=by, excluded_at=at
            )
    except IntegrityError as already:
        raise Refused(_("This answer is left out already."), code="state") from already
    record("surveys.answer.excluded", answer, by=by, at=at)
    publish("surveys.answer_excluded", answer)
    return exclusion
