import re

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organization.models import Department, Employee, Site
from surveys.models import Campaign, QuestionnaireVersion

MOST_NUMBERS = 2000


class CampaignForm(forms.Form):
    """A wave or an ad-hoc survey: what is asked, who, until when."""

    AUDIENCES = [
        ("recent", _("recent buyers and prospects")),
        ("numbers", _("customers I pick by number")),
    ]
    title = forms.CharField(label=_("Name of the survey"), max_length=200)
    version = forms.ModelChoiceField(label=_("Questionnaire"), queryset=QuestionnaireVersion.objects.none())
    opens_on = forms.DateField(
        label=_("First day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    closes_on = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    audience = forms.ChoiceField(label=_("Who is asked"), choices=AUDIENCES, initial="recent")
    recent_days = forms.IntegerField(
        label=_("Buyers who signed in the last … days"), min_value=0, max_value=3660, required=False
    )
    prospects_days = forms.IntegerField(
        label=_("Prospects served in the last … days"), min_value=0, max_value=3660, required=False
    )
    numbers = forms.CharField(
        label=_("Customer numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One per line, or with commas between them."),
    )
    margin = forms.DecimalField(
        label=_("Margin of error, ± percentage points"),
        required=False,
        min_value=1,
        max_value=20,
        decimal_places=1,
        help_text=_("Leave empty to ask everybody."),
    )
    remind_after_days = forms.IntegerField(
        label=_("Remind once after … days"), required=False, min_value=1, max_value=60
    )

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        self.company = company
        self.fields["version"].queryset = QuestionnaireVersion.objects.filter(
            company=company, state=QuestionnaireVersion.State.PUBLISHED
        ).select_related("questionnaire")

    def clean_numbers(self):
        found = [number for number in re.split(r"[\s,，;；]+", self.cleaned_data["numbers"]) if number]
        if len(found) > MOST_NUMBERS:
            raise forms.ValidationError(_("At most 2,000 numbers."))
        return list(dict.fromkeys(found))

    def clean(self):
        data = super().clean()
        if data.get("opens_on") and data.get("closes_on") and data["closes_on"] < data["opens_on"]:
            self.add_error("closes_on", _("The last day lies before the first."))
        if data.get("audience") == "numbers" and not data.get("numbers"):
            self.add_error("numbers", _("Enter at least one customer number."))
        if data.get("audience") == "recent" and not (data.get("recent_days") or data.get("prospects_days")):
            self.add_error("recent_days", _("Enter days for buyers, for prospects, or both."))
        return data

    @property
    def audience_filter(self):
        """Campaign.audience as surveys/sampling.py describes it."""
        data = self.cleaned_data
        margin = data["margin"]
        picked = {"numbers": data["numbers"]}
        recent = {"recent_days": data["recent_days"] or 0, "prospects_days": data["prospects_days"] or 0}
        return (picked if data["audience"] == "numbers" else recent) | {
            "margin_bp": int(margin * 100) if margin else None,
            "remind_after_days": data["remind_after_days"] or 0,
        }

    @property
    def kind(self):
        return Campaign.Kind.ADHOC if self.cleaned_data["audience"] == "numbers" else Campaign.Kind.WAVE


def code_for(title, at):
    """A code nobody has to think up: words of the title where they are Latin, and the moment."""
    return f"{slugify(title)[:30] or 'survey'}-{at:%y%m%d%H%M%S}"


class OpenLinkForm(forms.Form):
    """A QR code: for a place, or a person."""

    label = forms.CharField(label=_("Where it hangs"), max_length=120)
    site = forms.ModelChoiceField(label=_("Place"), queryset=Site.objects.none(), required=False)
    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.none(), required=False
    )
    employee = forms.ModelChoiceField(
        label=_("Person served by"), queryset=Employee.objects.none(), required=False
    )

    def __init__(self, *args, company, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(company=company)
        self.fields["department"].queryset = Department.objects.filter(company=company, closed_on=None)
        self.fields["employee"].queryset = Employee.objects.filter(company=company, left_on=None)
        for name in ("site", "department", "employee"):
            self.fields[name].empty_label = gettext("Not set")


class ExclusionForm(forms.Form):
    reason = forms.CharField(
        label=_("How it was proven that this is not the customer's own answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
