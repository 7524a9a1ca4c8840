"""What a customer fills in. All that is wrong is said at once; what it means stands beside each field."""

from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints import contact
from complaints.forms.fields import FilesInput, tied_to_words
from complaints.models import Kind, ToldBy
from complaints.services.intake import Contact
from complaints.services.tracking import LONGEST_WORDS
from core.flow import Refused
from core.period import SHANGHAI
from core.tokens import new_token
from jobs import attachments
from organization.models import Site
from surveys.entry import clean_text

#: nobody types more on a phone; letters by e-mail may be longer
LONGEST_TEXT = 5000
#: a slip of the finger in the year
EARLIEST_YEAR = 1990
NAMED, ANONYMOUS = "named", "anonymous"
KINDS = [
    (Kind.COMPLAINT, _("Complaint")),
    (Kind.PRAISE, _("Praise")),
    (Kind.SUGGESTION, _("Suggestion")),
]
WHO = [(NAMED, _("With my name")), (ANONYMOUS, _("Anonymously"))]
WAYS = [
    (ToldBy.SMS, _("By text message")),
    (ToldBy.EMAIL, _("By e-mail")),
    (ToldBy.NONE, _("Not at all, I look it up myself")),
]

_signer = Signer(salt="complaints.form")


def new_key():
    """A random value that only this installation can have given out: the same one never makes a second case."""
    return _signer.sign(new_token())


def key_in(signed):
    """The random value, or None when it is not ours."""
    try:
        return f"web:{_signer.unsign(signed)}"
    except BadSignature:
        return None


class WordsField(forms.CharField):
    """Text without what a database or a page cannot hold."""

    default_error_messages = {
        "max_length": _("Shorten this to %(limit_value)d characters; it has %(show_value)d now."),
    }

    def to_python(self, value):
        return clean_text(super().to_python(value))

    def widget_attrs(self, widget):
        """No maxlength: a browser would cut off what is pasted without a word."""
        return {}

    def run_validators(self, value):
        if self.max_length and len(value) > self.max_length:
            params = {"limit_value": self.max_length, "show_value": len(value)}
            raise forms.ValidationError(self.error_messages["max_length"], code="max_length", params=params)


class UploadsField(forms.FileField):
    """Several files; too many or too large ones are refused before they are read."""

    def __init__(self, *, most, **kwargs):
        widget = FilesInput(attrs={"multiple": True, "accept": "image/*,audio/*,video/mp4,.pdf"})
        super().__init__(required=False, widget=widget, **kwargs)
        self.most = most
        self.each_mb = attachments.ATTACHMENT_MAX_BYTES >> 20
        self.together_mb = attachments.TOGETHER_MAX_BYTES >> 20

    def clean(self, data, initial=None):
        chosen = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(chosen) > self.most:
            raise forms.ValidationError(
                gettext("At most %(most)s files. Leave some out.") % {"most": self.most}, code="count"
            )
        for one in chosen:
            if one.size > attachments.ATTACHMENT_MAX_BYTES:
                names = {"name": attachments.plain_name(one.name), "most": self.each_mb}
                raise forms.ValidationError(
                    gettext("“%(name)s” is larger than %(most)s MB. Make it smaller, or leave it out.")
                    % names,
                    code="size",
                )
        if sum(one.size for one in chosen) > attachments.TOGETHER_MAX_BYTES:
            raise forms.ValidationError(
                gettext(
                    "Together these files are larger than %(most)s MB. Leave some out; you can add them later."
                )
                % {"most": self.together_mb},
                code="together",
            )
        return chosen


class CustomersForm(forms.Form):
    """What all forms of the public pages share: text areas and fields as the public style sheet knows them."""

    def lost_files(self):
        """Names of files that were chosen and must be chosen again: no browser lets a page keep them."""
        if not self.is_bound or not self.errors:
            return []
        chosen = self.files.getlist("files") if hasattr(self.files, "getlist") else []
        return [attachments.plain_name(one.name) for one in chosen]

    def refuse(self, refusal):
        """A rule's sentence beside the field it belongs to."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal.message))


class KeyedForm(CustomersForm):
    """A form that opens a case: its key makes the same words, sent twice from one form, one case.

    Other words sent from a form that was gone back to are another case: taken for the first one they would be lost.
    """

    key = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    @property
    def form_key(self):
        """The key this page goes on with: the one it came with, or a new one when that is not ours."""
        return self["key"].value() if self.is_bound and key_in(self["key"].value() or "") else new_key()

    def clean_key(self):
        key = key_in(self.cleaned_data["key"])
        if key is None:
            raise forms.ValidationError(gettext("This form had lapsed and was made new. Send it once more."))
        return tied_to_words(key, self)


class FeedbackForm(KeyedForm):
    """Complaint, praise or suggestion of one company; `code` is the poster it came by."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose complaint, praise or suggestion."),
            "invalid_choice": _("Choose complaint, praise or suggestion."),
        },
    )
    text = WordsField(
        label=_("What happened"),
        help_text=_("When, where, how. The more exactly you write, the faster we find out."),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    site = forms.ModelChoiceField(
        label=_("Which project"),
        queryset=Site.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("Choose one of the projects shown.")},
    )
    people_named = WordsField(
        label=_("People involved"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Name, badge number or looks")}),
    )
    happened_on = forms.DateField(
        label=_("Day it happened"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Choose the day, or write it like 2026-11-04.")},
    )
    who = forms.ChoiceField(
        label=_("How do you want to send it?"),
        choices=WHO,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether we may know who you are."),
            "invalid_choice": _("Choose whether we may know who you are."),
        },
    )
    name = WordsField(label=_("Your name"), max_length=contact.LONGEST_NAME, required=False)
    phone = WordsField(
        label=_("Your mobile"),
        max_length=40,
        required=False,
        help_text=_("Only to tell you the result and to ask back."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    email = WordsField(
        label=_("Your e-mail"),
        max_length=contact.LONGEST_EMAIL,
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "email", "autocomplete": "email", "autocapitalize": "off"}
        ),
    )
    told_by = forms.ChoiceField(
        label=_("How shall we tell you of progress?"),
        choices=WAYS,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the ways shown.")},
    )
    hides_name = forms.BooleanField(
        label=_("Hide my name and phone from the people concerned"), required=False
    )
    website = forms.CharField(required=False, max_length=200)

    def __init__(self, data=None, files=None, *, company, rules, at, code=None):
        initial = {"kind": Kind.COMPLAINT, "who": NAMED, "told_by": ToldBy.SMS, "key": new_key()}
        if code is not None:
            initial["site"] = code.site_id
        super().__init__(data, files, initial=initial)
        self.at, self.code = at, code
        self.fields["site"].queryset = Site.objects.filter(company=company)
        self.fields["site"].empty_label = gettext("I do not know, or none of them")
        self.fields["files"] = UploadsField(label=_("Photos or recordings"), most=rules.most_files)

    @property
    def chosen_kind(self):
        """As the page shows it: what was posted if it is one, else a complaint."""
        posted = self["kind"].value()
        return posted if posted in dict(KINDS) else Kind.COMPLAINT

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day and day > self.at.astimezone(SHANGHAI).date():
            raise forms.ValidationError(gettext("This day is still to come. Choose the day it happened."))
        if day and day.year < EARLIEST_YEAR:
            raise forms.ValidationError(gettext("Check the year."))
        return day

    def clean_website(self):
        """Only robots fill what nobody sees; somebody whose browser did it reads how to go on."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(gettext("Empty this field and send again: only robots fill it in."))
        return ""

    def clean(self):
        data = super().clean()
        no_errors = not {"text", "files"} & set(self.errors)
        if no_errors and not data.get("text") and not data.get("files"):
            self.add_error("text", gettext("Write what happened, or add a photo or recording."))
        if data.get("who") == NAMED:
            self._check_contact(data)
        return data

    def _check_contact(self, data):
        tidied = {"name": contact.tidy_name, "phone": contact.tidy_phone, "email": contact.tidy_email}
        for name, tidy in tidied.items():
            try:
                data[name] = tidy(data.get(name, ""))
            except Refused as refusal:
                self.add_error(name, str(refusal.message))
        if {"phone", "email", "told_by"} & set(self.errors):
            return
        way = data.get("told_by")
        if not data["phone"] and not data["email"]:
            self.add_error(
                "phone", gettext("Write your mobile number or e-mail address, or choose to stay anonymous.")
            )
        elif way == ToldBy.SMS and not contact.takes_sms(data["phone"]):
            self.add_error("phone", gettext("Write a mobile number, or choose another way to hear from us."))
        elif way == ToldBy.EMAIL and not data["email"]:
            self.add_error(
                "email", gettext("Write your e-mail address, or choose another way to hear from us.")
            )

    def said(self):
        """For complaints.services.intake.receive; of an anonymous voice no contact is handed on."""
        data = self.cleaned_data
        is_anonymous = data["who"] == ANONYMOUS
        person = {"is_anonymous": True}
        if not is_anonymous:
            person = {
                "contact": Contact(data["name"], data["phone"], data["email"]),
                "told_by": data["told_by"] or ToldBy.NONE,
                "hides_name": data["hides_name"],
            }
        return person | {
            name: data[name] for name in ("kind", "text", "site", "people_named", "happened_on", "key")
        }


class TrackForm(CustomersForm):
    number = WordsField(
        label=_("Number"),
        max_length=40,
        error_messages={"required": _("Write the number, like TS-2611-0037.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    code = WordsField(
        label=_("Tracking code"),
        max_length=40,
        error_messages={"required": _("Write the tracking code, 8 letters and digits.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class MoreForm(CustomersForm):
    """More words or files, to a question or unasked."""

    text = WordsField(
        label=_("Your words"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data=None, files=None, *, most):
        super().__init__(data, files)
        self.fields["files"] = UploadsField(label=_("Photos or recordings"), most=most)

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("text") and not data.get("files"):
            self.add_error("text", gettext("Write a few words here, or add a photo or recording."))
        return data


class ReasonForm(CustomersForm):
    """One text: why it is taken back, looked at again, brought to a supervisor."""

    text = WordsField(
        label=_("Your words"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, data=None, *, label, missing=""):
        super().__init__(data)
        self.fields["text"].label = label
        self.fields["text"].required = bool(missing)
        self.fields["text"].error_messages["required"] = missing
