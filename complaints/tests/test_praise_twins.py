"""One praise counts once: the same photo, the same customer, the same words."""

import contextlib
import datetime as dt
import threading

import pytest
from django.db import connection
from django.urls import reverse

from complaints.models import Case, Praise, State
from complaints.selectors import confirmed_praises
from complaints.services import closing, handling, praise, relations
from complaints.services.intake import Contact
from complaints.tests.build_praise import RECEIVED, Stage, fresh
from complaints.twins import SCAN, VOICE, WORDS, twins_of
from core.flow import Refused
from tests.factories import at
from tests.racing import at_once, kinds

OTHER = Contact(name="孙先生", phone="13900000002")
LATER = at(2026, 11, 7, 9)
MERGED = "同一面锦旗"


@pytest.fixture
def stage(db):
    return Stage()


def why(case):
    return {one: reason for one, reason in twins_of(fresh(case))}


def test_a_photo_that_proves_one_praise_proves_no_second_one(stage):
    first = stage.proved(width=40)
    second = stage.praise(width=40, contact=OTHER)
    assert why(second) == {first: SCAN}
    with pytest.raises(Refused) as refusal:
        praise.prove(second, proof="photo", by=stage.liuyang.user, at=LATER)
    assert (refusal.value.field, refusal.value.code) == ("proof", "twin")
    assert first.number in str(refusal.value.message)
    assert fresh(second).state == State.RECEIVED
    praise.prove(
        second, proof="call", call_outcome="genuine", note="两位客户各送一面", by=stage.gaoyuan.user, at=LATER
    )
    assert fresh(second).state == State.PROVED


def test_of_two_proved_in_one_moment_the_second_is_not_confirmed(stage):
    first = stage.attributed(width=40)
    second = stage.attributed(contact=OTHER)
    second.files.update(attachment=stage.file(width=40))  # as if both had been proved at once
    praise.confirm_praise(first, by=stage.chenjing.user, at=LATER)
    with pytest.raises(Refused, match=first.number):
        praise.confirm_praise(second, by=stage.chenjing.user, at=LATER)
    assert (
        len(confirmed_praises(stage.company, since=RECEIVED, until=at(2026, 12, 1))) == 2
    )  # shares of the first


def test_a_twin_found_after_the_proof_is_merged_and_its_photo_goes_along(stage):
    leading = stage.praise(photo=False, contact=OTHER)
    second = stage.proved()
    relations.merge(second, into=leading, reason=MERGED, by=stage.liuyang.user, at=LATER)
    assert fresh(second).state == State.MERGED
    praise.prove(leading, proof="photo", by=stage.liuyang.user, at=LATER)
    assert fresh(leading).state == State.PROVED
    with pytest.raises(Refused):  # the leading one rests on the photo now
        relations.unmerge(fresh(second), reason="其实是两面锦旗", by=stage.liuyang.user, at=LATER)


@pytest.mark.parametrize("shared_out", ["proved", "attributed", "confirmed"])
def test_a_twin_goes_into_one_that_is_further_on_but_not_into_one_that_is_thanked(stage, shared_out):
    leading, twin = getattr(stage, shared_out)(), stage.praise()
    relations.merge(twin, into=leading, reason=MERGED, by=stage.liuyang.user, at=LATER)
    assert fresh(twin).merged_into == leading
    if shared_out == "confirmed":
        closing.answer(fresh(leading), text="谢谢您", by=stage.liuyang.user, at=LATER)
        with pytest.raises(Refused):
            relations.merge(stage.praise(), into=leading, reason=MERGED, by=stage.liuyang.user, at=LATER)


def test_praise_that_turns_out_to_be_no_fact_after_the_proof_can_still_be_declined(stage):
    case = stage.attributed()
    praise.return_shares(case, reason="锦旗是自己做的", by=stage.chenjing.user, at=LATER)
    handling.decline(fresh(case), reason="核实不属实", by=stage.liuyang.user, at=LATER)
    assert fresh(case).state == State.DECLINED
    assert confirmed_praises(stage.company, since=RECEIVED, until=at(2026, 12, 1)) == []


def test_the_same_customer_near_in_time_is_shown_as_a_possible_twin(stage):
    first = stage.praise()
    same = stage.praise(text="再次感谢", moment=RECEIVED + dt.timedelta(days=20))
    long_after = stage.praise(text="又一次", moment=RECEIVED + dt.timedelta(days=200))
    assert why(same) == {first: VOICE}
    assert why(long_after) == {}


def test_the_same_words_make_a_twin_only_of_somebody_unknown(stage):
    first = stage.praise(text="尽职尽责 值得信赖")
    assert why(stage.praise(text="尽职尽责 值得信赖", contact=OTHER)) == {}
    unknown = stage.praise(text="尽职尽责 值得信赖", contact=Contact())
    assert why(unknown)[first] == WORDS


def test_the_page_names_the_twin_with_its_sharers_and_a_withdrawn_one_is_none(stage, client):
    first = stage.attributed(shares={stage.wangli: 10_000})
    second = stage.praise()
    client.force_login(stage.liuyang.user)
    page = client.get(reverse("praise", args=[second.pk]))
    assert [(one, names) for one, _why, names in page.context["desk"].twins] == [(first, "王丽")]
    assert first.number in page.content.decode()
    Case.objects.filter(pk=first.pk).update(state=State.WITHDRAWN)
    assert client.get(reverse("praise", args=[second.pk])).context["desk"].twins == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_praises_with_one_photo_confirmed_at_once_are_one_fact():
    stage = Stage()
    first, second = stage.attributed(), stage.attributed(contact=OTHER)
    for case in (first, second):
        case.files.update(attachment=stage.file(width=40))
    people = [stage.chenjing.user, stage.sunyue.user]
    outcomes = at_once(
        [
            lambda case=case, user=user: praise.confirm_praise(fresh(case), by=user, at=LATER)
            for case, user in zip([first, second, first, second], people * 2, strict=True)
        ]
    )
    assert kinds(outcomes) == {"Refused": 3, "done": 1}
    assert Praise.objects.exclude(confirmed_by=None).count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_confirming_them_without_waiting_for_each_other_counts_the_pennant_twice(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")
    monkeypatch.setattr(praise, "_hold_twins", lambda case: None)
    barrier, check = threading.Barrier(2), praise.proved_by_same_scan

    def checked(case, **states):
        found = check(case, **states)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(5)
        return found

    stage = Stage()
    first, second = stage.attributed(), stage.attributed(contact=OTHER)
    for case in (first, second):
        case.files.update(attachment=stage.file(width=40))
    monkeypatch.setattr(praise, "proved_by_same_scan", checked)
    at_once(
        [lambda case=case: praise.confirm_praise(fresh(case), by=stage.chenjing.user, at=LATER) for case in
         (first, second)]
    )  # fmt: skip
    assert Praise.objects.exclude(confirmed_by=None).count() == 2
