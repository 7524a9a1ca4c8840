"""Many cases at once, as rows: the board only reads them."""

import datetime as dt
import itertools

from complaints.models import Case, CaseTopic, Kind, State
from tests import factories
from tests.factories import at
from tests.replay import set_up

_numbers = itertools.count(1)
SOON = dt.timedelta(days=3)


def company_with_policy(code="qinghe"):
    return set_up(
        "realestate_rewards", unit=code, name="青禾房产销售", by=None, at=at(2026, 1, 1)
    ).version.company


def case(company, *, received=None, kind=Kind.COMPLAINT, state=State.RECEIVED, topics=(), **fields):
    received = received or at(2026, 10, 20)
    number = f"TS-{next(_numbers):05d}"
    made = Case.objects.create(
        company=company,
        number=number,
        key=number,
        kind=kind,
        channel="web",
        state=state,
        text="等了很久",
        received_at=received,
        due_at=fields.pop("due_at", received + SOON),
        first_answer_due_at=received + dt.timedelta(days=1),
        **fields,
    )
    CaseTopic.objects.bulk_create([CaseTopic(case=made, code=code) for code in topics])
    return made


def answered(company, *, on_time=True, rating=None, **fields):
    received = fields.pop("received", None) or at(2026, 10, 20)
    return case(
        company,
        received=received,
        state=State.RESPONDED,
        responded_at=received + dt.timedelta(days=2),
        first_answered_at=received + dt.timedelta(hours=2),
        answered_on_time=on_time,
        asked_at=received + dt.timedelta(days=2),
        rating=rating,
        **fields,
    )


def reader(company, *verbs):
    return factories.user_with(company, "complaints.view", "complaints.board", *verbs)
