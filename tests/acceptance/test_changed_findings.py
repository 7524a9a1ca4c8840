"""The severity of a complaint found true is lowered by an appeal, and the decision follows (RE-5.3b, RE-4.1b)."""

import pytest
from django.urls import reverse

from appeals.models import Appeal
from appeals.tests.build_findings import finding_stage
from core.registries import verifications
from incentives.models import Case, Decision, LedgerLine

pytestmark = pytest.mark.django_db
FACTS = ("4 cases", "4 one live decision", "5 ledger", "5 appeals", "6 appeals", "6 votes", "6 decisions")


@pytest.mark.clause("RE-4.1b")
@pytest.mark.clause("RE-5.3b")
def test_a_won_appeal_on_the_severity_takes_the_penalty_to_the_rule_of_the_lower_one(db, client):
    stage = finding_stage()
    stage.found()
    serious = stage.posted(stage.worst)
    appeal = stage.looked_at()
    client.force_login(stage.officer)
    words = {"outcome": "varied", "reasons": "录音显示情节一般，认定严重依据不足。"}
    changed = words | {"verdict": "substantiated", "severity": "general"}
    assert client.post(reverse("appeal_propose", args=[appeal.pk]), changed).status_code == 302
    client.force_login(stage.reviewer)
    assert client.post(reverse("appeal_judge", args=[appeal.pk]), {"step": "decide"}).status_code == 302
    serious.refresh_from_db()
    general = Decision.objects.get(rule_code="F-general")
    assert (serious.state, general.state) == ("reversed", "proposed")
    assert set(Case.objects.values_list("rule_code", flat=True)) == {"F-serious", "F-general"}
    stage.heard_and_voted(general)
    assert sum(LedgerLine.objects.values_list("amount", flat=True)) == -1
    client.force_login(stage.worst.user)
    assert "原认定一并保留" in client.get(Appeal.objects.get().get_own_url()).content.decode()
    assert [sentence for name in FACTS for sentence in verifications[name]()] == []
