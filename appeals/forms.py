from itertools import groupby

from django import forms
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from appeals import rules
from appeals.models import Appeal
from complaints.forms.fields import FilesField, text_area
from complaints.models import Verdict
from complaints.rules import AGAINST, is_milder
from incentives.wording import effect_text
from jobs.attachments import TYPES

GROUND_HINTS = {
    "fact": _("it did not happen like this"),
    "data": _("answers, counts or attribution"),
    "person": _("somebody else served the customer"),
    "procedure": _("not heard, or somebody should have stood aside"),
    "rule": _("this clause should not apply"),
}
UPHELD = ("upheld", _("Uphold: it stands unchanged"))
VARIED = ("varied", _("Change: it is changed"))
OVERTURNED = ("overturned", _("Withdraw: it is withdrawn"))
#: figures are corrected or they are not
OUTCOMES = {
    Appeal.Subject.DECISION: (UPHELD, VARIED, OVERTURNED),
    Appeal.Subject.FINDING: (UPHELD, VARIED, OVERTURNED),
    Appeal.Subject.SCORE: (UPHELD, VARIED),
    Appeal.Subject.STANDING: (UPHELD, VARIED),
    Appeal.Subject.ANSWER: (UPHELD, VARIED),
}
LONGEST = 4000


class AppealForm(forms.Form):
    """What the employee writes; only filing asks for everything, a draft may be half done."""

    grounds = forms.MultipleChoiceField(
        label=_("Grounds of the appeal"),
        help_text=_("You may choose several."),
        choices=Appeal.Ground.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = forms.CharField(
        label=_("What is right in your view"),
        max_length=LONGEST,
        required=False,
        widget=text_area(6),
    )
    disputed = forms.MultipleChoiceField(
        label=_("Answers you dispute"), required=False, widget=forms.CheckboxSelectMultiple
    )
    files = FilesField(accept=",".join(TYPES))
    wish = forms.ChoiceField(
        label=_("What should happen"),
        choices=[("", _("Choose one")), *Appeal.Wish.choices],
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    plea = forms.CharField(
        label=_("Why it comes late"),
        help_text=_("The time to object has passed; the chair decides whether it is still admitted."),
        max_length=1000,
        required=False,
        widget=text_area(3),
    )

    def __init__(self, *args, answers=(), is_late=False, policy=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.policy = policy
        self.answers = answers
        self.fields["disputed"].choices = [(one.key, one.label) for one in answers]
        self.fields["files"].label = pgettext("appeal", "Evidence")
        self.fields["files"].help_text = gettext("Pictures, recordings, PDF; at most 15 MB each.")
        self.fields["text"].help_text = gettext(
            "When, who was there, what you did. At least %(count)s characters."
        ) % {"count": policy.least_text if policy else 10}
        if not is_late:
            del self.fields["plea"]

    def add_missing(self):
        """All that filing still needs, each beside its field, not one thing at a time."""
        given = {name: self.cleaned_data.get(name) or "" for name in ("grounds", "text", "wish")}
        lacking = list(rules.missing(least_text=self.policy.least_text, **given))
        if "plea" in self.fields and len((self.cleaned_data.get("plea") or "").strip()) < rules.LEAST_REASON:
            lacking.append(("plea", gettext("Write why the appeal comes late.")))
        for field, sentence in lacking:
            if field not in self.errors:
                self.add_error(field, sentence)

    def ground_options(self):
        for option in self["grounds"]:
            yield option, GROUND_HINTS[option.data["value"]]

    def answers_by_month(self):
        """[(month, [(option, answer)])] as they are ticked."""
        pairs = zip(self["disputed"], self.answers, strict=True)
        return [(month, list(found)) for month, found in groupby(pairs, key=lambda pair: pair[1].month)]

    def disputed_ids(self):
        wanted = set(self.cleaned_data["disputed"])
        return [one.answer.pk for one in self.answers if one.key in wanted]


class ReasonForm(forms.Form):
    """One text, for the steps that ask for nothing else."""

    reason = forms.CharField(max_length=LONGEST, required=False, widget=text_area(3))

    def __init__(self, *args, label, help_text="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = help_text


class RatingForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=_("How well was your appeal handled?"),
        choices=[(value, str(value)) for value in range(1, 6)],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Your remark (optional)"), max_length=500, required=False, widget=text_area(2)
    )


class EvidenceForm(forms.Form):
    files = FilesField(accept=",".join(TYPES))

    def clean_files(self):
        found = self.cleaned_data["files"]
        if not found:
            raise forms.ValidationError(gettext("Choose at least one file."))
        return found


#: what a finding may be changed to; that it is not substantiated is said by withdrawing it
CHANGED_TO = (Verdict.SUBSTANTIATED, Verdict.PARTLY, Verdict.UNDETERMINED)


class FindingForm(forms.Form):
    """What the finding would be; choices are those that are milder than what holds. Looking changes nothing."""

    verdict = forms.ChoiceField(
        label=_("The finding would be"),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose what the finding would be.")},
    )
    severity = forms.ChoiceField(
        label=_("Severity"),
        help_text=_("Only where something is found true."),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args, finding, rules, **kwargs):
        """`rules`: the ComplaintRules of today."""
        super().__init__(*args, **kwargs)
        self.now = finding.now
        self.severities = [one.code for one in rules.severities]
        self.fields["verdict"].choices = [
            (one.value, one.label) for one in CHANGED_TO if self._is_open(one.value)
        ]
        self.fields["severity"].choices = [("", "—"), *((one.code, str(one)) for one in rules.severities)]

    def _is_open(self, verdict):
        degrees = self.severities if verdict in AGAINST else [""]
        now = (self.now.verdict, self.now.severity)
        return any(is_milder((verdict, degree), now, self.severities) for degree in degrees)

    def clean(self):
        cleaned = super().clean()
        wanted = cleaned.get("verdict", ""), cleaned.get("severity", "")
        if wanted[0] in AGAINST and not wanted[1]:
            self.add_error("severity", gettext("Choose how severe it is."))
        elif wanted[0] and not self.errors and not self._is_milder(wanted):
            self.add_error(
                "severity",
                gettext(
                    "Choose a milder finding than the present one: another verdict, or a lower severity."
                ),
            )
        return cleaned

    def _is_milder(self, wanted):
        return is_milder(wanted, (self.now.verdict, self.now.severity), self.severities)


class OutcomeForm(forms.Form):
    """The investigator's proposal: outcome, reasons, and of a changed decision what is left of it."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=OUTCOMES[Appeal.Subject.DECISION],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an outcome.")},
    )
    reasons = forms.CharField(
        label=_("What was checked, and what it showed"),
        help_text=_("This is the answer; the employee reads it word for word."),
        max_length=LONGEST,
        widget=text_area(6),
        error_messages={"required": _("Write what you checked and what it showed; the employee reads it.")},
    )

    def __init__(self, *args, subject, decision=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.decision = decision
        self.fields["outcome"].choices = OUTCOMES[subject]
        for place, effect in enumerate(decision.effects if decision else ()):
            self.fields[f"keep_{place}"] = forms.BooleanField(
                label=effect_text(effect),
                required=False,
                initial=True,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
            if "amount" in effect:
                self.fields[f"amount_{place}"] = forms.IntegerField(
                    label=_("Changed to"),
                    required=False,
                    initial=effect["amount"],
                    widget=forms.NumberInput(attrs={"class": "form-control ap-amount"}),
                )

    def effect_rows(self):
        for place, _effect in enumerate(self.decision.effects if self.decision else ()):
            amount = f"amount_{place}"
            yield self[f"keep_{place}"], self[amount] if amount in self.fields else None

    def effects(self):
        """[{place, amount}] as the verb takes them."""
        rows = []
        for place, effect in enumerate(self.decision.effects if self.decision else ()):
            if self.cleaned_data.get(f"keep_{place}"):
                row = {"place": place}
                if "amount" in effect:
                    row["amount"] = self.cleaned_data.get(f"amount_{place}") or effect["amount"]
                rows.append(row)
        return rows


class SettleForm(forms.Form):
    keep = forms.ChoiceField(
        choices=(("1", _("Leave it")), ("0", _("Take it back"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    note = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=text_area(2),
        error_messages={"required": _("Write why.")},
    )
