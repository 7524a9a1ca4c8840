"""Counts per subject and measure, from the cells, or from the rating rows when the cells are to be checked."""

from collections import Counter

from django.db.models import Count, Sum

from core.period import Period
from scoring.models import Cell, Rating, SubjectKind
from scoring.rules import ITEM, SATISFIED
from scoring.selectors import COUNTED

ROWS = 5000


class FromCells:
    """The counts as they stand, kept while answers came in."""

    def __init__(self, company_id, period):
        self.cells = Cell.objects.filter(company_id=company_id, period=str(period), count__gt=0)

    def grouped(self, *columns, items=True, measures=None, modes=None):
        """Tuples (*columns, measure, value, count), summed over everything else."""
        cells = self.cells if items else self.cells.exclude(measure__startswith=ITEM)
        cells = cells if measures is None else cells.filter(measure__in=measures)
        cells = cells if modes is None else cells.filter(mode__in=modes)
        rows = cells.order_by().values_list(*columns, "measure", "value").annotate(total=Sum("count"))
        return rows.iterator(chunk_size=ROWS)


class FromRatings:
    """The same counts once more from the rating rows of the answers that count: cost grows with the answers."""

    def __init__(self, company_id, period):
        period = Period.parse(str(period))
        own = {
            f"answer__unfolding__{period.kind}": str(period),
            f"answer__unfolding__{COUNTED[period.kind]}": True,
        }
        self.ratings = Rating.objects.filter(answer__company_id=company_id, **own)

    def grouped(self, *columns, items=True, measures=None, modes=None):
        ratings = self.ratings if items else self.ratings.exclude(measure__startswith=ITEM)
        ratings = ratings if measures is None else ratings.filter(measure__in=measures)
        ratings = ratings if modes is None else ratings.filter(answer__mode__in=modes)
        fields = [f"answer__{column}" for column in columns]
        rows = ratings.order_by().values_list(*fields, "measure", "value").annotate(total=Count("pk"))
        for (
            row
        ) in rows:  # groups are few; a server-side cursor would make PostgreSQL plan for the first row only
            yield *(0 if key is None else key for key in row[: len(columns)]), *row[len(columns) :]


def subject_counts(source, company_id, tree):
    """{(subject kind, subject id): {measure: Counter of values}} of company, departments, sites and employees.

    A department holds what was answered about it and everything below it in `tree`, (id, parent id) pairs.
    Four GROUP BY statements, whatever the number of subjects.
    """
    counts = {(SubjectKind.COMPANY, company_id): _by_measure(source.grouped())}
    counts |= _by_subject(SubjectKind.DEPARTMENT, source.grouped("department_id"), _lines(tree))
    counts |= _by_subject(SubjectKind.SITE, source.grouped("site_id", items=False))
    counts |= _by_subject(SubjectKind.EMPLOYEE, source.grouped("employee_id", items=False))
    return counts


def _by_measure(rows):
    found = {}
    for measure, value, count in rows:
        found.setdefault(measure, Counter())[value] += count
    return found


def _by_subject(kind, rows, lines=None):
    """Rows (subject id, measure, value, count); 0 is nobody. With `lines` every row counts for the whole line up."""
    found = {}
    for own, measure, value, count in rows:
        for subject in (lines or {}).get(own, (own,)) if own else ():
            found.setdefault((kind, subject), {}).setdefault(measure, Counter())[value] += count
    return found


def _lines(tree):
    """{department: (itself, its parent, … the top)}."""
    parents = dict(tree)
    lines = {}
    for department in parents:
        line = []
        while department is not None and department not in line:
            line.append(department)
            department = parents.get(department)
        lines[line[0]] = tuple(line)
    return lines


def rank_counts(source, employee_ids, modes):
    """{employee id: (k, n)} over the answers of these collection modes: satisfied, and all that say yes or no."""
    members, counts = set(employee_ids), {}
    for employee_id, _measure, value, count in source.grouped(
        "employee_id", measures=[SATISFIED], modes=list(modes)
    ):
        if employee_id in members:
            k, n = counts.get(employee_id, (0, 0))
            counts[employee_id] = (k + count * value, n + count)
    return {employee_id: counts.get(employee_id, (0, 0)) for employee_id in members}
