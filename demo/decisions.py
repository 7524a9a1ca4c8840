"""What HR, the group and heads did with the cases of each month, through the verbs they use."""

import datetime as dt
from contextlib import suppress

from approvals.models import Motion
from approvals.services import cast_vote
from core import events
from core.flow import Refused
from demo import appealed
from incentives.models import Case, Decision, Duty, Rule, Talk
from incentives.services import decisions, duties, hearings, issuing, payroll, talks
from organization.models import Employee

#: what people say and HR answers, by the trigger of the rule
STATEMENTS = {
    "rank_streak": (
        "这三个月我接手了 3 号楼的存量客户，他们因延期交房不满，请核实这些答卷是否应算在我的服务里。",
        "移交属实；不计这些答卷，结论不变。建议维持，并由部门负责人一对一辅导。",
    ),
    "finding_confirmed": (
        "当天同时接待三组客户，确实让这位客户久等，我已经当面道歉，今后会请同事先接待。",
        "与调查结论一致，员工已认识到问题。建议按条款给予警告。",
    ),
    "target_missed": (
        "两个季度里交房集中、人手不足，已和工程部排好维修时间。",
        "客观情况属实，但部门结果仍低于公司目标。请负责人向管理小组书面说明。",
    ),
    "coverage_below": (
        "这个季度有两栋楼在做外墙，白天家里没人，表发出去收不回来。",
        "情况属实，但没有安排晚上补收。按条款处理，下季度提前约时间。",
    ),
    "unit_rate_below": (
        "四张不满意的表都写了电梯停运，配件到货晚了两周，我们贴过通知。",
        "通知不能代替临时安排。满意率按收回的表计算，按条款处理。",
    ),
    "by_hand": (
        "三张工单确实没有派出，是我漏看了，当天已上门道歉并修好。",
        "与回访核实的结果一致，按条款处理。",
    ),
}
EXPLANATION = (
    "两个季度未达标，主要在售后维护：交房集中，报修回应慢。已增派两人，每周向客户通报进度，下季度末复查。"
)
MINUTES = "一起看了三个月的客户意见。约定：当天回复客户消息，签约前一次性列清资料，每周五复盘一次。"


def user_of(company, name):
    return Employee.objects.select_related("user").get(company=company, name=name).user


def settle(company, period, day, *, hr, appeal=None):
    """Carry every case of a past month to its end: `day` is the morning after the close, `appeal` what is filed."""
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
    issued = Decision.objects.filter(company=company, state=Decision.State.ISSUED)
    for decision in issued.order_by("appeal_until", "pk"):
        issuing.acknowledge_receipt(
            decision, by=decision.employee.user, at=decision.issued_at + dt.timedelta(hours=20)
        )
    if appeal:
        appeal(company, period)
    for decision in issued.order_by("appeal_until", "pk"):
        issuing.finalize_due(decision.appeal_until + dt.timedelta(hours=1))
        events.deliver_all()
        after = decision.appeal_until + dt.timedelta(days=2, hours=9)
        hold_talks(company, after)
        explain(company, hr, after)


def explain(company, hr, at):
    """Heads hand in the explanations they owe; HR has looked at them two days later."""
    for duty in Duty.objects.filter(company=company, state=Duty.State.OPEN).select_related("employee__user"):
        duties.finish_duty(duty, text=EXPLANATION, by=duty.employee.user, at=at)
        if duty.employee.user != hr:
            duties.accept_duty(duty, by=hr, at=at + dt.timedelta(days=2))


def pay(company, period, day, *, hr):
    """The month's file for the payroll, made in the middle of the month after."""
    with suppress(Refused):  # nothing was posted for that month
        payroll.make_payroll(company, month=str(period), by=hr, at=day, despite_open=True)


def hear_and_submit(case, hr, day):
    """Propose a penalty, hear the employee, write HR's opinion, put it to the vote once the hearing is over."""
    decision = decisions.propose(case, by=hr, at=day)
    hearing = hearings.call_hearing(decision, by=hr, at=day)
    statement, opinion = STATEMENTS[case.rule.trigger]
    hearings.state_case(
        hearing, statement=statement, by=decision.employee.user, at=day + dt.timedelta(hours=20)
    )
    over = hearing.due_at + dt.timedelta(hours=9)
    hearings.end_due_hearings(over)
    decision.refresh_from_db()
    decisions.write_opinion(decision, opinion=opinion, by=hr, at=over)
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
    """The newest month is in the middle of things: a penalty is voted on, one is appealed, the rest waits for HR."""
    hr = user_of(company, "陈静")
    found = Case.objects.filter(
        company=company, period=str(period), state=Case.State.FOUND, rule__direction=Rule.Direction.PENALTY
    )
    cases = list(found.order_by("-rule__trigger", "pk")[:2])  # near the bottom of the ranking comes first
    told = max(closed_at + dt.timedelta(hours=6), now - dt.timedelta(days=8, hours=3))
    if cases and told + dt.timedelta(days=8) <= now:
        decision = hear_and_submit(cases[0], hr, told)
        for name in ("周总", "何军"):
            cast_vote(decision.motion, choice="approve", reason="", by=user_of(company, name), at=now)
    told = max(closed_at + dt.timedelta(hours=6), now - dt.timedelta(days=14))
    if len(cases) > 1 and told + dt.timedelta(days=13) <= now:
        decision = hear_and_submit(cases[1], hr, told)
        vote_all(decision.motion, decision.motion.opened_at + dt.timedelta(days=1))
        events.deliver_all()
        decision.refresh_from_db()
        appealed.leave_open(decision, now)
    if not Motion.objects.filter(company=company, state=Motion.State.OPEN).exists():
        put_a_reward_to_the_vote(company, period, hr, closed_at + dt.timedelta(hours=6), now)


def put_a_reward_to_the_vote(company, period, hr, at, now):
    """In the first days of a month no hearing can be over yet: the group has a reward to vote on."""
    found = Case.objects.filter(
        company=company, period=str(period), state=Case.State.FOUND, rule__direction=Rule.Direction.REWARD
    )
    case = found.order_by("pk").first()
    if case and at < now:
        decision = decisions.propose_and_submit([case], by=hr, at=at)[0]
        cast_vote(decision.motion, choice="approve", reason="", by=user_of(company, "何军"), at=now)
