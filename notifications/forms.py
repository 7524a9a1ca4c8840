"""Shapes of input: preferences, robots, the outbox's filter."""

import django_filters
from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models import Message, Preferences, Robot
from notifications.registries import all_groups, announcements
from notifications.services.robots import LONGEST_URL, TEST
from notifications.timing import chosen

HOURS = [(str(hour), f"{hour:02d}:00") for hour in range(24)]
USUAL_PER_MINUTE = 20


class PreferencesForm(forms.Form):
    """One choice a group of kinds; the hour of the summary; quiet hours."""

    digest_hour = forms.ChoiceField(label=_("The daily summary comes at"), choices=HOURS)
    quiet_from = forms.ChoiceField(
        label=_("No e-mail from"), choices=[("", _("no quiet hours")), *HOURS], required=False
    )
    quiet_until = forms.ChoiceField(label=_("until"), choices=[("", "–"), *HOURS], required=False)

    def __init__(self, data, *, preferences):
        super().__init__(data)
        self.codes = [(code, group) for code, group in all_groups() if not group.is_fixed]
        for code, group in self.codes:
            self.fields[self._name(code)] = forms.ChoiceField(
                label=group.label,
                choices=Preferences.Choice.choices,
                initial=chosen(preferences, code),
                widget=forms.RadioSelect,
            )
        for name in ("digest_hour", "quiet_from", "quiet_until"):
            self.fields[name].widget.attrs["class"] = "form-select"
            self.fields[name].initial = getattr(preferences, name)

    @staticmethod
    def _name(code):
        return f"group-{code}"

    @property
    def rows(self):
        return [self[self._name(code)] for code, _group in self.codes]

    @property
    def fixed(self):
        """What cannot be chosen; what only few people ever get is not named to all."""
        return [group.label for _code, group in all_groups() if group.is_fixed and not group.is_confidential]

    @property
    def chosen(self):
        """As `save_preferences` takes it."""
        data = self.cleaned_data

        def hour(name):
            return int(data[name]) if data[name] else None

        return {
            "email": {code: data[self._name(code)] for code, _group in self.codes},
            "digest_hour": int(data["digest_hour"]),
            "quiet_from": hour("quiet_from"),
            "quiet_until": hour("quiet_until"),
        }


def sentences():
    """What may be announced, without the test."""
    return [(kind, sentence) for kind, sentence in announcements.items() if kind != TEST]


class AnnouncementsForm(forms.Form):
    """What both forms of a robot ask."""

    kinds = forms.MultipleChoiceField(
        label=_("What it tells"), widget=forms.CheckboxSelectMultiple, required=False
    )
    per_minute = forms.IntegerField(
        label=_("At most so many a minute"),
        help_text=_("WeCom and DingTalk take 20, Feishu 100. What comes faster waits."),
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = sentences()


def secret_field(label, help_text):
    """Entered, never shown again: not even when another field was wrong."""
    attrs = {"class": "form-control", "autocomplete": "new-password"}
    widget = forms.PasswordInput(attrs=attrs, render_value=False)
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=200, widget=widget)


def address_field(**extra):
    widget = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "inputmode": "url"})
    return forms.CharField(max_length=LONGEST_URL, widget=widget, **extra)


class RobotForm(AnnouncementsForm):
    kind = forms.ChoiceField(
        label=_("Service"), choices=Robot.Kind.choices, widget=forms.Select(attrs={"class": "form-select"})
    )
    label = forms.CharField(
        label=_("Name of the group"), max_length=60, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    webhook_url = address_field(
        label=_("Webhook address"),
        help_text=_("From the robot's settings in the group. It is not shown again after saving."),
    )
    secret = secret_field(
        _("Signing secret"),
        _("DingTalk and Feishu: choose “signature” in the robot's security settings and copy it here."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=forms.Select(attrs={"class": "form-select"})
    )
    field_order = ["kind", "label", "webhook_url", "secret", "kinds", "per_minute", "language"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["per_minute"].initial = USUAL_PER_MINUTE


class RobotChangeForm(AnnouncementsForm):
    webhook_url = address_field(
        label=_("New webhook address"), required=False, help_text=_("Leave empty to keep the present one.")
    )
    secret = secret_field(_("New signing secret"), _("Leave empty to keep the present one."))
    field_order = ["kinds", "per_minute", "webhook_url", "secret"]

    def __init__(self, data, *, robot):
        super().__init__(data, initial={"kinds": robot.kinds, "per_minute": robot.per_minute})


class OutboxFilter(django_filters.FilterSet):
    """?q=…&channel=…&state=…; addresses are not searched."""

    q = django_filters.CharFilter(method="search", label=_("Number or kind"))
    channel = django_filters.ChoiceFilter(
        choices=[one for one in Message.Channel.choices if one[0] != Message.Channel.INBOX],
        label=_("Way"),
        empty_label=_("All ways"),
    )
    state = django_filters.ChoiceFilter(
        choices=Message.State.choices, label=_("State"), empty_label=_("All states")
    )

    class Meta:
        model = Message
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.form.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def search(self, queryset, name, value):
        """The subjects of messages to customers and robots hold the number; those to colleagues are not searched."""
        return queryset.filter(Q(kind__icontains=value) | Q(recipient=None, subject__icontains=value))
