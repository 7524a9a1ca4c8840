"""Messages about suggestions: to the author, to those who assess, to whoever is asked or carries it out."""

from django.urls import reverse
from django.utils import translation

from core.period import SHANGHAI
from improvements.models.suggestions import ASSESS
from improvements.suggestions import letters
from notifications.services.queueing import notify
from organization.selectors import employees_with_verb

OWN, DESK = "improvements.my_suggestion", "improvements.suggestion"


def tell_author(suggestion, what, at):
    _tell(
        suggestion.author, f"{OWN}_{what}", suggestion, at, suggestion.get_own_url(), letters.to_author, what
    )


def tell_assessors(suggestion, what, at, *, besides=()):
    """Everybody who may assess it, the author and those in `besides` (employee ids) left out."""
    day = at.astimezone(SHANGHAI).date()
    people = employees_with_verb(suggestion.company, ASSESS, day).exclude(
        pk__in=[suggestion.author_id, *besides]
    )
    tell_people(suggestion, people.select_related("user"), what, at)


def tell_people(suggestion, people, what, at):
    url = reverse("suggestion", args=[suggestion.pk])
    for employee in people:
        _tell(employee, f"{DESK}_{what}", suggestion, at, url, letters.to_colleague, what)


def _tell(employee, kind, suggestion, at, url, words, what):
    """Somebody without a login hears it from a colleague."""
    if employee is None or employee.user is None:
        return
    with translation.override(employee.user.language):
        subject, body = words(suggestion, what)
    notify(
        user=employee.user,
        company=suggestion.company,
        kind=kind,
        key=f"suggestion-{suggestion.pk}-{what}-{at.timestamp():.0f}",
        subject=subject,
        body=body,
        url=url,
        at=at,
    )
