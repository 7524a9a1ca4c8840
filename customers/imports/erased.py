"""Rows that would bring back a person who was erased: reported by row, for a person to decide."""

from django.utils.translation import gettext as _

from core.imports import RowError
from core.period import SHANGHAI
from customers.erased import key_of
from customers.models import Customer


def check_rows(rows, company):
    """An error for each number whose file was erased; 确认新客户 says that they are a customer again."""
    gone = dict(
        Customer.objects.filter(company=company)
        .exclude(erased_at=None)
        .values_list("erased_key", "erased_at")
    )
    gone.pop("", None)
    if not gone:
        return
    for row in rows:
        erased_at = gone.get(key_of(company.pk, row["number"]))
        if erased_at and not row["is_confirmed"]:
            sentence = _(
                "The person with this number was erased on %(day)s. Delete the row, or write 是 under 确认新客户"
                " if they are a customer again."
            )
            day = erased_at.astimezone(SHANGHAI).date().isoformat()
            yield RowError(row.number, "number", sentence % {"day": day})
