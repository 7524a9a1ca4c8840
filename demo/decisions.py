"""What HR, the group and heads did with the cases of each month, through the verbs they use."""

import datetime as dt

from approvals.models import Motion
from approvals.services import cast_vote
from core import events
from incentives.models import Case, Decision, Rule, Talk
from incentives.services import decisions, hearings, issuing, talks
from organization.models import Employee

STATEMENT = "这三个月我接手了 3 号楼的存量客户，他们因延期交房不满，请核实这些答卷是否应算在我的服务里。"
OPINION = "移交属实；不计这些答卷，结论不变。建议维持，并由部门负责人一对一辅导。"
MINUTES = "一起看了三个月的客户意见。约定：当天回复客户消息，签约前一次性列清资料，每周五复盘一次。"


def user_of(company, name):
    return Employee.objects.select_related("user").get(company=company, name=name).user


def settle(company, period, day):
    """Carry every case of a past month to its end: `day` is the morning after the close."""
    hr = user_of(company, "陈静")
    for case in Case.objects.filter(company=company, period=str(period), state=Case.State.FOUND).order_by(
        "pk"
    ):
        if case.rule.direction == Rule.Direction.REWARD:
            decisions.propose_and_submit([case], by=hr, at=day)
        else:
            hear_and_submit(case, hr, day)
    events.deliver_all()
    for motion in Motion.objects.filter(company=company, state=Motion.State.OPEN):
        vote_all(motion, motion.opened_at + dt.timedelta(days=1))
    events.deliver_all()
    for decision in Decision.objects.filter(company=company, state=Decision.State.ISSUED).order_by("pk"):
        issuing.acknowledge_receipt(
            decision, by=decision.employee.user, at=decision.issued_at + dt.timedelta(hours=20)
        )
        posted_at = decision.appeal_until + dt.timedelta(hours=1)
        issuing.finalize_due(posted_at)
        events.deliver_all()
        hold_talks(company, posted_at + dt.timedelta(days=2, hours=9))


def hear_and_submit(case, hr, day):
    """Propose a penalty, hear the employee, write HR's opinion, put it to the vote once the hearing is over."""
    decision = decisions.propose(case, by=hr, at=day)
    hearing = hearings.call_hearing(decision, by=hr, at=day)
    hearings.state_case(
        hearing, statement=STATEMENT, by=decision.employee.user, at=day + dt.timedelta(hours=20)
    )
    over = hearing.due_at + dt.timedelta(hours=9)
    hearings.end_due_hearings(over)
    decision.refresh_from_db()
    decisions.write_opinion(decision, opinion=OPINION, by=hr, at=over)
    decisions.submit_batch([decision], by=hr, at=over)
    decision.refresh_from_db()
    return decision


def vote_all(motion, at):
    for seat in motion.seats.filter(recused_at=None, vote=None).select_related("employee__user"):
        motion.refresh_from_db()
        if motion.state == Motion.State.OPEN:
            cast_vote(motion, choice="approve", reason="", by=seat.employee.user, at=at)


def hold_talks(company, at):
    for talk in Talk.objects.filter(company=company, state=Talk.State.SCHEDULED).select_related("head__user"):
        talks.hold_talk(talk, minutes=MINUTES, held_on=at.date(), by=talk.head.user, at=at)
        talks.acknowledge_talk(talk, by=talk.employee.user, at=at + dt.timedelta(hours=3))


def leave_open(company, period, closed_at, now):
    """The newest month is in the middle of things: one penalty is being voted on, the rest waits for HR."""
    hr = user_of(company, "陈静")
    told = max(closed_at + dt.timedelta(hours=6), now - dt.timedelta(days=8, hours=3))
    penalties = Case.objects.filter(
        company=company, period=str(period), state=Case.State.FOUND, rule__direction=Rule.Direction.PENALTY
    )
    for case in penalties.order_by("pk")[:1]:
        if told + dt.timedelta(days=8) > now:
            return
        decision = hear_and_submit(case, hr, told)
        for name in ("周总", "何军"):
            cast_vote(decision.motion, choice="approve", reason="", by=user_of(company, name), at=now)
