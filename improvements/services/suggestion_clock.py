"""Tick: who assesses is reminded once when a suggestion is overdue."""

from django.db import transaction

from improvements.models import Suggestion
from improvements.services.suggestion_telling import tell_assessors

MOST = 200


def remind_overdue(at):
    """Remind of each once; returns how many."""
    late = Suggestion.objects.overdue(at).filter(reminded_at=None).order_by("due_at", "pk")
    return sum(_remind(pk, at) for pk in list(late.values_list("pk", flat=True)[:MOST]))


@transaction.atomic
def _remind(pk, at):
    if not Suggestion.objects.overdue(at).filter(pk=pk, reminded_at=None).update(reminded_at=at):
        return 0
    tell_assessors(Suggestion.objects.select_related("company", "author").get(pk=pk), "late", at)
    return 1
