"""A finding changed by an appeal: severity or verdict, and what rests on it graded by the rule for the milder one."""

import pytest
from django.utils import translation

from appeals.models import Appeal, Consequence
from appeals.tests.build_findings import GENERAL, LATER, FindingStage, finding_rule, finding_stage
from audit.models import AuditRow
from complaints.models import Finding, FindingAdjudication
from complaints.selectors import confirmed_findings
from core.flow import Refused, advance
from core.registries import verifications
from incentives import services as incentives
from incentives.evidence_words import shown_of
from incentives.models import Case, Decision, LedgerLine
from notifications.models import Message
from tests.factories import at

pytestmark = pytest.mark.django_db
Kind = Consequence.Kind


@pytest.fixture
def stage(db):
    return finding_stage()


@pytest.fixture
def posted(stage):
    stage.found()
    return stage.posted(stage.worst)


def facts():
    names = [name for name, _check in verifications.items() if name[:2] in ("4 ", "5 ", "6 ")]
    names.remove("4 frozen policies")  # the stage adds to its book
    return [sentence for name in names for sentence in verifications[name]()]


def cases():
    return dict(Case.objects.order_by("rule_code").values_list("rule_code", "state"))


def test_a_lower_severity_withdraws_the_decision_and_proposes_the_one_of_its_rule(stage, posted):
    appeal = stage.won(severity="general")
    posted.refresh_from_db()
    assert posted.state == Decision.State.REVERSED
    assert sorted(LedgerLine.objects.values_list("amount", flat=True)) == [-3, 3]
    milder = Decision.objects.get(rule_code="F-general")
    assert (milder.state, milder.effects) == ("proposed", [{"kind": "points", "amount": -1}])
    assert milder.case.found_at == posted.case.found_at
    kinds = dict(appeal.consequences.values_list("kind", "after"))
    assert kinds[Kind.FINDING] == {"verdict": "substantiated", "severity": "general"}
    assert kinds[Kind.REGRADED]["decision"] == milder.pk
    assert Kind.REVERSED not in kinds
    assert facts() == []


def test_the_milder_decision_is_heard_voted_and_posted_like_any_other(stage, posted):
    stage.won(severity="general")
    milder = stage.heard_and_voted(Decision.objects.get(rule_code="F-general"))
    assert milder.state == Decision.State.POSTED
    assert sorted(LedgerLine.objects.values_list("amount", flat=True)) == [-3, -1, 3]
    assert milder.notices.get(kind="letter").number
    assert facts() == []


def test_who_decided_the_appeal_has_no_vote_on_what_follows(stage, posted):
    stage.won(severity="general")
    milder = Decision.objects.get(rule_code="F-general")
    assert stage.reviewer.pk in milder.case.evidence["verified_by"]
    assert milder.proposed_by == stage.reviewer


def test_the_first_finding_stays_and_both_are_shown_side_by_side(stage, posted):
    stage.won("partly", "general")
    stage.finding.refresh_from_db()
    assert (stage.finding.verdict, stage.finding.severity) == ("substantiated", "serious")
    made = FindingAdjudication.objects.get()
    assert (made.verdict, made.severity, made.source) == (
        "partly",
        "general",
        f"appeal:{Appeal.objects.get().pk}",
    )
    assert AuditRow.objects.filter(verb="complaints.finding.adjudicate").count() == 1
    with translation.override("zh-hans"):
        before = dict(shown_of(posted.case).rows)
        after = dict(shown_of(Case.objects.get(rule_code="F-general")).rows)
    assert before["申诉之后"] == "部分属实，一般"
    assert after["最初认定"] == "属实，严重"


def test_rules_read_the_corrected_finding_from_then_on(stage, posted):
    stage.won(severity="general")
    (fact,) = confirmed_findings(stage.company, since=at(2026, 10, 1), until=at(2026, 12, 1))
    assert (fact.severity, fact.first["severity"]) == ("general", "serious")
    assert incentives.find_fact_cases(stage.company, at(2026, 11, 20)) == []
    assert set(cases()) == {"F-general", "F-serious"}


def test_what_the_rule_names_just_as_well_stands(company):
    stage = FindingStage(company, finding_rule("F-any", -3))
    stage.found()
    posted = stage.posted(stage.worst)
    appeal = stage.won(severity="minor")
    posted.refresh_from_db()
    assert posted.state == Decision.State.POSTED
    assert list(appeal.consequences.values_list("kind", flat=True)) == [Kind.FINDING]
    assert facts() == []


def test_what_no_rule_names_falls_away(stage, posted):
    stage.won("undetermined", "")
    posted.refresh_from_db()
    assert posted.state == Decision.State.REVERSED
    assert cases() == {"F-serious": "proposed"}
    assert FindingAdjudication.objects.get().cause == ""
    assert facts() == []


def test_a_case_that_nobody_had_proposed_leaves_the_milder_one_to_hr(stage):
    stage.found()
    stage.won(severity="minor")
    assert cases() == {"F-general": "found", "F-serious": "set_aside"}
    assert not Decision.objects.exists()
    assert Message.objects.filter(kind="appeals.anew", recipient=stage.hr).exists()
    assert facts() == []


def test_of_several_milder_rules_hr_chooses(company):
    also = finding_rule("F-also", -2, "general")
    stage = FindingStage(company, GENERAL, also, finding_rule("F-serious", -3, "serious"))
    stage.found()
    posted = stage.posted(stage.worst)
    stage.won(severity="general")
    posted.refresh_from_db()
    assert posted.state == Decision.State.REVERSED
    assert cases() == {"F-also": "found", "F-general": "found", "F-serious": "proposed"}
    assert Decision.objects.count() == 1


def test_what_is_being_voted_on_is_taken_back_first(stage):
    stage.found()
    running = stage.voting(stage.worst)
    stage.won(severity="general")
    running.refresh_from_db()
    assert (running.state, running.motion) == ("set_aside", running.motion)
    assert Decision.objects.get(rule_code="F-general").state == "proposed"
    assert facts() == []


@pytest.mark.parametrize(
    "wanted", [("substantiated", "serious"), ("substantiated", "unknown"), ("substantiated", ""), ("", "")]
)
def test_a_finding_is_only_ever_changed_to_a_milder_one(stage, wanted):
    appeal = stage.looked_at()
    with pytest.raises(Refused):
        stage.changed(appeal, *wanted)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.INVESTIGATING


def test_a_finding_found_partly_true_never_becomes_wholly_true(stage):
    Finding.objects.update(verdict="partly")
    with pytest.raises(Refused):
        stage.changed(stage.looked_at(), "substantiated", "minor")


def test_a_finding_taken_up_again_meanwhile_is_not_signed(stage, posted):
    stage.changed(stage.looked_at())
    advance(stage.finding, Finding.REOPEN, by=None, at=LATER)
    with pytest.raises(Refused):
        stage.sign()
    assert not FindingAdjudication.objects.exists()
    assert Decision.objects.get().state == Decision.State.POSTED


def test_a_withdrawn_finding_stays_as_it_was_with_not_substantiated_beside_it(stage, posted):
    stage.won(outcome="overturned")
    stage.finding.refresh_from_db()
    assert stage.finding.verdict == "substantiated"
    assert FindingAdjudication.objects.get().verdict == "not"
    assert cases() == {"F-serious": "proposed"}
    assert Decision.objects.get().state == Decision.State.REVERSED
    assert facts() == []


def test_the_investigator_looks_before_proposing_and_nothing_is_written(stage, posted, client):
    appeal = stage.looked_at()
    client.force_login(stage.officer)
    page = client.get(appeal.get_absolute_url(), {"verdict": "substantiated", "severity": "general"})
    text = page.content.decode()
    assert "属实，严重改为属实，一般" in text
    assert "改为依据第 5.3 条（一）向管理小组提出" in text
    assert (Case.objects.count(), Decision.objects.count()) == (1, 1)
    assert not FindingAdjudication.objects.exists()
    harsh = client.get(appeal.get_absolute_url(), {"verdict": "substantiated", "severity": "serious"})
    assert "请选择比现在更轻的认定" in harsh.content.decode()


def test_the_whole_way_in_the_browser(stage, posted, client):
    appeal = stage.looked_at()
    client.force_login(stage.officer)
    sent = {"outcome": "varied", "reasons": "录音显示情节一般，认定严重依据不足。"}
    bare = client.post(f"{appeal.get_absolute_url()}outcome/", sent)
    assert bare.status_code == 409 and "请先在上方选择认定改为什么" in bare.content.decode()
    done = client.post(
        f"{appeal.get_absolute_url()}outcome/", sent | {"verdict": "partly", "severity": "general"}
    )
    assert done.status_code == 302
    client.force_login(stage.reviewer)
    assert "部分属实，一般" in client.get(appeal.get_absolute_url()).content.decode()
    assert client.post(f"{appeal.get_absolute_url()}judge/", {"step": "decide"}).status_code == 302
    client.force_login(stage.worst.user)
    text = client.get(appeal.get_own_url()).content.decode()
    assert "认定：属实，严重改为部分属实，一般" in text
    assert "已撤销" in text and "表决之前不作任何决定" in text
