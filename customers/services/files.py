"""A new file, and its first facts."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused
from core.numbering import numbered
from core.period import SHANGHAI
from customers.models import Customer
from customers.reaching import tidy_email, tidy_line, tidy_name, tidy_phone
from customers.selectors.families import files_with_phone
from customers.services.locking import locked

LONGEST_NUMBER = 40
OLDEST_YEAR = 1900
TIDY = {"name": tidy_name, "phone": tidy_phone, "email": tidy_email}
FIELDS = ("name", "phone", "email", "language", "birthday", "is_prospect")


@transaction.atomic
def create_customer(*, company, name, by, at, number="", is_confirmed=False, **facts):
    """Open a file. Without a number the next free one is given.

    `facts`: phone, email, language, birthday, is_prospect. A telephone number that is on file already is Refused with
    the code "twin", unless `is_confirmed` says that it is somebody else.
    """
    values = _tidied({"name": name, **facts}, at)
    if values.get("phone") and not is_confirmed and files_with_phone(company, values["phone"]).exists():
        raise Refused(
            _("A file with this number exists. Open it, or confirm below that this is somebody else."),
            code="twin",
            field="phone",
        )
    customer = Customer(company=company, created_at=at, **{"language": settings.LANGUAGE_CODE, **values})
    customer.number = tidy_number(number) or _next_number(company, at)
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            _("There is a customer with this number. Open that file, or choose another number."),
            field="number",
        ) from None
    audit.record("customers.customer.created", customer, by=by, at=at)
    return customer


@transaction.atomic
def change_customer(customer, *, by, at, **facts):
    """Change those of FIELDS that are given; what was there before stays in the history."""
    found = locked(customer)
    changed = {name: value for name, value in _tidied(facts, at).items() if value != getattr(found, name)}
    if not changed:
        return found
    for name, value in changed.items():
        setattr(found, name, value)
    found.save(update_fields=sorted(changed))
    audit.record("customers.customer.changed", found, by=by, at=at, data={"fields": sorted(changed)})
    return found


def tidy_number(typed):
    number = tidy_line(typed, LONGEST_NUMBER, "number")
    if " " in number:
        raise Refused(_("A number holds no blanks. Write it without them."), field="number")
    return number


def _tidied(facts, at):
    if unknown := set(facts) - set(FIELDS):
        raise TypeError(f"not a fact of a customer file: {sorted(unknown)}")
    values = {name: TIDY[name](value) if name in TIDY else value for name, value in facts.items()}
    if values.get("language", settings.LANGUAGE_CODE) not in dict(settings.LANGUAGES):
        raise Refused(_("Choose one of the languages shown."), field="language")
    birthday = values.get("birthday")
    if birthday and not OLDEST_YEAR <= birthday.year <= at.astimezone(SHANGHAI).year:
        raise Refused(_("This birthday cannot be right. Correct the year."), field="birthday")
    return values


def _next_number(company, at):
    """Numbers that came with an import are passed over."""
    while True:
        number = numbered("C", company.pk, at.astimezone(SHANGHAI).date())
        if not Customer.objects.filter(company=company, number=number).exists():
            return number
