from decimal import Decimal

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import FilesField
from core.money import fen_from_yuan, format_fen, format_points
from jobs.attachments import TYPES

LONGEST_REASON = 1000


def text_area(rows=3):
    return forms.Textarea(attrs={"class": "form-control", "rows": rows})


class GradeForm(forms.Form):
    """The grade within the rule's range, and why; only effects with a range get a field."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The employee will see it. Write facts, no judgements."),
        max_length=LONGEST_REASON,
        required=False,
        widget=text_area(),
    )
    field_order = []

    def __init__(self, *args, specs, current=None, needs_reason=False, needs_loss=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.specs, self.needs_reason, self.needs_loss = specs, needs_reason, needs_loss
        if needs_loss:
            self.fields["reason"].help_text = gettext(
                "Write the loss, how it arose and how it is proven; the employee will see it."
            )
        self.current = [effect.get("amount") for effect in current or specs]
        for place, spec in enumerate(specs):
            if is_graded(spec):
                make = self._grade_field if spec["kind"] == "points" else self._money_field
                self.fields[f"effect_{place}"] = make(spec, self.current[place])
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    def _grade_field(self, spec, amount):
        low, high = sorted((spec["least"], spec["most"]))
        bounds = {"low": format_points(low), "high": format_points(high)}
        outside = gettext("Choose %(low)s to %(high)s points; the clause allows no other.") % bounds
        return forms.IntegerField(
            label=_("Points"),
            help_text=gettext("The clause allows %(low)s to %(high)s.") % bounds,
            min_value=low,
            max_value=high,
            initial=amount,
            widget=forms.NumberInput(attrs={"class": "form-control"}),
            error_messages={
                "min_value": outside,
                "max_value": outside,
                "required": outside,
                "invalid": outside,
            },
        )

    def _money_field(self, spec, fen):
        low, high = sorted((spec["least"], spec["most"]))
        bounds = {"low": format_fen(low), "high": format_fen(high)}
        outside = gettext("Choose %(low)s to %(high)s yuan; the clause allows no other.") % bounds
        return forms.DecimalField(
            label=_("Amount in yuan"),
            help_text=gettext("The clause allows %(low)s to %(high)s.") % bounds,
            min_value=Decimal(low) / 100,
            max_value=Decimal(high) / 100,
            decimal_places=2,
            initial=Decimal(fen) / 100,
            widget=forms.NumberInput(attrs={"class": "form-control"}),
            error_messages=dict.fromkeys(("min_value", "max_value", "required", "invalid"), outside),
        )

    def _chosen(self, place, cleaned):
        """The amount chosen as services take it, or None while the field is wrong; the present one without a field."""
        name = f"effect_{place}"
        if name not in self.fields:
            return self.current[place]
        value = cleaned.get(name)
        is_money = isinstance(self.fields[name], forms.DecimalField)
        return fen_from_yuan(value) if is_money and value is not None else value

    @property
    def grade_fields(self):
        return [self[name] for name in self.fields if name != "reason"]

    def effects(self):
        """[{kind, amount}] as the services take them."""
        return [self._effect(place, spec) for place, spec in enumerate(self.specs)]

    def _effect(self, place, spec):
        if "amount" not in spec:
            return {"kind": spec["kind"]}
        return {"kind": spec["kind"], "amount": self._chosen(place, self.cleaned_data)}

    def clean(self):
        cleaned = super().clean()
        chosen = [self._chosen(place, cleaned) for place in range(len(self.current))]
        blank = not cleaned.get("reason", "").strip()
        if blank and self.needs_reason:
            self.add_error(
                "reason", gettext("Write why this is proposed although the evidence held it back.")
            )
        elif blank and self.needs_loss:
            self.add_error(
                "reason", gettext("Write the loss and how it is proven; compensation rests on it.")
            )
        elif blank and chosen != self.current and not self.errors:
            self.add_error("reason", gettext("Write why the grade differs from the usual one."))
        return cleaned


def is_graded(spec):
    return "least" in spec and spec["least"] != spec["most"]


class SetAsideForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stays with the case. Write facts, no judgements."),
        max_length=LONGEST_REASON,
        widget=text_area(),
        error_messages={"required": _("Write why the case is set aside; the record needs it.")},
    )


class UnitSetAsideForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stays with the hit. Write facts, no judgements."),
        max_length=LONGEST_REASON,
        widget=text_area(),
        error_messages={"required": _("Write why the hit is set aside; the record needs it.")},
    )


class OpinionForm(forms.Form):
    opinion = forms.CharField(
        label=_("Your view after checking"),
        help_text=_("Goes to the group with the case; the employee sees it too."),
        widget=text_area(),
        error_messages={"required": _("Write what you checked and what it changes.")},
    )


class StatementForm(forms.Form):
    statement = forms.CharField(
        label=_("Your statement"),
        help_text=_("Say what should be known or checked. HR answers it, and the group reads both."),
        widget=text_area(7),
        error_messages={"required": _("Write your statement, or waive the hearing below.")},
    )
    files = FilesField(
        label=_("Photos or documents (optional)"),
        help_text=_("HR and the group see them with your statement. At most 15 MB each."),
        accept=",".join(TYPES),
    )


class TalkForm(forms.Form):
    held_on = forms.DateField(
        label=_("Held on"),
        widget=forms.DateInput(attrs={"class": "form-control inc-date", "type": "date"}),
        error_messages={
            "required": _("Enter the day of the talk."),
            "invalid": _("Enter the day of the talk."),
        },
    )
    minutes = forms.CharField(
        label=_("Minutes"),
        help_text=_(
            "What was discussed, what was agreed, until when. Your colleague reads and acknowledges it."
        ),
        widget=text_area(8),
        error_messages={"required": _("Write the minutes: what was discussed and agreed.")},
    )


class AcknowledgeForm(forms.Form):
    note = forms.CharField(
        label=_("Your remark (optional)"),
        help_text=_("If the minutes do not match what was said, write it here; it is kept with them."),
        max_length=LONGEST_REASON,
        required=False,
        widget=text_area(),
    )
