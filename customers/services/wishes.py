"""What a customer looks for and likes (CC-3.1)."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.flow import Refused
from core.period import SHANGHAI
from customers.models import Need, Preference
from customers.policy import rules_of
from customers.reaching import tidy_line
from customers.services.locking import locked

LONGEST = {"wanted_by": 60, "note": 500, "words": 200}
LARGEST_AREA = 1_000_000
LARGEST_BUDGET = 10**15
NEED = ("home_type", "area_from", "area_to", "budget_from", "budget_to", "wanted_by", "note", "stated_on")
PREFERENCE = ("topic", "words", "stated_on")


@transaction.atomic
def record_need(customer, *, by, at, **facts):
    """Note what the customer looks for, as said on `stated_on` (today without one). Areas m², budgets fen."""
    found = locked(customer)
    values = _need({"stated_on": _day(at), **facts}, found, at)
    need = Need.objects.create(customer=found, recorded_by=by, recorded_at=at, **values)
    audit.record("customers.customer.need_recorded", found, by=by, at=at, data={"need": need.pk})
    return need


@transaction.atomic
def change_need(need, *, by, at, **facts):
    """Correct a need; the words before stay in the history. A new wish is a new need."""
    found, need = locked(need.customer), _still_there(need)
    values = _need({name: getattr(need, name) for name in NEED} | facts, found, at)
    _change(need, values)
    audit.record("customers.customer.need_changed", found, by=by, at=at, data={"need": need.pk})
    return need


@transaction.atomic
def remove_need(need, *, by, at):
    found, need = locked(need.customer), _still_there(need)
    audit.record("customers.customer.need_removed", found, by=by, at=at, data={"need": need.pk})
    need.delete()


@transaction.atomic
def record_preference(customer, *, by, at, **facts):
    """Note what the customer likes: `topic` of the policy's list, their `words`."""
    found = locked(customer)
    values = _preference({"stated_on": _day(at), **facts}, found, at)
    liked = Preference.objects.create(customer=found, recorded_by=by, recorded_at=at, **values)
    audit.record("customers.customer.preference_recorded", found, by=by, at=at, data={"preference": liked.pk})
    return liked


@transaction.atomic
def change_preference(liked, *, by, at, **facts):
    found, liked = locked(liked.customer), _still_there(liked)
    values = _preference({name: getattr(liked, name) for name in PREFERENCE} | facts, found, at)
    _change(liked, values)
    audit.record("customers.customer.preference_changed", found, by=by, at=at, data={"preference": liked.pk})
    return liked


@transaction.atomic
def remove_preference(liked, *, by, at):
    found, liked = locked(liked.customer), _still_there(liked)
    audit.record("customers.customer.preference_removed", found, by=by, at=at, data={"preference": liked.pk})
    liked.delete()


def _need(facts, customer, at):
    values = _tidied(facts, NEED, at)
    code = values.get("home_type") or ""
    if code and rules_of(customer.company, _day(at)).home_type(code) is None:
        raise Refused(_("Choose one of the types of home shown."), field="home_type")
    _check_range(values, "area_from", "area_to", LARGEST_AREA)
    _check_range(values, "budget_from", "budget_to", LARGEST_BUDGET)
    if not any(value not in (None, "") for name, value in values.items() if name != "stated_on"):
        raise Refused(_("Write at least one thing the customer looks for."), field="home_type")
    return values | {"home_type": code}


def _preference(facts, customer, at):
    values = _tidied(facts, PREFERENCE, at)
    if rules_of(customer.company, _day(at)).topic(values.get("topic", "")) is None:
        raise Refused(_("Choose one of the subjects shown."), field="topic")
    if not values.get("words"):
        raise Refused(_("Write what the customer likes."), field="words")
    return values


def _tidied(facts, known, at):
    if unknown := set(facts) - set(known):
        raise TypeError(f"not known: {sorted(unknown)}")
    values = {
        name: tidy_line(value, LONGEST[name], name) if name in LONGEST else value
        for name, value in facts.items()
    }
    if values["stated_on"] > _day(at):
        raise Refused(_("This day is still to come. Choose the day the customer said it."), field="stated_on")
    return values


def _check_range(values, low_name, high_name, largest):
    low, high = values.get(low_name), values.get(high_name)
    for name, value in ((low_name, low), (high_name, high)):
        if value is not None and not 0 <= value <= largest:
            raise Refused(_("This number cannot be right. Correct it."), field=name)
    if low is not None and high is not None and low > high:
        raise Refused(_("The second number is smaller than the first. Exchange them."), field=high_name)


def _change(thing, values):
    for name, value in values.items():
        setattr(thing, name, value)
    thing.save(update_fields=sorted(values))


def _still_there(thing):
    found = type(thing).objects.filter(pk=thing.pk).first()
    if found is None:
        raise Refused(_("This is no longer on file. Reload the page."), code="state")
    return found


def _day(at):
    return at.astimezone(SHANGHAI).date()
