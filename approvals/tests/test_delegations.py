"""A vote given away for some days: by whom, for whom, never for who is concerned, never passed on."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from approvals import selectors, services, verification
from approvals.models import Delegation, Motion, Vote
from approvals.tests import build
from approvals.tests.pages import address, browse, make_room, register_topic, text
from audit.models import AuditRow
from core.flow import Refused
from notifications.models import Message
from tests import factories
from tests.factories import at

FIRST, LAST = dt.date(2026, 11, 4), dt.date(2026, 11, 20)


@pytest.fixture
def room(company, monkeypatch):
    register_topic(monkeypatch)
    with time_machine.travel(at(), tick=False):
        yield make_room(company)


@pytest.fixture
def delegate(room):
    return build.make_colleague(room, "许岚")


def give(room, to, principal=None, starts_on=FIRST, ends_on=LAST, moment=None):
    principal = principal or room.users[0]
    return services.give_delegation(
        room, delegate=to.employee, starts_on=starts_on, ends_on=ends_on, by=principal, at=moment or at()
    )


def vote_for(principal, motion, by, choice="approve", moment=None):
    return services.cast_vote(
        motion,
        choice=choice,
        reason="依据不足",
        on_behalf_of=principal.employee,
        by=by,
        at=moment or at(2026, 11, 5),
    )


def test_actor_and_principal_stand_on_the_vote_and_in_the_audit_log(room, delegate):
    give(room, delegate)
    motion = build.make_motion(room, proposed_by=room.proposer)
    vote = vote_for(room.users[0], motion, delegate)
    assert (vote.cast_by, vote.on_behalf_of, vote.seat.employee) == (
        delegate,
        room.users[0],
        room.users[0].employee,
    )
    row = AuditRow.objects.get(verb="approvals.vote.cast")
    assert (row.actor, row.on_behalf_of, row.data) == (delegate, room.users[0], {})
    assert list(verification.violations()) == []


def test_a_vote_for_somebody_without_a_delegation_is_found_by_verify(room, delegate):
    motion = build.make_motion(room, proposed_by=room.proposer)
    given = give(room, delegate)
    vote_for(room.users[0], motion, delegate)
    Delegation.objects.filter(pk=given.pk).update(ended_at=at(2026, 11, 4, 13))
    assert "somebody else" in "\n".join(verification.violations())


def test_member_and_delegate_share_one_vote_and_a_seat_of_ones_own_is_another(room):
    first, second, _third = room.users
    give(room, second)
    motion = build.make_motion(room, proposed_by=room.proposer)
    build.vote(motion, first)
    with pytest.raises(Refused) as refusal:
        vote_for(first, motion, second)
    assert refusal.value.code == "state"
    build.vote(motion, second)
    assert Vote.objects.count() == 2


@pytest.mark.parametrize("moment", [at(2026, 11, 3), at(2026, 11, 21)])
def test_outside_its_days_it_is_no_delegation(room, delegate, moment):
    give(room, delegate)
    motion = build.make_motion(room, proposed_by=room.proposer)
    with pytest.raises(Refused) as refusal:
        vote_for(room.users[0], motion, delegate, moment=moment)
    assert refusal.value.code == "no_delegation"


def test_the_last_day_counts_in_shanghai(room, delegate):
    give(room, delegate)
    motion = build.make_motion(room, proposed_by=room.proposer)
    assert vote_for(room.users[0], motion, delegate, moment=at(2026, 11, 20, 23, 59))


def test_who_is_concerned_votes_for_nobody(room, delegate):
    give(room, delegate)
    motion = build.make_motion(room, proposed_by=room.proposer, excluded={delegate.employee.pk: "subject"})
    with pytest.raises(Refused) as refusal:
        vote_for(room.users[0], motion, delegate)
    assert refusal.value.code == "recused"
    assert motion not in Motion.objects.awaiting(delegate.employee.pk, FIRST)
    assert build.vote(motion, room.users[0])


def test_a_member_who_stands_aside_does_not_vote_for_others_either(room):
    first, second, _third = room.users
    give(room, second)
    motion = build.make_motion(room, proposed_by=room.proposer)
    services.recuse(motion, note="亲属", by=second, at=at())
    with pytest.raises(Refused):
        vote_for(first, motion, second)


def test_who_has_voted_for_a_member_cannot_stand_aside_afterwards(room):
    first, second, _third = room.users
    give(room, second)
    motion = build.make_motion(room, proposed_by=room.proposer)
    vote_for(first, motion, second)
    with pytest.raises(Refused) as refusal:
        services.recuse(motion, note="亲属", by=second, at=at())
    assert refusal.value.code == "state"


def test_who_only_stands_for_a_member_declares_an_interest_and_the_member_votes(room, delegate):
    give(room, delegate)
    motion = build.make_motion(room, proposed_by=room.proposer)
    services.recuse(motion, note="是我的亲属", by=delegate, at=at())
    motion.refresh_from_db()
    assert motion.declared == {str(delegate.employee.pk): "是我的亲属"}
    with pytest.raises(Refused):
        vote_for(room.users[0], motion, delegate)
    assert selectors.tally(motion).entitled == 3
    assert build.vote(motion, room.users[0])


def test_the_page_on_which_a_delegate_stands_aside_says_who_votes_then(room, delegate):
    give(room, delegate)
    motion = build.make_motion(room, proposed_by=room.proposer)
    client, place = browse(delegate), address("vote_recuse", motion)
    assert "由委托人自己投票" in text(client.get(place))
    assert client.post(place, {"note": "亲属"}).status_code == 302
    assert "此事与您本人有关，由委托人自己投票" in text(client.get(address("motion", motion)))
    assert client.post(address("vote_cast", motion), {"choice": "approve"}).status_code == 409


def test_for_a_recused_member_nobody_votes(room, delegate):
    give(room, delegate)
    motion = build.make_motion(room, proposed_by=room.proposer, excluded={room.users[0].employee.pk: "line"})
    with pytest.raises(Refused) as refusal:
        vote_for(room.users[0], motion, delegate)
    assert refusal.value.code == "recused"


def test_a_delegate_without_login_rights_to_vote_is_refused(room):
    outsider = factories.make_user(employee=factories.make_employee(room.company.departments.first(), "外人"))
    with pytest.raises(Refused) as refusal:
        give(room, outsider)
    assert refusal.value.field == "delegate"


def test_overlaps_and_chains_are_refused_until_the_delegation_is_ended(room, delegate):
    first, second, third = room.users
    standing = give(room, second)
    with pytest.raises(Refused, match="您在该期间已有委托|already"):
        give(room, third)
    with pytest.raises(Refused, match="转委托|passed on"):
        give(room, third, principal=second)
    with pytest.raises(Refused, match="委托给别人|given their own"):
        give(room, first, principal=third)
    services.end_delegation(standing, by=first, at=at())
    assert give(room, third)


def test_only_the_two_end_it_and_only_once(room, delegate):
    standing = give(room, delegate)
    with pytest.raises(Refused):
        services.end_delegation(standing, by=room.users[1], at=at())
    services.end_delegation(standing, by=delegate, at=at())
    with pytest.raises(Refused):
        services.end_delegation(standing, by=room.users[0], at=at())
    motion = build.make_motion(room, proposed_by=room.proposer)
    with pytest.raises(Refused) as refusal:
        vote_for(room.users[0], motion, delegate)
    assert refusal.value.code == "no_delegation"


def test_a_stand_ins_seat_is_not_given_on(room, delegate):
    others = {user.employee.pk: "line" for user in room.users[1:]}
    motion = build.make_motion(room, proposed_by=room.proposer, excluded=others)
    stand_in = build.make_colleague(room, "林岚")
    services.name_stand_in(
        motion,
        employee=stand_in.employee,
        instead_of=room.users[1].employee,
        by=room.users[0],
        at=at(),
    )
    with pytest.raises(Refused, match="不是本小组成员|do not sit"):
        give(room, delegate, principal=stand_in)


def test_delegates_are_called_and_reminded(room, delegate):
    give(room, delegate)
    build.make_motion(room, proposed_by=room.proposer)
    services.remind(at(2026, 11, 20))
    told = set(Message.objects.filter(recipient=delegate).values_list("kind", flat=True))
    assert {"approvals.delegation_given", "approvals.vote", "approvals.reminder"} <= told


def test_the_page_gives_and_takes_back(room, delegate):
    member = browse(room.users[0])
    values = {"committee": room.pk, "delegate": delegate.employee.pk, "starts_on": FIRST, "ends_on": LAST}
    assert "目前由您本人投票" in text(member.get(reverse("delegations")))
    wrong = member.post(reverse("delegations"), values | {"ends_on": "2026-11-01"})
    assert wrong.status_code == 409 and 'id="id_ends_on_error"' in text(wrong)
    assert member.post(reverse("delegations"), values).status_code == 302
    assert "由许岚代您投票，至" in text(member.get(reverse("delegations")))
    assert "您代为投票" in text(browse(delegate).get(reverse("delegations")))
    given = Delegation.objects.get()
    assert browse(room.users[1]).post(address("delegation_end", given)).status_code == 404
    assert member.get(address("delegation_end", given)).status_code == 405
    member.post(address("delegation_end", given))
    assert "目前由您本人投票" in text(member.get(reverse("delegations")))


def test_the_delegate_sees_and_casts_each_seat_once_and_the_record_names_both(room):
    first, second, third = room.users
    give(room, second)
    motion = build.make_motion(room, proposed_by=room.proposer)
    client = browse(second)
    page = text(client.get(address("motion", motion)))
    assert page.count('type="radio"') == 6 and "周总的一票" in page
    seat = motion.seats.get(employee=first.employee)
    assert client.post(address("vote_cast", motion), {"choice": "approve"}).status_code == 302
    assert "代周总" in text(client.get(reverse("votes")))
    refused = client.post(address("vote_cast", motion), {"seat": seat.pk, "choice": "reject"})
    assert refused.status_code == 422 and f'id="seat{seat.pk}_reason_error"' in text(refused)
    someone = motion.seats.get(employee=third.employee)
    assert (
        client.post(address("vote_cast", motion), {"seat": someone.pk, "choice": "approve"}).status_code
        == 409
    )
    client.post(address("vote_cast", motion), {"seat": seat.pk, "choice": "approve"})
    assert "由孙悦代投" in text(browse(third).get(address("motion", motion)))


def test_who_stands_for_a_member_sees_the_motion_only_while_it_is_theirs(room, delegate):
    motion = build.make_motion(room, proposed_by=room.proposer)
    client = browse(delegate)
    assert client.get(address("motion", motion)).status_code == 404
    given = give(room, delegate)
    assert client.get(address("motion", motion)).status_code == 200
    services.end_delegation(given, by=room.users[0], at=at())
    assert client.get(address("motion", motion)).status_code == 404
