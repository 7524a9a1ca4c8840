"""Tell people in their own language; the text is built for each of them."""

from django.utils import translation

from notifications.services import notify


def tell(employee, *, kind, key, at, url, text):
    """`text()` gives (subject, body) in the language then active. Somebody without a login is told on paper."""
    user = employee.user
    if user is None:
        return
    with translation.override(user.language):
        subject, body = text()
    notify(
        user=user, company=employee.company, kind=kind, key=key, subject=subject, body=body, url=url, at=at
    )


def tell_all(employees, **message):
    for employee in employees:
        tell(employee, **message)
