"""Minutes: assembled from closed votes, signed by the chair, frozen, found out when changed."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from approvals import minutes as content
from approvals import services, verification
from approvals.models import Minutes, Motion
from approvals.tests import build
from approvals.tests.pages import address, browse, make_room, register_topic, text
from audit.models import AuditRow
from core.flow import Refused
from tests import factories
from tests.factories import at


@pytest.fixture
def room(company, monkeypatch):
    register_topic(monkeypatch)
    with time_machine.travel(at(2026, 11, 5), tick=False):
        yield make_room(company, 4)


@pytest.fixture
def decided(room):
    """One carried against a vote, through a delegate, with a recusal; one returned."""
    colleague = build.make_colleague(room, "许岚")
    services.give_delegation(
        room,
        delegate=colleague.employee,
        starts_on=dt.date(2026, 11, 5),
        ends_on=dt.date(2026, 11, 9),
        by=room.users[0],
        at=at(2026, 11, 5),
    )
    first, second = [build.make_motion(room, topic_id=pk, proposed_by=room.proposer) for pk in (1, 2)]
    services.recuse(first, note="是亲属", by=room.users[3], at=at(2026, 11, 5))
    build.vote(first, room.users[1], "reject", "金额偏高")
    services.cast_vote(
        first, choice="approve", by=colleague, on_behalf_of=room.users[0].employee, at=at(2026, 11, 5)
    )
    build.vote(first, room.users[2])
    build.vote(second, room.users[2], "return", "证据要补")
    return [first, second]


def assemble(room, motions, by=None):
    return services.assemble_minutes(room, motions=motions, by=by or room.users[1], at=at(2026, 11, 6))


def sign(room, minutes):
    return services.sign_minutes(minutes, by=room.users[0], at=at(2026, 11, 6))


def test_they_say_who_was_there_for_whom_who_was_recused_why_and_who_dissented(room, decided):
    found = content.content_of(assemble(room, decided))
    assert found["present"] == ["许岚", "孙悦", "何军"]
    assert found["silent"] == ["周总", "赵敏"]
    assert (
        found["delegations"][0] | {"votes": 1, "principal": "周总", "delegate": "许岚"}
        == found["delegations"][0]
    )
    carried, returned = found["motions"]
    assert (carried["state"], returned["state"]) == ("carried", "returned")
    assert carried["dissent"] == [{"name": "孙悦", "choice": "reject", "reason": "金额偏高"}]
    away = next(seat for seat in carried["seats"] if seat["presence"] == "recused")
    assert (away["name"], away["ground"], away["note"]) == ("赵敏", "declared", "是亲属")


def test_only_closed_votes_of_the_group_and_each_once(room, decided):
    still_open = build.make_motion(room, topic_id=3, proposed_by=room.proposer)
    with pytest.raises(Refused):
        assemble(room, [still_open])
    first = assemble(room, decided[:1])
    with pytest.raises(Refused, match="其他纪要|other minutes"):
        assemble(room, decided)
    services.discard_minutes(first, by=room.users[1], at=at(2026, 11, 6))
    assert assemble(room, decided).items.count() == 2


def test_the_chair_signs_and_nobody_else(room, decided):
    minutes = assemble(room, decided)
    with pytest.raises(Refused):
        services.sign_minutes(minutes, by=room.users[1], at=at(2026, 11, 6))
    sign(room, minutes)
    assert minutes.number == "JY-2611-0001"
    with pytest.raises(Refused):
        sign(room, minutes)
    with pytest.raises(Refused):
        services.discard_minutes(minutes, by=room.users[1], at=at(2026, 11, 6))
    assert AuditRow.objects.get(verb="approvals.minutes.sign").reason_code == minutes.content_hash[:12]


def test_signed_minutes_do_not_follow_later_changes_and_a_forged_one_is_found(room, decided):
    minutes = sign(room, assemble(room, decided))
    room.users[1].employee.name = "改名"
    room.users[1].employee.save()
    minutes.refresh_from_db()
    assert "孙悦" in content.content_of(minutes)["present"]
    assert list(verification.violations()) == []
    forged = minutes.content | {"silent": []}
    Minutes.objects.filter(pk=minutes.pk).update(content=forged, content_hash=content.checksum(forged))
    assert "changed after the chair" in "\n".join(verification.violations())


def test_of_a_withdrawn_vote_the_minutes_do_not_say_who_voted_how(room):
    motion = build.make_motion(room, proposed_by=room.proposer)
    build.vote(motion, room.users[1], "reject", "私下的理由")
    services.withdraw(motion, by=room.proposer, at=at(2026, 11, 5))
    entry = content.content_of(assemble(room, [motion]))["motions"][0]
    assert "私下的理由" not in str(entry) and "reject" not in str(entry)


def test_the_pages_from_choosing_to_signing(room, decided):
    member, chair = browse(room.users[1]), browse(room.users[0])
    assert "2 件已表决事项还没有纪要" in text(member.get(address("committee_minutes", room)))
    new = address("minutes_new", room)
    assert "第 1 件" not in text(member.get(new + "?since=2026-11-06"))
    assert text(member.get(new + "?since=2026-11-05&until=2026-11-05")).count(" checked") == 2
    wrong = member.post(new, {})
    assert wrong.status_code == 422 and "id_motions_error" in text(wrong)
    member.post(new, {"motions": [motion.pk for motion in decided], "remarks": "下月复核"})
    minutes = Minutes.objects.get()
    draft = text(member.get(address("minutes", minutes)))
    for words in ("金额偏高", "下月复核", "是亲属", "由许岚代投", "纪要草稿"):
        assert words in draft
    assert "签署定稿" not in draft
    assert member.post(address("minutes_sign", minutes)).status_code == 409
    assert "签署定稿" in text(chair.get(address("minutes", minutes)))
    chair.post(address("minutes_sign", minutes))
    assert "会议纪要 JY-2611-0001" in text(chair.get(address("minutes", minutes)))
    assert "JY-2611-0001" in text(member.get(address("committee_minutes", room)))


def test_who_reads_minutes(room, decided):
    minutes = assemble(room, decided)
    outsider = factories.user_with(room.company, "approvals.vote")
    auditor = factories.user_with(room.company, "approvals.audit")
    assert browse(outsider).get(address("minutes", minutes)).status_code == 404
    assert browse(auditor).get(address("minutes", minutes)).status_code == 200
    assert browse(auditor).post(address("minutes_sign", minutes)).status_code == 403
    assert browse(outsider).post(address("minutes_new", room), {"motions": [1]}).status_code == 422
    assert Minutes.objects.count() == 1
    with pytest.raises(Refused):
        assemble(room, list(Motion.objects.none()), by=outsider)


def test_an_empty_list_says_where_minutes_come_from(room):
    assert "还没有纪要" in text(browse(room.users[0]).get(address("committee_minutes", room)))
    assert reverse("minutes", args=[1]) == "/minutes/1/"
