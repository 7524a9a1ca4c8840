"""Two merges at the same moment that would bite each other: exactly one holds; the control shows what the lock does."""

import pytest

from customers import services
from customers.models import Customer, Merge
from customers.selectors import family_ids
from tests import factories
from tests.factories import at
from tests.racing import at_once, careless, kinds

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def merge(kept, dropped):
    return services.merge(kept, dropped, reason="同一个人", by=None, at=at())


def pair(company):
    return factories.make_customer(company), factories.make_customer(company)


def test_two_opposite_merges_leave_exactly_one(company):
    for _round in range(ROUNDS):
        one, other = pair(company)
        outcomes = at_once([lambda a=one, b=other: merge(a, b), lambda a=one, b=other: merge(b, a)])
        assert kinds(outcomes) == {"Refused": 1, "done": 1}
        for file in (one, other):
            file.refresh_from_db()
        assert [file.merged_into_id for file in (one, other)].count(None) == 1
    assert Merge.objects.count() == ROUNDS


def test_merges_in_a_ring_leave_one_leading_file_each(company):
    for _round in range(ROUNDS):
        a, b, c = (factories.make_customer(company) for _file in range(3))
        at_once([lambda x=x, y=y: merge(x, y) for x, y in ((a, b), (b, c), (c, a))])
        for file in Customer.objects.filter(pk__in=[a.pk, b.pk, c.pk]):
            leading = Customer.objects.get(pk=file.live_id)
            assert leading.merged_into_id is None
            assert file.pk in family_ids(leading)


def test_without_the_lock_both_would_hold(company):
    """The control: both check that the other leads, and only then does either write."""
    one, other = pair(company)
    turns = iter(((one.pk, other.pk), (other.pk, one.pk)))
    careless(
        lambda: Customer.objects.filter(pk__in=[one.pk, other.pk], merged_into=None).count() == 2,
        lambda: (lambda kept, dropped: Customer.objects.filter(pk=dropped).update(merged_into=kept))(
            *next(turns)
        ),
        2,
    )
    assert Customer.objects.filter(merged_into=None).count() == 0


def erase(one):
    return services.erase(one, reason="request", by=None, at=at())


def test_who_is_erased_while_a_file_is_joined_is_erased_whole_or_the_joining_is_refused(company):
    for _round in range(ROUNDS):
        kept, dropped = pair(company)
        outcomes = at_once([lambda a=kept, b=dropped: merge(a, b), lambda a=kept: erase(a)])
        assert set(kinds(outcomes)) <= {"done", "Refused"}, outcomes
        for file in (kept, dropped):
            file.refresh_from_db()
        assert kept.erased_at
        is_joined = dropped.merged_into_id == kept.pk
        assert bool(dropped.erased_at) is is_joined, "a joined file keeps what was to be erased"
