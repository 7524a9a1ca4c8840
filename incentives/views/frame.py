"""What the pages of this room share: the month in the address and its close."""

from django.utils import timezone

from core.period import Period
from incentives.models import Case
from scoring.models import Close


def month_in(request):
    """The month of the address, else the newest with cases in this company, else the one before this."""
    try:
        asked = Period.parse(request.GET.get("month", ""))
        if asked.kind == "month":
            return asked
    except ValueError:
        pass
    newest = (
        Case.objects.filter(company=request.company)
        .order_by("-period")
        .values_list("period", flat=True)
        .first()
    )
    return Period.parse(newest) if newest else Period.month_of(timezone.now()).previous()


def close_of(company, month):
    return Close.objects.filter(company=company, period=str(month)).first()
