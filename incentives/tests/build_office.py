"""HR who keeps the book of the real-estate company, and what the pages of a draft send."""

from django.urls import reverse

from incentives import drafts
from incentives.forms_drafts import RuleForm
from incentives.tests.pages import browse
from policies.models import Version
from tests.factories import at

NOW = at(2026, 11, 10)


class Office:
    def __init__(self, version, hr):
        self.version, self.hr, self.company = version, hr, version.company
        self.client = browse(hr)

    def draft(self, label="2.2"):
        day = "2026-12-01"
        sent = {"label": label, "effective_from": day, "revision_note": "调整扣分幅度"}
        assert self.client.post(reverse("policy_draft", args=[self.version.pk]), sent).status_code == 302
        return Version.objects.get(document=self.version.document, label=label)

    def form(self, draft, code, **changes):
        """What the page of a rule would send, with changes."""
        form = RuleForm(version=draft, row=drafts.rule_row(draft.content, code))
        sent = {"seen": draft.checksum, "kinds": form.kinds_text, "go": "save"}
        for bound in form:
            value = bound.value()
            if value not in (None, False, ""):
                sent[bound.html_name] = value
        return {name: value for name, value in (sent | changes).items() if value is not None}

    def save(self, draft, code, **changes):
        url = reverse("draft_rule", args=[draft.pk, code])
        return self.client.post(url, self.form(draft, code, **changes))


def rule(draft, code):
    return drafts.rule_row(Version.objects.get(pk=draft.pk).content, code)
