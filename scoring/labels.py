"""What staff call an answer by: a number that says neither who gave it nor when it came."""

import hashlib
from collections import defaultdict

from surveys.models import Answer


def labels_of(company_id, employee_id, months):
    """{answer id: 'A3'}: numbered within the person's month, whoever asks and whatever was left out since.

    The order follows from the answers' own numbers and says nothing of who came first.
    """
    found = Answer.objects.filter(
        employee_id=employee_id, unfolding__company_id=company_id, unfolding__month__in=months
    )
    by_month = defaultdict(list)
    for pk, number, month in found.order_by().values_list("pk", "number", "unfolding__month"):
        by_month[month].append((pk, number))
    return {pk: label for rows in by_month.values() for pk, label in shuffled(employee_id, rows).items()}


def shuffled(salt, rows):
    """{id: 'A1'} over (id, number) rows, in an order that is always the same and follows no date."""
    digests = sorted((hashlib.sha256(f"{salt}/{number}".encode()).hexdigest(), pk) for pk, number in rows)
    return {pk: f"A{place}" for place, (_digest, pk) in enumerate(digests, start=1)}


def order_of(labels, pk):
    """Sorts by the number in the label; unlabelled ones stay as they are."""
    return int(labels[pk][1:]) if pk in labels else 0
