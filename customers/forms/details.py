"""Contacts, needs, preferences, homes and consents of a file."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.forms.file import DAY
from customers.models import Consent, Contact
from customers.wording import TEN_THOUSAND_YUAN, ten_thousands
from organization.models import Site

LARGEST_BUDGET = 1_000_000  # 万元
NOT_SAID = ("", _("not said yet"))


class ContactForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Contact.Kind.choices)
    value = forms.CharField(label=_("Number, address or name"), max_length=254)
    label = forms.CharField(
        label=_("Whose, or what for"),
        max_length=40,
        required=False,
        help_text=_("For example: office, wife."),
    )


class NeedForm(forms.Form):
    """Budgets are typed in 万元 and kept as whole fen."""

    home_type = forms.ChoiceField(label=_("Type of home"), required=False)
    area_from = forms.IntegerField(label=_("Area from, m²"), required=False, min_value=0)
    area_to = forms.IntegerField(label=_("Area to, m²"), required=False, min_value=0)
    budget_from = forms.DecimalField(
        label=_("Budget from, ten thousand yuan"), required=False, min_value=0, max_value=LARGEST_BUDGET,
        max_digits=11, decimal_places=4,
    )  # fmt: skip
    budget_to = forms.DecimalField(
        label=_("Budget to, ten thousand yuan"), required=False, min_value=0, max_value=LARGEST_BUDGET,
        max_digits=11, decimal_places=4,
    )  # fmt: skip
    wanted_by = forms.CharField(
        label=pgettext_lazy("of a purchase", "When"), max_length=60, required=False,
        help_text=_("In the customer's words, for example: before school starts."),
    )  # fmt: skip
    note = forms.CharField(
        label=pgettext_lazy("on a customer file", "Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    stated_on = forms.DateField(label=_("Said on"), widget=DAY)

    field_order = (
        "home_type", "stated_on", "area_from", "area_to", "budget_from", "budget_to", "wanted_by", "note",
    )  # fmt: skip

    def __init__(self, *args, rules, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["home_type"].choices = [NOT_SAID, *((one.code, str(one)) for one in rules.home_types)]

    @staticmethod
    def initial_of(need):
        names = ("home_type", "area_from", "area_to", "wanted_by", "note", "stated_on")
        found = {name: getattr(need, name) for name in names}
        for name in ("budget_from", "budget_to"):
            fen = getattr(need, name)
            found[name] = None if fen is None else Decimal(ten_thousands(fen))
        return found

    def facts(self):
        """Keyword arguments of record_need and change_need."""
        found = dict(self.cleaned_data)
        for name in ("budget_from", "budget_to"):
            found[name] = None if found[name] is None else int(found[name] * TEN_THOUSAND_YUAN)
        return found


class PreferenceForm(forms.Form):
    topic = forms.ChoiceField(label=_("Subject"))
    words = forms.CharField(label=_("What they like"), max_length=200)
    stated_on = forms.DateField(label=_("Said on"), widget=DAY)

    def __init__(self, *args, rules, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [(one.code, str(one)) for one in rules.preferences]


class HomeForm(forms.Form):
    site = forms.ModelChoiceField(
        label=_("Project"), queryset=Site.objects.none(), empty_label=_("choose the project")
    )
    unit = forms.CharField(label=_("Building and number"), max_length=60)
    signed_on = forms.DateField(label=_("Signed on"), widget=DAY)
    handed_over_on = forms.DateField(
        label=_("Handed over on"), required=False, widget=DAY, help_text=_("Empty until handed over.")
    )

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(company=company)


class ConsentForm(forms.Form):
    GIVE, WITHDRAW = "give", "withdraw"
    purpose = forms.ChoiceField(label=_("What for"), choices=Consent.Purpose.choices)
    word = forms.ChoiceField(
        label=_("What the customer said"),
        choices=((GIVE, _("agrees")), (WITHDRAW, _("does not want it"))),
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label=_("How you know"), max_length=60, help_text=_("A call, a form, a message, with its day.")
    )

    @property
    def is_given(self):
        return self.cleaned_data["word"] == self.GIVE
