"""Homes bought, reserved or looked after; their days decide the stage of the owner."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused
from core.period import SHANGHAI
from customers.models import Purchase
from customers.reaching import tidy_line
from customers.services.locking import locked

LONGEST_UNIT = 60


@transaction.atomic
def record_home(customer, *, site, unit, signed_on, by, at, handed_over_on=None):
    """Note a home. Whoever has one is no prospect any more."""
    found = locked(customer)
    home = Purchase(company=found.company, customer=found)
    _set(home, site=site, unit=unit, signed_on=signed_on, handed_over_on=handed_over_on, at=at)
    _save(home)
    if found.is_prospect:
        found.is_prospect = False
        found.save(update_fields=["is_prospect"])
    audit.record("customers.customer.home_recorded", found, by=by, at=at, data={"home": home.pk})
    return home


@transaction.atomic
def change_home(home, *, by, at, **facts):
    """Correct site, unit, signed_on or handed_over_on; what was there before stays in the history."""
    found, home = locked(home.customer), _still_there(home)
    names = ("site", "unit", "signed_on", "handed_over_on")
    _set(home, **({name: getattr(home, name) for name in names} | facts), at=at)
    _save(home)
    audit.record("customers.customer.home_changed", found, by=by, at=at, data={"home": home.pk})
    return home


@transaction.atomic
def remove_home(home, *, by, at):
    """Take a home off the file that never belonged there; the history keeps it."""
    found, home = locked(home.customer), _still_there(home)
    audit.record("customers.customer.home_removed", found, by=by, at=at, data={"home": home.pk})
    home.delete()


def _set(home, *, site, unit, signed_on, handed_over_on, at):
    if site.company_id != home.company_id:
        raise Refused(_("This project belongs to another company."), field="site")
    unit = tidy_line(unit, LONGEST_UNIT, "unit")
    if not unit:
        raise Refused(_("Write building and number of the home."), field="unit")
    if signed_on > at.astimezone(SHANGHAI).date():
        raise Refused(_("This day is yet to come. Record what has happened."), field="signed_on")
    if handed_over_on and handed_over_on < signed_on:
        raise Refused(_("Handed over before it was signed. Correct one of the days."), field="handed_over_on")
    home.site, home.unit, home.signed_on, home.handed_over_on = site, unit, signed_on, handed_over_on


def _save(home):
    try:
        with transaction.atomic():
            home.save()
    except IntegrityError:
        raise Refused(_("This home is on file already."), field="unit") from None


def _still_there(home):
    found = Purchase.objects.select_related("site").filter(pk=home.pk).first()
    if found is None:
        raise Refused(_("This is no longer on file. Reload the page."), code="state")
    return found
