"""How a colleague hears by e-mail: at once, with one summary a working day, after the quiet hours, or not at all."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection

from core.flow import Refused
from core.models import CalendarDay
from notifications.models import Message, Preferences
from notifications.registries import Group, group_of, message_groups
from notifications.services import mark_read, notify, send_due
from notifications.services.digests import send_digests
from notifications.services.preferences import save_preferences
from notifications.tests.build import NOON, colleague
from tests import factories
from tests.factories import at
from tests.racing import at_once

DAILY = "tests.daily"
if DAILY not in message_groups:
    message_groups.register(DAILY, Group("例行", ("tests.routine.",)))
    message_groups.register("tests.own", Group("关于本人", ("tests.routine.own",), is_fixed=True))


@pytest.fixture
def wang(company):
    return colleague(company)


def choose(user, choice="daily", code=DAILY, **fields):
    save_preferences(user, email={code: choice}, **({"digest_hour": 8} | fields))


def tell(user, key="1", kind="tests.routine.x", moment=NOON, **fields):
    company = user.grants.get().role.company
    fields = {"subject": f"例行消息 {key}", "url": "/votes/"} | fields
    notify(user=user, company=company, kind=kind, key=key, at=moment, **fields)


def tick(moment):
    """As the worker does it."""
    send_digests(moment)
    return send_due(moment)


def states():
    return list(
        Message.objects.filter(channel="email").exclude(kind="notifications.digest").order_by("pk")
        .values_list("state", flat=True)
    )  # fmt: skip


def test_until_somebody_chooses_everything_comes_at_once(wang):
    tell(wang)
    tick(NOON)
    assert states() == ["sent"]


def test_switched_off_it_stands_in_the_application_only(wang):
    choose(wang, "off")
    tell(wang)
    tick(NOON)
    assert states() == ["suppressed"]
    assert mail.outbox == []
    assert Message.objects.unread(wang).count() == 1


def test_what_is_about_oneself_cannot_be_switched_off(wang):
    save_preferences(wang, email={"tests.own": "off", DAILY: "off"}, digest_hour=8)
    assert Preferences.objects.get().email == {DAILY: "off"}
    tell(wang, kind="tests.routine.own.hearing")
    tick(NOON)
    assert states() == ["sent"]


def test_the_longest_prefix_decides_and_the_rest_is_everything_else():
    assert group_of("tests.routine.own.hearing")[0] == "tests.own"
    assert group_of("tests.routine.x")[0] == DAILY
    assert group_of("nobody.knows")[0] == "other"


@pytest.mark.parametrize(
    "kind", ["incentives.hearing", "incentives.issued", "incentives.talk", "case_allegation"]
)
def test_hearings_and_decisions_are_fixed(kind):
    assert group_of(kind)[1].is_fixed


def test_one_summary_a_working_day_with_counts_and_links(wang):
    choose(wang)
    for number in range(3):
        tell(wang, key=str(number))
    tick(NOON)
    assert states() == ["gathered"] * 3
    assert mail.outbox == []
    tick(at(day=5, hour=7, minute=59))
    assert mail.outbox == []
    tick(at(day=5, hour=8))
    (letter,) = mail.outbox
    assert "3" in letter.subject
    assert "例行 · 3" in letter.body
    assert "例行消息 2" in letter.body
    assert "http://localhost:8000/votes/" in letter.body
    assert "http://localhost:8000/messages/" in letter.body
    assert states() == ["bundled"] * 3
    for hour in (9, 20):
        tick(at(day=5, hour=hour))
    tick(at(day=6, hour=8))
    assert len(mail.outbox) == 1


def test_no_summary_on_a_day_off_and_one_on_the_next_working_day(wang):
    """Friday the 6th: what comes after eight waits over the weekend and a public holiday on Monday."""
    CalendarDay.objects.update_or_create(
        day=dt.date(2026, 11, 9), defaults={"is_workday": False, "name": "假日"}
    )
    choose(wang)
    tell(wang, moment=at(day=6, hour=9))
    for day in (6, 7, 8, 9):
        for hour in (8, 12):
            tick(at(day=day, hour=hour if day > 6 else hour + 2))
    assert mail.outbox == []
    tick(at(day=10, hour=8))
    assert len(mail.outbox) == 1


def test_a_day_that_became_a_holiday_meanwhile_is_left_out(wang):
    choose(wang)
    tell(wang)
    tick(NOON)
    CalendarDay.objects.update_or_create(
        day=dt.date(2026, 11, 5), defaults={"is_workday": False, "name": "假日"}
    )
    tick(at(day=5, hour=9))
    assert mail.outbox == []
    tick(at(day=6, hour=8))
    assert len(mail.outbox) == 1


def test_another_hour_chosen_the_same_day_loses_nothing(wang):
    choose(wang)
    tell(wang, key="1")
    tick(NOON)
    tick(at(day=5, hour=8))
    tell(wang, key="2", moment=at(day=5, hour=9))
    choose(wang, digest_hour=17)
    tick(at(day=5, hour=9))
    tick(at(day=5, hour=17))
    assert len(mail.outbox) == 2
    assert states() == ["bundled", "bundled"]


def test_what_was_read_meanwhile_is_not_told_again(wang):
    choose(wang)
    tell(wang, key="1")
    tell(wang, key="2")
    tick(NOON)
    mark_read(wang, Message.objects.get(channel="inbox", key=f"1:{wang.pk}").pk, at=at(hour=13))
    tick(at(day=5, hour=8))
    assert "例行 · 1" in mail.outbox[0].body
    assert states() == ["suppressed", "bundled"]


def test_all_read_no_summary(wang):
    choose(wang)
    tell(wang)
    tick(NOON)
    Message.objects.filter(channel="inbox").update(read_at=at(hour=13))
    tick(at(day=5, hour=8))
    assert mail.outbox == []
    assert states() == ["suppressed"]


def test_switched_off_while_it_waited_for_the_summary(wang):
    choose(wang)
    tell(wang)
    tick(NOON)
    choose(wang, "off")
    tick(at(day=5, hour=8))
    assert mail.outbox == []


def test_a_long_summary_names_the_first_and_counts_the_rest(wang):
    choose(wang)
    for number in range(20):
        tell(wang, key=str(number))
    tick(NOON)
    tick(at(day=5, hour=8))
    body = mail.outbox[0].body
    assert "例行 · 20" in body
    assert "例行消息 11" in body
    assert "例行消息 12" not in body


def test_quiet_hours_hold_email_until_they_end(wang):
    choose(wang, "now", quiet_from=20, quiet_until=7)
    tell(wang, moment=at(hour=22))
    assert tick(at(hour=22)) == 1  # the one in the application
    assert mail.outbox == []
    tick(at(day=5, hour=6, minute=59))
    assert mail.outbox == []
    tick(at(day=5, hour=7))
    assert len(mail.outbox) == 1
    assert Message.objects.get(channel="email").attempts == 1


def test_quiet_hours_do_not_hold_what_is_about_oneself(wang):
    choose(wang, "now", quiet_from=20, quiet_until=7)
    tell(wang, kind="tests.routine.own.hearing", moment=at(hour=22))
    tick(at(hour=22))
    assert len(mail.outbox) == 1


def test_a_fault_while_bundling_leaves_all_waiting(wang, monkeypatch):
    from notifications.services import digests

    choose(wang)
    tell(wang)
    tick(NOON)
    monkeypatch.setattr(digests, "_write", lambda *args: (_ for _ in ()).throw(RuntimeError))
    with pytest.raises(RuntimeError):
        send_digests(at(day=5, hour=8))
    assert states() == ["gathered"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_write_one_summary():
    wang = colleague(factories.make_company())
    choose(wang)
    for number in range(4):
        tell(wang, key=str(number))
    tick(NOON)
    at_once([lambda: send_digests(at(day=5, hour=8))] * 4)
    connection.close()
    assert Message.objects.filter(kind="notifications.digest").count() == 1
    assert states() == ["bundled"] * 4


@pytest.mark.parametrize(
    ("fields", "field"), [({"quiet_from": 20}, "quiet_from"), ({"email": {DAILY: "sometimes"}}, "email")]
)
def test_what_cannot_be_chosen_is_refused(wang, fields, field):
    with pytest.raises(Refused) as refusal:
        save_preferences(wang, **({"email": {}, "digest_hour": 8} | fields))
    assert refusal.value.field == field
    assert not Preferences.objects.exists()


def test_somebody_of_two_companies_gets_a_summary_of_each(wang):
    """What one company writes stands in no letter of the other."""
    mine, other = wang.grants.get().role.company, factories.make_company("other", "别家")
    choose(wang)
    tell(wang)
    notify(
        user=wang, company=other, kind="tests.routine.x", key="2", subject="别家的消息", url="/votes/", at=NOON
    )  # fmt: skip
    tick(NOON)
    tick(at(day=5, hour=8))
    summaries = Message.objects.filter(kind="notifications.digest")
    assert {one.company_id: "别家的消息" in one.body for one in summaries} == {mine.pk: False, other.pk: True}
