"""Contacts, needs, preferences, homes, consents: what is on file, and a form to add to it or correct it."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.numbering import id_in
from core.templatetags.manyi import day_name
from customers import services
from customers.dossier import words_of
from customers.forms.details import ConsentForm, ContactForm, HomeForm, NeedForm, PreferenceForm
from customers.forms.file import styled
from customers.models import Contact
from customers.policy import rules_of
from customers.rules import mask_contact
from customers.selectors.families import family_of
from customers.views.frame import attempt, file_to_change, posted
from customers.wording import need_in_words, preference_in_words
from organization.scopes import today


@dataclass(frozen=True)
class Item:
    """One line of the list above the form."""

    pk: int
    title: str
    detail: str = ""
    is_first: bool = False
    url: str = ""  # where it is changed, when not on this page


@dataclass(frozen=True)
class Noun:
    """Words and addresses of one kind of detail. `many` is the address of its page, `remove` of taking one off."""

    many: str
    remove: str
    title: object
    none: object
    add: object
    change: object = ""
    first: str = ""


def details_page(request, customer, noun, items, form, *, edited=None, status=200):
    context = {
        "customer": customer, "noun": noun, "items": items, "form": styled(form), "edited": edited,
    }  # fmt: skip
    return render(request, "customers/details.html", context, status=status)


def one_of(things, request, field="thing"):
    """The detail that the form or the address names, among those of this file; 404 for any other."""
    given = request.POST.get(field) or request.GET.get(field) or ""
    return get_object_or_404(things, pk=id_in(given) or 0)


def edited_of(things, request):
    return one_of(things, request) if request.GET.get("thing") else None


def _said(edited):
    return _("Corrected; the words before stay in the history.") if edited else _("Added to the file.")


def remove(request, pk, noun, relation, verb):
    customer = file_to_change(request, pk)
    verb(one_of(getattr(customer, relation), request), by=request.user, at=timezone.now())
    messages.success(request, _("Taken off the file; its history keeps it."))
    return redirect(noun.many, pk)


def contacts_noun():
    return Noun(
        "customer_contacts",
        "customer_contact_remove",
        _("Ways to reach this customer"),
        _("No further number, address or name yet"),
        _("Add to the file"),
        first="customer_contact_first",
    )


@require("customers.edit")
@require_http_methods(["GET", "POST"])
def customer_contacts(request, pk):
    customer = file_to_change(request, pk)
    form, status = ContactForm(posted(request)), 200
    if request.method == "POST":
        status = attempt(
            form,
            lambda: services.add_contact(customer, by=request.user, at=timezone.now(), **form.cleaned_data),
        )
        if status is None:
            messages.success(request, _("Added to the file."))
            return redirect("customer_contacts", pk)
    items = _basic_contacts(customer) + [
        Item(
            one.pk,
            mask_contact(one.kind, one.value),
            " · ".join(filter(None, (str(one.get_kind_display()), one.label))),
            one.is_primary,
        )
        for one in customer.contacts.all()
    ]
    return details_page(request, customer, contacts_noun(), items, form, status=status)


def _basic_contacts(customer):
    """The number and the address of the file itself: used first, changed with the basic data."""
    names, url = dict(Contact.Kind.choices), reverse("customer_edit", args=[customer.pk])
    return [
        Item(0, mask_contact(kind, value), f"{names[kind]} · {_('basic data')}", is_first=True, url=url)
        for kind in ("phone", "email")
        if (value := getattr(customer, kind))
    ]


@require("customers.edit")
@require_POST
def customer_contact_first(request, pk):
    customer = file_to_change(request, pk)
    services.make_primary(one_of(customer.contacts, request), by=request.user, at=timezone.now())
    messages.success(request, _("This one is used first from now on."))
    return redirect("customer_contacts", pk)


@require("customers.edit")
@require_POST
def customer_contact_remove(request, pk):
    return remove(request, pk, contacts_noun(), "contacts", services.remove_contact)


def needs_noun():
    return Noun(
        "customer_needs",
        "customer_need_remove",
        _("What this customer looks for"),
        _("Nothing written down yet"),
        _("Write down the need"),
        _("Correct the need"),
    )


@require("customers.edit")
@require_http_methods(["GET", "POST"])
def customer_needs(request, pk):
    customer = file_to_change(request, pk)
    rules, need = rules_of(customer.company, today()), edited_of(customer.needs, request)
    start = NeedForm.initial_of(need) if need else {"stated_on": today()}
    form, status = NeedForm(posted(request), rules=rules, initial=start), 200
    if request.method == "POST":
        status = attempt(form, lambda: _save_need(request, customer, need, form))
        if status is None:
            messages.success(request, _said(need))
            return redirect("customer", pk)
    items = [Item(one.pk, need_in_words(one, rules), one.note) for one in customer.needs.all()]
    return details_page(request, customer, needs_noun(), items, form, edited=need, status=status)


def _save_need(request, customer, need, form):
    facts = {"by": request.user, "at": timezone.now(), **form.facts()}
    return services.change_need(need, **facts) if need else services.record_need(customer, **facts)


@require("customers.edit")
@require_POST
def customer_need_remove(request, pk):
    return remove(request, pk, needs_noun(), "needs", services.remove_need)


def preferences_noun():
    return Noun(
        "customer_preferences",
        "customer_preference_remove",
        _("What this customer likes"),
        _("Nothing written down yet"),
        _("Write down what they like"),
        _("Correct it"),
    )


@require("customers.edit")
@require_http_methods(["GET", "POST"])
def customer_preferences(request, pk):
    customer = file_to_change(request, pk)
    rules, liked = rules_of(customer.company, today()), edited_of(customer.preferences, request)
    names = ("topic", "words", "stated_on")
    start = {name: getattr(liked, name) for name in names} if liked else {"stated_on": today()}
    form, status = PreferenceForm(posted(request), rules=rules, initial=start), 200
    if request.method == "POST":
        status = attempt(form, lambda: _save_preference(request, customer, liked, form))
        if status is None:
            messages.success(request, _said(liked))
            return redirect("customer", pk)
    items = [Item(one.pk, preference_in_words(one, rules)) for one in customer.preferences.all()]
    return details_page(request, customer, preferences_noun(), items, form, edited=liked, status=status)


def _save_preference(request, customer, liked, form):
    facts = {"by": request.user, "at": timezone.now(), **form.cleaned_data}
    if liked:
        return services.change_preference(liked, **facts)
    return services.record_preference(customer, **facts)


@require("customers.edit")
@require_POST
def customer_preference_remove(request, pk):
    return remove(request, pk, preferences_noun(), "preferences", services.remove_preference)


def homes_noun():
    return Noun(
        "customer_homes",
        "customer_home_remove",
        _("Homes of this customer"),
        _("No home on file yet"),
        _("Add the home"),
        _("Correct the home"),
    )


@require("customers.edit")
@require_http_methods(["GET", "POST"])
def customer_homes(request, pk):
    customer = file_to_change(request, pk)
    home = edited_of(customer.purchases, request)
    names = ("site", "unit", "signed_on", "handed_over_on")
    start = {name: getattr(home, name) for name in names} if home else {}
    form, status = HomeForm(posted(request), company=customer.company, initial=start), 200
    if request.method == "POST":
        status = attempt(form, lambda: _save_home(request, customer, home, form))
        if status is None:
            messages.success(request, _said(home))
            return redirect("customer", pk)
    found = customer.purchases.select_related("site")
    items = [Item(one.pk, f"{one.site} {one.unit}", _days(one)) for one in found]
    return details_page(request, customer, homes_noun(), items, form, edited=home, status=status)


def _days(home):
    signed = _("signed %(day)s") % {"day": day_name(home.signed_on)}
    if home.handed_over_on is None:
        return signed
    return f"{signed} · " + _("handed over %(day)s") % {"day": day_name(home.handed_over_on)}


def _save_home(request, customer, home, form):
    facts = {"by": request.user, "at": timezone.now(), **form.cleaned_data}
    return services.change_home(home, **facts) if home else services.record_home(customer, **facts)


@require("customers.edit")
@require_POST
def customer_home_remove(request, pk):
    return remove(request, pk, homes_noun(), "purchases", services.remove_home)


@require("customers.edit")
@require_http_methods(["GET", "POST"])
def customer_consent(request, pk):
    """What the customer agrees to: every word stays, the newest counts (CC-4.1)."""
    customer = file_to_change(request, pk)
    form, status = ConsentForm(posted(request), initial={"purpose": request.GET.get("purpose")}), 200
    if request.method == "POST":
        status = attempt(form, lambda: _save_consent(request, customer, form))
        if status is None:
            messages.success(request, _("The customer's word is kept."))
            return redirect("customer", pk)
    words = words_of(list(family_of(customer)))
    context = {"customer": customer, "form": styled(form), "words": words}
    return render(request, "customers/consent.html", context, status=status)


def _save_consent(request, customer, form):
    verb = services.give_consent if form.is_given else services.withdraw_consent
    given = form.cleaned_data
    verb(customer, purpose=given["purpose"], source=given["source"], by=request.user, at=timezone.now())
