"""From the evidence to the ledger, as the people of the company do it over HTTP (RE-2.1, RE-2.3, RE-5.2a, RE-5.3a)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from approvals.models import Motion, Vote
from approvals.selectors import visible_votes
from audit.models import AuditRow
from core.events import deliver_all
from core.registries import verifications
from incentives import services
from incentives.course import Aftermath, checklist, steps_of
from incentives.models import Case, Decision, Hearing, LedgerLine, Notice, Talk
from incentives.tests.build import Stage
from tests.factories import at

pytestmark = pytest.mark.django_db
FACTS = ("4 cases", "4 one live decision", "5 ledger", "6 votes", "6 decisions")


@pytest.fixture
def stage(company):
    found = Stage(company)
    found.three_months()
    return found


@pytest.fixture
def act(client):
    """POST as somebody; the answer must be a redirect unless another status is named."""

    def post(user, name, pk=None, status=302, **data):
        client.force_login(user)
        response = client.post(reverse(name, args=[pk] if pk else []), data)
        assert response.status_code == status, response.content.decode()[:2000]
        return response

    return post


def vote_through(stage, act, choice="approve"):
    for user in stage.members[:2]:
        act(
            user,
            "vote_cast",
            Motion.objects.get().pk,
            choice=choice,
            reason="依据不足" if choice != "approve" else "",
        )
    deliver_all()


def after_the_window():
    return Decision.objects.get().appeal_until + dt.timedelta(minutes=1)


def facts():
    return [sentence for name in FACTS for sentence in verifications[name]()]


@pytest.mark.clause("RE-5.2a")
def test_three_months_near_the_top_give_five_points_and_a_commendation_after_approval(stage, act):
    case = stage.case_of(stage.best)
    act(stage.hr, "incentives_batch_send", case=[case.pk])
    assert not LedgerLine.objects.exists()
    vote_through(stage, act)
    services.finalize_due(after_the_window())
    line = LedgerLine.objects.get()
    assert (line.employee, line.amount, line.unit, line.counts_for) == (stage.best, 5, "points", "2026-10")
    assert Notice.objects.get(kind=Notice.Kind.COMMENDATION).decision.employee == stage.best
    assert facts() == []


@pytest.mark.clause("RE-5.3a")
def test_three_months_near_the_bottom_are_heard_voted_on_and_end_in_a_talk(stage, act):
    case = stage.case_of(stage.worst)
    act(stage.hr, "incentives_propose", case.pk, effect_0=-3, reason="")
    act(stage.hr, "incentives_submit", case.pk, status=409)
    act(stage.hr, "incentives_call_hearing", case.pk)
    hearing = Hearing.objects.get()
    act(stage.worst.user, "my_statement", hearing.pk, statement="9 月起接手 3 号楼，客户不满的是交付。")
    services.end_due_hearings(hearing.due_at)
    act(stage.hr, "incentives_submit", case.pk, status=409)
    act(stage.hr, "incentives_opinion", case.pk, opinion="移交属实；剔除后结论不变。")
    act(stage.hr, "incentives_submit", case.pk)
    vote_through(stage, act)
    decision = Decision.objects.get()
    act(stage.worst.user, "my_receipt", decision.pk)
    services.finalize_due(after_the_window())
    talk = Talk.objects.get()
    assert (LedgerLine.objects.get().amount, talk.head) == (-3, stage.head.employee)
    today = timezone.localdate()
    act(stage.head, "talk", talk.pk, minutes="约定每周一对一复盘", held_on=today.isoformat())
    act(stage.worst.user, "my_talk", talk.pk, note="知道了")
    talk.refresh_from_db()
    assert talk.state == Talk.State.ACKNOWLEDGED
    assert not Notice.objects.filter(kind=Notice.Kind.COMMENDATION).exists()
    assert facts() == []


@pytest.mark.clause("RE-2.1")
@pytest.mark.parametrize(
    ("choice", "state"), [("reject", Decision.State.REJECTED), ("return", Decision.State.RETURNED)]
)
def test_nothing_takes_effect_without_the_groups_approval(stage, act, choice, state):
    act(stage.hr, "incentives_batch_send", case=[stage.case_of(stage.best).pk])
    for user in stage.members[: 1 if choice == "return" else 2]:
        act(user, "vote_cast", Motion.objects.get().pk, choice=choice, reason="依据不足")
    deliver_all()
    services.finalize_due(at(2030, 1, 1))
    assert Decision.objects.get().state == state
    assert not LedgerLine.objects.exists() and not Notice.objects.exists()


@pytest.mark.clause("RE-2.1")
def test_silence_approves_nothing(stage, act):
    act(stage.hr, "incentives_batch_send", case=[stage.case_of(stage.best).pk])
    act(stage.members[0], "vote_cast", Motion.objects.get().pk, choice="approve", reason="")
    deliver_all()
    services.finalize_due(at(2030, 1, 1))
    assert Decision.objects.get().state == Decision.State.VOTING


@pytest.mark.clause("RE-2.1")
def test_the_quorum_is_recounted_after_a_recusal_and_every_vote_is_recorded(stage, act):
    act(stage.hr, "incentives_batch_send", case=[stage.case_of(stage.best).pk])
    motion = Motion.objects.get()
    act(stage.members[2], "vote_recuse", motion.pk, note="王丽是我的亲属")
    act(stage.members[2], "vote_cast", motion.pk, choice="approve", reason="", status=409)
    vote_through(stage, act)
    motion.refresh_from_db()
    assert motion.state == Motion.State.CARRIED
    assert [(vote.seat.employee.name, vote.choice) for vote in Vote.objects.order_by("pk")] == [
        ("周总", "approve"),
        ("孙悦", "approve"),
    ]
    assert AuditRow.objects.filter(verb="approvals.vote.cast").count() == 2
    assert {view.choice for view in visible_votes(motion, stage.hr)} == {"approve", ""}


@pytest.mark.clause("RE-2.1")
def test_outsiders_cannot_vote(stage, act):
    act(stage.hr, "incentives_batch_send", case=[stage.case_of(stage.best).pk])
    motion = Motion.objects.get()
    for user, status in ((stage.best.user, 403), (stage.hr, 403), (stage.head, 403)):
        act(user, "vote_cast", motion.pk, choice="approve", reason="", status=status)
    assert not Vote.objects.exists()


@pytest.mark.clause("RE-2.3")
def test_proposals_come_with_evidence_and_hr_chooses_the_grade_within_the_rule(stage, act):
    case = stage.case_of(stage.best)
    assert [month["period"] for month in case.evidence["months"]] == ["2026-08", "2026-09", "2026-10"]
    act(stage.hr, "incentives_propose", case.pk, effect_0=6, reason="更重", status=422)
    act(stage.hr, "incentives_propose", case.pk, effect_0=4, reason="", status=422)
    act(stage.hr, "incentives_propose", case.pk, effect_0=4, reason="首次获奖，按下限从宽")
    assert Decision.objects.get().effects[0] == {"kind": "points", "amount": 4}


@pytest.mark.clause("RE-2.3")
def test_a_batch_is_sent_whole_or_not_at_all(stage, act):
    both = [stage.case_of(stage.best).pk, stage.case_of(stage.worst).pk]
    act(stage.hr, "incentives_batch_send", case=both, status=409)
    assert not Motion.objects.exists()
    act(stage.hr, "incentives_batch_send", case=both[:1])
    assert Motion.objects.count() == 1


@pytest.mark.clause("RE-2.3")
def test_the_execution_of_a_decision_is_tracked_step_by_step_with_dates(stage, act):
    decision = stage.posted(stage.worst)
    talk = Talk.objects.get()
    course = steps_of(decision.case, decision, list(Hearing.objects.all()), [decision.motion], talk)
    assert len(course) >= 8 and [step.at for step in course] == sorted(step.at for step in course)
    steps = checklist(decision, Aftermath(talk=talk))
    assert [step.is_done for step in steps] == [True, True, False, True, True, False, False]
    assert [step.due_at for step in steps if step.due_at] == [decision.appeal_until, talk.due_at]


@pytest.mark.clause("RE-2.3")
def test_hr_puts_a_case_aside_only_with_a_reason(stage, act):
    case = stage.case_of(stage.best)
    act(stage.hr, "incentives_set_aside", case.pk, reason="", status=422)
    act(stage.hr, "incentives_set_aside", case.pk, reason="与另一奖励同一事由")
    assert Case.objects.get(pk=case.pk).state == Case.State.SET_ASIDE
