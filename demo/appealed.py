"""Appeals against penalties: one is overturned, one upheld, the newest is being looked into."""

import datetime as dt

from appeals import services as appeals
from appeals.models import Appeal
from core import events
from core.flow import Refused
from incentives.models import Decision, Rule
from organization.models import Employee
from organization.selectors import employees_with_verb

#: place of the month in the story -> (grounds, what the employee writes, outcome, the officer's reasons)
STORIES = {
    0: (
        ("fact",),
        "那天的客户是临时换到我名下的，等候发生在我到岗之前，前台的签到表可以证明。",
        "overturned",
        "核对了签到表和排班：客户等候时，他还没有到岗，等候与他无关。建议撤销。",
    ),
    1: (
        ("procedure",),
        "调查时没有找当天一起接待的同事核实，请补充了解后再定。",
        "upheld",
        "补充询问了当天在场的两位同事，说法与原调查一致。建议维持。",
    ),
}


def user_of(company, name):
    return Employee.objects.select_related("user").get(company=company, name=name).user


def appeal_one(company, period):
    """The first penalty issued for this month is appealed against, in the months in which the story says so."""
    found = Decision.objects.filter(
        company=company,
        state=Decision.State.ISSUED,
        direction=Rule.Direction.PENALTY,
        case__period=str(period),
    )
    decision = found.select_related("employee__user").order_by("pk").first()
    told = appeals_so_far(company)
    if decision is None or told not in STORIES:
        return
    grounds, text, outcome, reasons = STORIES[told]
    filed = file(decision, grounds, text, decision.issued_at + dt.timedelta(days=1, hours=2))
    looked_into = look_into(filed, decision.issued_at + dt.timedelta(days=2))
    conclude(looked_into, outcome, reasons, decision.issued_at + dt.timedelta(days=5))


def leave_open(decision, now):
    """An appeal in the middle of its five days."""
    filed_at = min(decision.appeal_until - dt.timedelta(hours=7), now - dt.timedelta(hours=26))
    text = "客户投诉的是前一位同事承诺的优惠，我接手时已说明不能兑现，录音可以证明。"
    appeal = file(decision, ("person", "fact"), text, filed_at)
    look_into(appeal, now - dt.timedelta(hours=20))


def appeals_so_far(company):
    return Appeal.objects.filter(company=company).count()


def file(decision, grounds, text, at):
    by = decision.employee.user
    appeal = appeals.draft("decision", decision.pk, by=by, at=at)
    appeal = appeals.write(appeal, grounds=grounds, text=text, wish="overturn", by=by, at=at)
    return appeals.file(appeal, by=by, at=at)


def look_into(appeal, at):
    officer = user_of(appeal.company, "许岚")
    appeals.accept(appeal, by=officer, at=at)
    return appeals.investigate(appeal, by=officer, at=at + dt.timedelta(hours=1))


def conclude(appeal, outcome, reasons, at):
    """Proposed by the officer, signed by the first reviewer who may; the employee confirms having read the answer."""
    proposed = appeals.propose(appeal, outcome=outcome, reasons=reasons, by=appeal.investigator, at=at)
    day = at.date()
    for reviewer in employees_with_verb(appeal.company, "appeals.decide", day).select_related("user"):
        try:
            answered = appeals.decide(proposed, by=reviewer.user, at=at + dt.timedelta(hours=5))
        except Refused:  # voted on it, or heads them: the next one
            continue
        events.deliver_all()
        appeals.acknowledge(
            answered, rating=4, by=answered.employee.user, at=at + dt.timedelta(days=1), note="说得清楚。"
        )
        return
