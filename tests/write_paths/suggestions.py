"""Write paths of the suggestion box for the fault sweep (tests/test_faults.py)."""

import datetime as dt

from core.faults import WritePath
from core.registries import write_paths
from improvements.models import Opinion
from improvements.services import suggestion_assessment as assessing
from improvements.services import suggestion_effect as effects
from improvements.services import suggestion_intake as intake
from improvements.services.suggestion_clock import remind_overdue
from improvements.tests.build_suggestions import (
    ASSESSED,
    CARRIED_OUT,
    CONFIRMED,
    FIRST_DAY,
    MEASURED,
    REASON,
    Box,
)


def after(way):
    """The suggestion brought there, and 陈静 who assesses."""

    def arrange():
        box = Box()
        return getattr(box, way)(), box.hr

    return arrange


def by_author(way):
    def arrange():
        box = Box()
        return getattr(box, way)(), box.author.user

    return arrange


def to_confirm():
    box = Box()
    return box.measured(before=(20, 30), after=(25, 30)), box.second


def to_measure():
    box = Box()
    box.before(20, 30)
    box.after(25, 30)
    return box.implemented(), box.hr


def too_few():
    box = Box()
    return box.implemented(days=30), box.hr


def two_alike():
    box = Box()
    return box.submit(by=box.cast.colleague.user), box.submit(), box.hr


def withdrawn_with_a_later_one():
    box = Box()
    first, later = box.submit(), box.submit(by=box.cast.colleague.user)
    assessing.link_duplicate(later, earlier=first, reason=REASON, by=box.hr, at=ASSESSED)
    return first, box.author.user


def asked():
    box = Box()
    opinion = assessing.ask_opinion(
        box.submit(), department=box.cast.other, question="行吗", by=box.hr, at=ASSESSED
    )
    return opinion, box.cast.other_head.user


def to_ask():
    box = Box()
    return box.submit(), box.cast.other, box.hr


def judge(verb, **fields):
    return lambda one, by: verb(one, reason=REASON, by=by, at=ASSESSED, **fields)


RATED = {"benefit": 4, "effort": 2}
PATHS = {
    "improvements.submit_suggestion": WritePath(
        lambda: (Box(),), lambda box: box.submit(key="one", moment=ASSESSED)
    ),
    "improvements.resubmit_suggestion": WritePath(
        by_author("declined"),
        lambda one, by: intake.resubmit_suggestion(one, plea="这次有屏幕，客户看得见。", by=by, at=ASSESSED),
    ),
    "improvements.withdraw_suggestion": WritePath(
        withdrawn_with_a_later_one, lambda one, by: intake.withdraw_suggestion(one, by=by, at=ASSESSED)
    ),
    "improvements.ask_opinion": WritePath(
        to_ask,
        lambda one, place, by: assessing.ask_opinion(one, department=place, question="", by=by, at=ASSESSED),
    ),
    "improvements.give_opinion": WritePath(
        asked,
        lambda one, by: assessing.give_opinion(
            Opinion.objects.select_related("suggestion").get(pk=one.pk),
            stance="for",
            text=REASON,
            by=by,
            at=ASSESSED,
        ),
    ),
    "improvements.adopt_suggestion": WritePath(
        after("submit"),
        lambda one, by: assessing.adopt_suggestion(
            one, owner=by.employee, reason=REASON, by=by, at=ASSESSED, **RATED
        ),
    ),
    "improvements.try_suggestion": WritePath(
        after("submit"), judge(assessing.try_suggestion, until=dt.date(2026, 7, 15), **RATED)
    ),
    "improvements.decline_suggestion": WritePath(after("submit"), judge(assessing.decline_suggestion)),
    "improvements.give_up_suggestion": WritePath(after("adopted"), judge(assessing.give_up_suggestion)),
    "improvements.link_duplicate": WritePath(
        lambda: two_alike()[::-1],
        lambda by, later, earlier: assessing.link_duplicate(
            later, earlier=earlier, reason=REASON, by=by, at=ASSESSED
        ),
    ),
    "improvements.record_implementation": WritePath(
        after("adopted"),
        lambda one, by: effects.record_implementation(
            one,
            day=FIRST_DAY,
            measure="overall",
            subject_kind="company",
            subject_id=one.company_id,
            window_days=30,
            by=by,
            at=CARRIED_OUT,
        ),
    ),
    "improvements.widen_window": WritePath(
        too_few, lambda one, by: effects.widen_window(one, window_days=60, by=by, at=MEASURED)
    ),
    "improvements.measure_effect": WritePath(
        to_measure, lambda one, by: effects.measure_effect(one, by=by, at=MEASURED)
    ),
    "improvements.confirm_effect": WritePath(
        to_confirm, lambda one, by: effects.confirm_effect(one, by=by, at=CONFIRMED)
    ),
    "improvements.send_effect_back": WritePath(
        to_confirm, lambda one, by: effects.send_effect_back(one, reason=REASON, by=by, at=CONFIRMED)
    ),
    "improvements.remind_overdue": WritePath(after("submit"), lambda one, by: remind_overdue(one.due_at)),
}

for name, one in PATHS.items():
    write_paths.register(name, one)
