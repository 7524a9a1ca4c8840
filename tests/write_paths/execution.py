"""What follows a decision: duties, conditions of a recommendation, the payroll file, postings with every effect."""

import datetime as dt

from audit.models import AuditRow
from core.faults import WritePath
from core.models import Counter, Event
from core.registries import write_paths
from incentives import services
from incentives.models import (
    Decision,
    Duty,
    LedgerLine,
    Mark,
    Notice,
    PayrollBatch,
    PayrollLine,
    Warning,
)
from incentives.tests.effects_stage import (
    BONUS,
    DISMISSAL,
    EXPLAIN,
    FUND,
    PRIORITY,
    WRITTEN,
    effects_stage,
    points,
)
from notifications.models import Message
from tests.factories import at

KEPT = (Decision, LedgerLine, Warning, Mark, Duty, Notice, AuditRow, Message, Event, Counter)
BATCH = (*KEPT[:2], PayrollBatch, PayrollLine, AuditRow, Event, Counter)


def rows(*models):
    """What the verb may write; faster than every table where there are many statements to fail at."""
    return lambda: {model: list(model._base_manager.order_by("pk").values_list()) for model in models}


def stage(**limits):
    return effects_stage(**limits)


def duty():
    found = stage()
    found.posted_with(EXPLAIN, direction="penalty")
    return Duty.objects.get(), found.best.user


def handed_in():
    one, user = duty()
    services.finish_duty(one, text="原因与措施", by=user, at=at(2026, 11, 18))
    return one, one.decision.proposed_by


def recommended():
    found = stage()
    found.posted_with(DISMISSAL, direction="penalty")
    return Mark.objects.get(), found.hr


def letter():
    found = stage()
    found.issued_with(points(5))
    return Notice.objects.get(), found.hr


def to_pay():
    found = stage()
    found.posted_with(points(5), BONUS)
    return found.company, found.hr


def final():
    return (stage(points_cap=3).final_with(points(5), FUND, PRIORITY, {"kind": "certificate"}),)


def posted():
    found = stage()
    decision = found.posted_with(points(-2), WRITTEN, EXPLAIN, DISMISSAL, direction="penalty")
    return decision, found.members[0]


PATHS = {
    "incentives.finish_duty": WritePath(
        duty, lambda one, by: services.finish_duty(one, text="原因", by=by, at=at(2026, 11, 18))
    ),
    "incentives.accept_duty": WritePath(
        handed_in, lambda one, by: services.accept_duty(one, by=by, at=at(2026, 11, 19))
    ),
    "incentives.send_back_duty": WritePath(
        handed_in, lambda one, by: services.send_back_duty(one, note="写明期限", by=by, at=at(2026, 11, 19))
    ),
    "incentives.confirm_condition": WritePath(
        recommended,
        lambda mark, by: services.confirm_condition(mark, code="union", by=by, at=at(2026, 11, 19)),
    ),
    "incentives.record_service": WritePath(
        letter,
        lambda one, by: services.record_service(
            one,
            how="refused",
            served_on=dt.date(2026, 11, 6),
            note="见证人：孙悦、何军",
            by=by,
            at=at(2026, 11, 10),
        ),
    ),
    "incentives.make_payroll": WritePath(
        to_pay,
        lambda company, by: services.make_payroll(company, month="2026-10", by=by, at=at(2026, 11, 20)),
        rows(*BATCH),
    ),
    "incentives.post: every reward": WritePath(
        final, lambda decision: services.post(decision, at=at(2026, 11, 16)), rows(*KEPT)
    ),
    "incentives.reverse: every penalty": WritePath(
        posted,
        lambda decision, by: services.reverse(decision, reason="申诉成立", by=by, at=at(2026, 12, 1)),
        rows(*KEPT),
    ),
}

for name, path in PATHS.items():
    write_paths.register(name, path)
