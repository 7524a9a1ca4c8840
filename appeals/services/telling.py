"""Messages about appeals: to the employee, to HR's appeal officers, to those who decide."""

from django.urls import reverse

from appeals import letters, subjects
from core.period import SHANGHAI
from incentives.services.telling import tell, tell_all
from organization.selectors import employees_with_verb


def tell_appellant(appeal, what, at):
    tell(
        appeal.employee,
        kind=f"appeals.{what}",
        key=f"appeal-{appeal.pk}-{what}-{at.timestamp():.0f}",
        at=at,
        url=appeal.get_own_url(),
        text=lambda: letters.to_appellant(appeal, what),
    )


def tell_those_with(verb, appeal, what, at, *, besides=()):
    """Everybody who holds the verb, the employee and those named in `besides` left out."""
    people = employees_with_verb(appeal.company, verb, at.astimezone(SHANGHAI).date())
    people = people.exclude(pk__in=[appeal.employee_id, *besides]).select_related("user", "company")
    tell_all(
        people,
        kind=f"appeals.{what}",
        key=f"appeal-{appeal.pk}-{what}-{at.astimezone(SHANGHAI).date()}",
        at=at,
        url=appeal.get_absolute_url(),
        text=lambda: letters.to_colleague(appeal, what),
    )


def tell_moved(appeal, changes, at):
    """Colleagues whose own place was corrected: what it was, what it is, until when they may object; no names."""
    until = subjects.Windows(appeal.company).after(at)
    by_person = {}
    for change in changes:
        by_person.setdefault(change.row.employee_id, []).append(change)
    for found in by_person.values():
        tell(
            found[0].row.employee,
            kind="appeals.moved",
            key=f"appeal-{appeal.pk}-moved",
            at=at,
            url=reverse("my_appeals"),
            text=lambda found=found: letters.moved(found, until),
        )
