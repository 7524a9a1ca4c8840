"""What the forms of a case's steps share."""

from django import forms


class StepForm(forms.Form):
    """A form of one case; `desk` knows the company's lists and colleagues."""

    name = ""

    def __init__(self, *args, desk, **kwargs):
        kwargs.setdefault("auto_id", f"id_{self.name}_%s")
        super().__init__(*args, **kwargs)
        self.desk = desk
        self.prepare()

    def prepare(self):
        """Choices and initial values, where the form has any."""

    def arguments(self):
        return dict(self.cleaned_data)

    def _choose(self, name, entries, empty):
        self.fields[name].choices = [("", empty), *((entry.code, str(entry)) for entry in entries)]
