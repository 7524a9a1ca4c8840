"""What is wrong with a mailbox and what to do about it, in plain words."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "password": _(
        "The server of Manyi has no password for this mailbox. Set the environment variable %(password_name)s "
        "there and restart the worker."
    ),
    "login": _(
        "%(host)s refused the user name or password. Correct them; many providers want an app password."
    ),
    "host": _("The server %(host)s cannot be reached. Correct its name, or wait until the network is back."),
    "refused": _("%(host)s answers, but not at port %(port)s. Correct the port; 993 is usual."),
    "timeout": _("%(host)s did not answer in time. It is tried again."),
    "tls": _("%(host)s has no certificate that can be trusted. Correct its name, or ask the provider."),
    "folder": _("There is no folder “%(folder)s” in this mailbox. Correct it; INBOX is usual."),
    "dropped": _(
        "The connection to %(host)s broke off. What was read is kept; it goes on with the next look."
    ),
    "rules": _(
        "The company's policy says nothing of complaints. Load one; letters wait in the mailbox until then."
    ),
    "other": _("%(host)s answered something that was not understood. It is tried again."),
}


def sentence_of(mailbox, code):
    """The sentence for the code that Mailbox.error keeps; '' for none."""
    if not code:
        return ""
    return SENTENCES.get(code, SENTENCES["other"]) % {
        "host": mailbox.host,
        "port": mailbox.port,
        "folder": mailbox.folder,
        "password_name": mailbox.password_name,
    }
