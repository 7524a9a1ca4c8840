"""Large outcomes are the group's, without those who voted; findings take their decisions with them."""

import pytest

from appeals import services
from appeals.models import Appeal, Consequence
from appeals.tests.build import DECIDED, FILED, REASONS, TEXT
from approvals import services as approvals
from complaints.models import Allegation, Finding, Verdict
from complaints.models import Case as Voice
from core.flow import Refused
from core.registries import verifications
from incentives.models import Case, Decision, LedgerLine
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def voting(stage):
    """Two of three have voted on the reward itself, so 郑洁 stands in for one of them."""
    stage.issued(stage.best)
    stage.grant(stage.second, "approvals.vote")
    appeal = stage.concluded(stage.best)
    approvals.name_stand_in(
        appeal.motion,
        employee=stage.second.employee,
        instead_of=stage.chair.employee,
        by=stage.reviewer,
        at=DECIDED,
    )
    return appeal


def facts():
    names = ("5 ledger", "5 appeals", "6 appeals", "6 votes")
    return [sentence for name in names for sentence in verifications[name]()]


def test_carried_by_the_others_it_is_answered_and_corrected_once(stage, voting):
    appeal = stage.group_votes(voting, [stage.reviewer, stage.second])
    assert (appeal.state, appeal.decided_by) == ("answered", None)
    assert Decision.objects.get().state == Decision.State.REVERSED
    stage.group_votes(appeal, [])
    assert appeal.consequences.count() == 1
    assert facts() == []


def test_rejected_the_investigation_goes_on_and_the_decision_stays_suspended(stage, voting):
    appeal = stage.group_votes(voting, [stage.reviewer, stage.second], choice="reject")
    assert (appeal.state, appeal.outcome) == ("investigating", "")
    assert appeal.sent_back_reason.startswith("依据不足")
    assert Decision.objects.get().state == Decision.State.SUSPENDED
    assert facts() == []


def test_what_was_carried_but_no_longer_holds_is_looked_into_and_voted_on_again(stage, voting, monkeypatch):
    def stale(*args, **kwargs):
        raise Refused("先前的数字变了", code="stale")

    with monkeypatch.context() as patch:
        patch.setattr("appeals.services.deciding.correct", stale)
        appeal = stage.group_votes(voting, [stage.reviewer, stage.second])
    voting.motion.refresh_from_db()
    assert (appeal.state, voting.motion.state) == ("investigating", "returned")
    again = services.propose(appeal, outcome="overturned", reasons=REASONS, by=stage.officer, at=DECIDED)
    assert (again.state, again.motion.round) == ("voting", 2)
    assert facts() == []


def test_an_overturned_finding_takes_the_decisions_that_rest_on_it_with_it(stage):
    posted = stage.posted(stage.worst)
    overturn_finding(stage, Case.objects.get(pk=posted.case_id))
    assert Decision.objects.get().state == Decision.State.REVERSED
    assert sorted(LedgerLine.objects.values_list("amount", flat=True)) == [-3, 3]


def test_an_overturned_finding_puts_aside_what_nobody_has_proposed_yet(stage):
    case = stage.case_of(stage.worst)
    other = stage.case_of(stage.best)
    overturn_finding(stage, case, other)
    assert Case.objects.get(pk=case.pk).state == Case.State.SET_ASIDE
    assert Case.objects.get(pk=other.pk).state == Case.State.FOUND
    asked = Consequence.objects.get(kind=Consequence.Kind.THIRD)
    assert (asked.employee, asked.state) == (stage.best, Consequence.State.OPEN)


def overturn_finding(stage, *resting):
    """A finding on 方磊 behind these cases, appealed and overturned."""
    voice = Voice.objects.create(
        company=stage.company,
        number="TS-2611-0001",
        key="one",
        kind="complaint",
        channel="web",
        text="等了很久",
        received_at=at(2026, 11, 2),
    )
    allegation = Allegation.objects.create(
        case=voice, employee=stage.worst, statement="态度", added_at=at(2026, 11, 2), told_at=at(2026, 11, 3)
    )
    finding = Finding.objects.create(
        company=stage.company,
        case=voice,
        allegation=allegation,
        state=Finding.State.CONFIRMED,
        verdict=Verdict.SUBSTANTIATED,
        reasons="录音可查",
        proposed_by=stage.hr,
        proposed_at=at(2026, 11, 4),
        confirmed_by=stage.members[0],
        confirmed_at=at(2026, 11, 5),
    )
    for case in resting:
        Case.objects.filter(pk=case.pk).update(evidence=case.evidence | {"finding_id": finding.pk})
    appeal = services.draft("finding", finding.pk, by=stage.worst.user, at=FILED)
    appeal = services.write(
        appeal, grounds=["person"], text=TEXT, wish="overturn", by=stage.worst.user, at=FILED
    )
    appeal = services.file(appeal, by=stage.worst.user, at=FILED)
    services.accept(appeal, by=stage.officer, at=FILED)
    services.investigate(appeal, by=stage.officer, at=FILED)
    services.propose(appeal, outcome="overturned", reasons=REASONS, by=stage.officer, at=FILED)
    services.decide(Appeal.objects.get(), by=stage.reviewer, at=DECIDED)


def test_another_company_s_officer_finds_nothing(stage, client):
    stage.issued(stage.worst)
    appeal = stage.filed(stage.worst)
    other = factories.make_company("other", "别的公司")
    stranger = factories.user_with(other, "appeals.view", "appeals.handle")
    client.force_login(stranger)
    assert client.get(appeal.get_absolute_url()).status_code == 404
