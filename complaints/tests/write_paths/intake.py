"""Intake, the customer's acts, the answer and its end, removal."""

from complaints.services import closing, tracking
from complaints.services.intake import receive
from complaints.tests.build_intake import LIN, Desk
from core.faults import WritePath
from core.registries import write_paths
from notifications.models import Message
from tests import factories
from tests.factories import at


def ready():
    desk = Desk()
    factories.make_customer(desk.company)
    return desk.company, desk.consultant


def receive_one(company, employee):
    return receive(
        company=company, kind="complaint", channel="web", text="等了很久", key="swept", at=at(), contact=LIN,
        told_by="email", employees=[employee],
    )  # fmt: skip


def accepted():
    return (Desk().accepted(contact=LIN, told_by="email"),)


def answered():
    return (Desk().answered(contact=LIN, told_by="email"),)


def waiting():
    from complaints.services import handling

    desk = Desk()
    case = desk.investigating()
    return (handling.ask(case, question="是哪一天？", by=desk.handler.user, at=at(day=5)),)


def confirmed():
    desk = Desk()
    return desk.confirmed(contact=LIN, told_by="email"), desk.handler.user


def not_asked():
    desk = Desk()
    return desk.answered(channel="hotline", by=desk.handler.user), desk.handler.user


def unsent():
    desk = Desk()
    desk.answered(channel="hotline", by=desk.handler.user, contact=LIN, told_by="email")
    Message.objects.filter(kind="complaints.told.answered").update(state="failed")
    return (at(day=7),)


PATHS = {
    "complaints.receive": WritePath(ready, receive_one),
    "complaints.add": WritePath(waiting, lambda case: tracking.add(case, text="是星期一", at=at(day=9))),
    "complaints.withdraw": WritePath(
        accepted, lambda case: tracking.withdraw(case, reason="已解决", at=at(day=5))
    ),
    "complaints.rate": WritePath(
        answered, lambda case: tracking.rate(case, rating=4, comment="谢谢", at=at(day=7))
    ),
    "complaints.reopen": WritePath(
        answered, lambda case: tracking.reopen(case, reason="没有人来", at=at(day=9))
    ),
    "complaints.call_supervisor": WritePath(
        accepted, lambda case: tracking.call_supervisor(case, text="没人理我", at=at(day=5))
    ),
    "complaints.answer": WritePath(
        confirmed, lambda case, by: closing.answer(case, text="已处理", by=by, at=at(day=6))
    ),
    "complaints.record_asked": WritePath(
        not_asked, lambda case, by: closing.record_asked(case, note="已回访", by=by, at=at(day=7))
    ),
    "complaints.recall_unsent": WritePath(unsent, closing.recall_unsent),
    "complaints.close_due": WritePath(lambda: answered() and (at(day=18, hour=0),), closing.close_due),
}

for name, path in PATHS.items():
    if name not in write_paths:
        write_paths.register(name, path)
