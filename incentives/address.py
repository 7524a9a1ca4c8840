"""What the addresses of the execution list and of the ledger have in common: month, department, words."""

from dataclasses import dataclass

from django.db.models import Q

from core.numbering import id_in
from core.period import Period


@dataclass
class AddressFilters:
    """What an address narrows a list to; impossible values are ignored."""

    month: Period | None = None
    department: str = ""
    words: str = ""

    @classmethod
    def of(cls, params):
        """From the parameters of an address (a QueryDict)."""
        return cls(**cls.read(params))

    @classmethod
    def read(cls, params):
        """{field: value}; a list with further filters adds its own."""
        return {
            "month": _month(params.get("month", "")),
            "department": str(id_in(params.get("department", "")) or ""),
            "words": params.get("within", "").strip()[:60],
        }

    def narrow(self, rows, *numbers):
        """Rows that count for the month, of the department, and with the words in a name or one of these `numbers`."""
        if self.month:
            rows = rows.filter(counts_for=str(self.month))
        if self.department:
            rows = rows.filter(department_id=self.department)
        if self.words:
            match = Q(employee__name__icontains=self.words)
            for field in numbers:
                match |= Q(**{f"{field}__icontains": self.words})
            rows = rows.filter(match)
        return rows


def _month(text):
    try:
        return Period.parse(text)
    except ValueError:
        return None


def chosen(value, known):
    """The value where it is one of those known, else ''."""
    return value if value in known else ""
