"""Addresses, length of text messages, waits, quiet hours and the hour of the summary: pure."""

import datetime as dt

import pytest

from notifications import rules
from tests.factories import at

MINUTE = dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800000001", "13800000001"),
        ("138 0000-0001", "13800000001"),
        ("+86 138 0000 0001", "13800000001"),
        ("008613800000001", "13800000001"),
        ("+44 7700 900123", "+447700900123"),
        ("1380000000", None),
        ("12800000001", None),
        ("010-12345678", None),
        ("+12", None),
        ("", None),
        ("13800000001\n", "13800000001"),
        ("１３８００００００01", None),
        ("lin@example.com", None),
    ],
)
def test_what_can_get_a_text_message(text, number):
    assert rules.sms_number(text) == number


@pytest.mark.parametrize(
    ("one", "other"),
    [("Lin@Example.com ", "lin@example.com"), ("+86 138-0000-0001", "13800000001")],
)
def test_spellings_of_one_address_are_one(one, other):
    assert rules.canonical(one) == rules.canonical(other)


def test_a_short_text_is_left_alone():
    assert rules.fit("您好\n\nhttps://a.example/1", " 退订 https://a.example/u", 300) == (
        "您好 https://a.example/1 退订 https://a.example/u"
    )


def test_a_long_text_loses_words_and_keeps_every_link():
    text = "很长的话" * 200 + " https://a.example/track/?number=TS1"
    fitted = rules.fit(text, " 退订：https://a.example/unsubscribe/xyz/", 120)
    assert len(fitted) <= 120
    assert fitted.startswith("很长的话")
    assert "…" in fitted
    assert "https://a.example/track/?number=TS1" in fitted
    assert fitted.endswith("https://a.example/unsubscribe/xyz/")


def test_links_longer_than_the_limit_are_still_whole():
    assert rules.fit("话" * 50 + " https://a.example/1", " https://a.example/2", 10) == (
        " https://a.example/1 https://a.example/2"
    )


def test_waits_grow_to_two_hours():
    assert [rules.wait_after(n).total_seconds() for n in (1, 2, 3)] == [60, 120, 240]
    assert rules.wait_after(50) == dt.timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30),
        ("0", 0),
        ("999999999", 3600),
        ("Wed, 04 Nov 2026 04:05:00 GMT", 300),
        ("Wed, 04 Nov 2026 03:00:00 GMT", 0),
        ("", None),
        (None, None),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_as_seconds_or_date(text, seconds):
    wait = rules.retry_after(text, at())
    assert (None if wait is None else wait.total_seconds()) == seconds


def test_a_robot_goes_on_after_two_failures_and_rests_longer_after_each_further():
    assert [rules.robot_pause(failures) for failures in (1, 2)] == [None, None]
    assert [rules.robot_pause(failures) / MINUTE for failures in (3, 4, 20)] == [4, 8, 60]


def test_a_robot_rests_at_once_when_its_vendor_asks():
    assert rules.robot_pause(1, 10 * MINUTE) == 10 * MINUTE


def test_the_limit_of_a_minute_frees_when_the_oldest_of_the_last_leaves_the_window():
    tries = [at(minute=3) - dt.timedelta(seconds=back) for back in (5, 20, 50, 90)]
    assert rules.free_at(tries, 4, at(minute=3)) is None
    assert rules.free_at(tries, 3, at(minute=3)) == at(minute=3) + dt.timedelta(seconds=10)
    assert rules.free_at([], 1, at()) is None


@pytest.mark.parametrize(
    ("hour", "start", "end", "until"),
    [
        (23, 22, 7, (5, 7)),
        (3, 22, 7, (4, 7)),
        (7, 22, 7, None),
        (12, 22, 7, None),
        (13, 12, 14, (4, 14)),
        (14, 12, 14, None),
        (3, 5, 5, None),
        (3, None, 7, None),
    ],
)
def test_quiet_hours_also_past_midnight(hour, start, end, until):
    expected = at(day=until[0], hour=until[1]) if until else None
    assert rules.quiet_until(at(hour=hour), start, end) == expected


def test_the_summary_comes_at_the_next_hour_of_a_working_day():
    def weekday(day):
        return day.weekday() < 5

    assert rules.next_digest(at(hour=7), 8, weekday) == at(hour=8)
    assert rules.next_digest(at(hour=8), 8, weekday) == at(day=5, hour=8)
    assert rules.next_digest(at(day=6, hour=9), 8, weekday) == at(day=9, hour=8)  # Friday to Monday
