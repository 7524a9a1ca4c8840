"""Numbers that people cite (TA-2610-004): gapless per company and series, taken in the caller's transaction."""

from django.db.models import F

from core.models import Counter


def next_number(company_id, series):
    """1, 2, 3 … within the company and series. The row stays locked until the caller commits."""
    counter = Counter.objects.filter(company_id=company_id, series=series)
    if not counter.update(last=F("last") + 1):
        Counter.objects.get_or_create(company_id=company_id, series=series)
        counter.update(last=F("last") + 1)
    return counter.values_list("last", flat=True).get()


def next_numbers(company_id, series, count):
    """A block of `count` consecutive numbers, as a range."""
    Counter.objects.get_or_create(company_id=company_id, series=series)
    counter = Counter.objects.filter(company_id=company_id, series=series)
    counter.update(last=F("last") + count)
    last = counter.values_list("last", flat=True).get()
    return range(last - count + 1, last + 1)


def numbered(prefix, company_id, day, *, width=4):
    """'TA-2610-0004': prefix, year and month of `day`, running number within that month."""
    month = f"{day:%y%m}"
    return f"{prefix}-{month}-{next_number(company_id, f'{prefix}-{month}'):0{width}d}"


def id_in(text):
    """The row id that an address or a form says, or None when it cannot be one: up to 18 digits fit every database."""
    return int(text) if text.isdecimal() and len(text) <= 18 else None
