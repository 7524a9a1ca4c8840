"""A mailbox as its keeper enters it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import checkbox, line

FIELDS = ("address", "host", "port", "uses_tls", "username", "password_name", "folder")


class MailboxForm(forms.Form):
    """What is right is the verb's to say; here stand only shapes."""

    address = forms.CharField(
        label=_("Address that customers write to"),
        max_length=254,
        widget=line(inputmode="email", placeholder="tousu@example.com"),
        error_messages={"required": _("Write the address that customers write to.")},
    )
    host = forms.CharField(
        label=_("IMAP server"),
        max_length=200,
        widget=line(placeholder="imap.example.com"),
        help_text=_("As your mail provider names it."),
        error_messages={"required": _("Write the name of the IMAP server.")},
    )
    port = forms.IntegerField(
        label=_("Port"), initial=993, widget=forms.NumberInput(attrs={"class": "form-control"})
    )
    uses_tls = forms.BooleanField(
        label=_("Encrypted connection (TLS)"),
        required=False,
        initial=True,
        widget=checkbox(),
        help_text=_(
            "Without it, passwords and letters can be read on their way. Only for a server in your own network."
        ),
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=200,
        widget=line(),
        help_text=_("Often the same as the address."),
        error_messages={"required": _("Write the user name of the mailbox.")},
    )
    password_name = forms.CharField(
        label=_("Environment variable with the password"),
        max_length=80,
        initial="MAILBOX_PASSWORD",
        widget=line(spellcheck="false"),
        help_text=_("The password itself is set on the server, never here; the name begins with MAILBOX_."),
    )
    folder = forms.CharField(label=_("Folder"), max_length=80, initial="INBOX", widget=line())

    def __init__(self, *args, mailbox=None, **kwargs):
        if mailbox is not None:
            kwargs["initial"] = {name: getattr(mailbox, name) for name in FIELDS}
        super().__init__(*args, **kwargs)
