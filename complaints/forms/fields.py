"""Fields that several forms of this room share."""

from django import forms
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 4000
LONGEST_REASON = 300


def text_area(rows=3, **attrs):
    return forms.Textarea(attrs={"class": "form-control", "rows": rows, **attrs})


def line(**attrs):
    return forms.TextInput(attrs={"class": "form-control", **attrs})


def select():
    return forms.Select(attrs={"class": "form-select"})


def checkbox():
    return forms.CheckboxInput(attrs={"class": "form-check-input"})


def reason_field(label, missing, help_text=""):
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=LONGEST_REASON,
        widget=text_area(),
        error_messages={"required": missing},
    )


def tied_to_words(key, form):
    """The form's key with a digest of what was filled in, but for the key itself and for files.

    With the installation's secret: the digest outlives the words and must not let anybody try out what they were.
    """
    filled = [
        (name, form.data.get(form.add_prefix(name), ""))
        for name in sorted(form.fields)
        if name not in ("key", "files")
    ]
    words = repr(filled).encode("utf-8", "surrogatepass")
    return f"{key}:{salted_hmac('complaints.words', words, algorithm='sha256').hexdigest()[:24]}"


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field: [(name, bytes)]; what may be kept is decided when they are kept."""

    def __init__(self, *, accept="", **kwargs):
        widget = FilesInput(attrs={"class": "form-control", "multiple": True, "accept": accept})
        super().__init__(required=False, allow_empty_file=True, widget=widget, **kwargs)

    def clean(self, data, initial=None):
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        cleaned = [super(FilesField, self).clean(one, initial) for one in chosen]
        return [(one.name, one.read()) for one in cleaned if one]


class PickInput(forms.TextInput):
    """A line that offers names while one types (a datalist: no script needed)."""

    template_name = "complaints/forms/pick.html"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.names = []

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}_names"
        return context | {"names": self.names}


class PickField(forms.CharField):
    """One thing of a list, by typing. `offers` are (name shown, thing); other words are refused, or kept when open."""

    def __init__(self, *, is_open=False, **kwargs):
        kwargs.setdefault("max_length", 120)
        super().__init__(widget=PickInput(attrs={"class": "form-control", "autocomplete": "off"}), **kwargs)
        self.is_open, self.offers = is_open, {}

    def offer(self, pairs):
        self.offers = dict(pairs)
        self.widget.names = list(self.offers)

    def clean(self, value):
        """The thing, the plain words when the field is open, or None."""
        words = super().clean(value).strip()
        if not words:
            return None
        if words in self.offers:
            return self.offers[words]
        near = [thing for name, thing in self.offers.items() if words in name.split(" · ")]
        if len(near) == 1:
            return near[0]
        if self.is_open:
            return words
        if near:
            raise forms.ValidationError(
                gettext("Several are called “%(words)s”: choose the line you mean from the list.")
                % {"words": words}
            )
        raise forms.ValidationError(
            gettext("Nothing on the list is called “%(words)s”. Choose one from it.") % {"words": words}
        )


def people_offered(employees):
    """'王丽 · Q0101' → employee, for a PickField."""
    return [(f"{one.name} · {one.number}", one) for one in employees]


def named_offered(things):
    return [(str(thing), thing) for thing in things]


__all__ = [
    "LONGEST_REASON",
    "LONGEST_TEXT",
    "FilesField",
    "PickField",
    "checkbox",
    "line",
    "named_offered",
    "people_offered",
    "reason_field",
    "select",
    "text_area",
    "tied_to_words",
]

WRITE_WHY = _("Write why; the record needs it.")
