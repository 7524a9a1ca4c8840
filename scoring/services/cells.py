"""Adding to the counts. The one place with SQL by hand: an upsert that adds cannot be said in the ORM."""

from django.db import connection
from django.db.models import F

from scoring.models import Cell

KEY = (
    "company_id",
    "period",
    "measure",
    "employee_id",
    "department_id",
    "site_id",
    "segment",
    "mode",
    "value",
)
ROWS_PER_STATEMENT = 500


def add_counts(company, counts):
    """Add to cells, making those that are new; `counts` maps (period, measure, employee_id, department_id, site_id,
    segment, mode, value) to a positive number. Understood by SQLite and PostgreSQL alike.
    """
    table = connection.ops.quote_name(Cell._meta.db_table)
    columns = ", ".join((*KEY, "count"))
    row = "(" + ", ".join(["%s"] * (len(KEY) + 1)) + ")"
    waiting = sorted(counts.items())
    with connection.cursor() as cursor:
        for start in range(0, len(waiting), ROWS_PER_STATEMENT):
            rows = waiting[start : start + ROWS_PER_STATEMENT]
            cursor.execute(
                f"INSERT INTO {table} ({columns}) VALUES {', '.join([row] * len(rows))} "  # noqa: S608  names of our own
                f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET count = {table}.count + excluded.count",
                [value for key, count in rows for value in (company.pk, *key, count)],
            )


def take_back(company, keys):
    """One less in each of these cells (keys as in `add_counts`); the table's CHECK refuses to go below zero."""
    for key in sorted(keys):
        Cell.objects.filter(company=company, **dict(zip(KEY[1:], key, strict=True))).update(
            count=F("count") - 1
        )
