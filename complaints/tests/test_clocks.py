"""Working days from receipt to answer: pauses, extensions, classes, merging; warnings and escalation, each once."""

import datetime as dt

import pytest

from audit.models import AuditRow
from complaints import clocks
from complaints.inbox import supervising
from complaints.models import Case, Channel, Kind, State
from complaints.services import handling, people, relations, tracking
from complaints.services.deadlines import warn_due
from complaints.services.handling import pause_due
from complaints.tests.build_b import CLASSES, Cast
from core.flow import Refused
from core.models import CalendarDay
from notifications.models import Message
from tests.factories import at
from tests.racing import at_once

WEDNESDAY = at(2026, 11, 4)


@pytest.fixture
def cast(db):
    return Cast()


def midnight(month, day):
    """The moment at which that day has passed."""
    return at(2026, month, day, hour=0) + dt.timedelta(days=1)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def told(kind):
    """Who was told in the application, in no order."""
    return sorted(
        Message.objects.filter(kind=kind, channel=Message.Channel.INBOX).values_list(
            "recipient__name", flat=True
        )
    )


# ---- counting


def test_seven_working_days_pass_over_weekends(cast):
    assert cast.accepted(moment=WEDNESDAY).due_at == midnight(11, 13)


def test_seven_working_days_pass_over_a_public_holiday(cast):
    for day, works in (
        (dt.date(2026, 11, 9), False),
        (dt.date(2026, 11, 7), False),
        (dt.date(2026, 11, 8), True),
    ):
        CalendarDay.objects.update_or_create(day=day, defaults={"is_workday": works, "source": "test"})
    case = cast.receive(moment=WEDNESDAY)
    assert cast.accept(case, WEDNESDAY, class_code="simple").due_at == midnight(11, 8)  # 5, 6 and Sunday 8
    assert cast.accepted(moment=WEDNESDAY).due_at == midnight(11, 13)  # one lost, one gained


def test_a_due_day_beyond_the_known_calendar_is_provisional(cast):
    CalendarDay.objects.all().delete()
    assert cast.accepted(moment=WEDNESDAY).due_is_provisional


def test_every_due_date_shows_the_days_it_counted(cast):
    case = cast.accepted(moment=WEDNESDAY, fields={"class_code": "simple"})
    counted = clocks.counted_days(case, handling.policy_of(case, WEDNESDAY).class_of("simple"))
    assert [day.day for day in counted.counted] == [5, 6, 9]


# ---- pauses


@pytest.mark.parametrize(
    ("paused", "resumed", "days", "due"),
    [
        (at(2026, 11, 5), at(2026, 11, 5, hour=18), 0, midnight(11, 13)),
        (at(2026, 11, 5), at(2026, 11, 6), 1, midnight(11, 16)),
        (at(2026, 11, 6), at(2026, 11, 8), 0, midnight(11, 13)),  # over a weekend
        (at(2026, 11, 6), at(2026, 11, 9), 1, midnight(11, 16)),
        (at(2026, 11, 5), at(2026, 11, 12), 5, midnight(11, 20)),
    ],
)
def test_working_days_of_a_pause_move_the_due_date(cast, paused, resumed, days, due):
    case = handling.ask(cast.investigating(moment=WEDNESDAY), question="哪一天", by=cast.hr.user, at=paused)
    case = handling.resume(case, by=None, at=resumed)
    assert (case.paused_days, case.due_at) == (days, due)


def test_two_pauses_add_up(cast):
    case = cast.investigating(moment=WEDNESDAY)
    for paused, resumed in ((5, 6), (9, 11)):
        handling.ask(case, question="哪一天", by=cast.hr.user, at=at(2026, 11, paused))
        case = handling.resume(case, by=None, at=at(2026, 11, resumed))
    assert (case.paused_days, case.due_at) == (3, midnight(11, 18))


def test_extension_pause_and_class_all_count_from_the_start(cast):
    case = cast.investigating(moment=WEDNESDAY)
    handling.ask(case, question="哪一天", by=cast.hr.user, at=at(2026, 11, 5))
    handling.resume(case, by=None, at=at(2026, 11, 6))  # 1 day
    handling.extend(case, reason="还要等检测报告", by=cast.hr.user, at=at(2026, 11, 6))  # 5 days
    case = handling.classify(
        case, by=cast.handler.user, at=at(2026, 11, 6), **CLASSES | {"class_code": "complex"}
    )  # 15 days
    assert case.due_at == midnight(12, 3)  # 21 working days after 4 November


def test_a_pause_ends_by_itself_after_what_the_policy_allows(cast):
    case = handling.ask(
        cast.investigating(moment=WEDNESDAY), question="哪一天", by=cast.hr.user, at=WEDNESDAY
    )
    assert pause_due(at(2026, 11, 18, hour=23)) == 0  # the 10th working day is still theirs
    assert pause_due(at(2026, 11, 19, hour=0, minute=1)) == 1
    case = fresh(case)
    assert (case.state, case.paused_days, case.due_at) == (State.INVESTIGATING, 10, midnight(11, 27))
    assert pause_due(at(2026, 11, 30)) == 0


def test_a_worker_that_was_down_gives_no_longer_pause(cast):
    case = handling.ask(
        cast.investigating(moment=WEDNESDAY), question="哪一天", by=cast.hr.user, at=WEDNESDAY
    )
    pause_due(at(2026, 12, 24))
    assert fresh(case).paused_days == 10


def test_when_the_days_of_pausing_are_used_up_the_clock_runs_on(cast):
    case = handling.ask(
        cast.investigating(moment=WEDNESDAY), question="哪一天", by=cast.hr.user, at=WEDNESDAY
    )
    handling.resume(case, by=None, at=at(2026, 11, 18))
    with pytest.raises(Refused, match="10 个工作日"):
        handling.ask(case, question="还有别人吗", by=cast.hr.user, at=at(2026, 11, 18))
    handling.write_entry(
        case, kind="question", text="还有别人吗", by=cast.hr.user, at=at(2026, 11, 18)
    )  # asked without pausing
    assert fresh(case).state == State.INVESTIGATING


def test_the_customer_s_words_end_the_pause(cast):
    case = handling.ask(
        cast.investigating(moment=WEDNESDAY), question="哪一天", by=cast.hr.user, at=WEDNESDAY
    )
    tracking.add(case, text="是周六", at=at(2026, 11, 5))
    assert (fresh(case).state, fresh(case).paused_days) == (State.INVESTIGATING, 1)


# ---- merging, splitting, reopening


def test_a_leading_case_keeps_the_earlier_clock(cast):
    early = cast.accepted(moment=at(2026, 11, 2))
    late = cast.accepted(moment=WEDNESDAY)
    relations.merge(early, into=late, reason="同一位客户同一件事", by=cast.handler.user, at=WEDNESDAY)
    assert fresh(late).due_at == midnight(11, 11)
    late = handling.classify(late, by=cast.handler.user, at=WEDNESDAY, **CLASSES)
    assert late.due_at == midnight(11, 11)


def test_a_case_split_off_keeps_the_clock_of_the_first(cast):
    case = cast.accepted(moment=at(2026, 11, 2))
    new = relations.split(case, text="另外退款也没到账", by=cast.handler.user, at=WEDNESDAY).case
    new = fresh(new)
    assert new.received_at == WEDNESDAY and new.due_at == midnight(11, 11)
    assert cast.accept(new, WEDNESDAY).due_at == midnight(11, 11)


def test_a_reopened_case_has_a_whole_new_time(cast):
    case = cast.answered(cast.seller, moment=WEDNESDAY)
    tracking.reopen(case, reason="问题没有解决", at=at(2026, 11, 9))
    case = fresh(case)
    assert case.due_at == midnight(11, 18)
    case = handling.extend(case, reason="还要等检测报告", by=cast.hr.user, at=at(2026, 11, 10))
    assert case.due_at == midnight(11, 25)


# ---- warnings and escalation


def test_a_warning_comes_before_the_due_day_once(cast):
    case = cast.accepted(moment=WEDNESDAY)  # due by the end of Friday 13, warned of two working days before
    assert warn_due(at(2026, 11, 10, hour=23)) == 0
    assert [warn_due(at(2026, 11, 11, hour=0)), warn_due(at(2026, 11, 12))] == [1, 0]
    assert told("case_due") == ["刘洋"]
    assert fresh(case).warned_at == at(2026, 11, 11, hour=0)


def test_each_class_is_warned_of_in_its_own_time(cast):
    cast.accepted(
        moment=WEDNESDAY, fields={"class_code": "simple"}
    )  # due on Monday 9, warned of one day before
    assert warn_due(at(2026, 11, 5)) == 0
    assert warn_due(at(2026, 11, 6)) == 1


def test_escalation_comes_after_the_due_day_once(cast):
    case = cast.accepted(moment=WEDNESDAY)
    warn_due(at(2026, 11, 13, hour=23))
    assert [warn_due(midnight(11, 13)), warn_due(at(2026, 11, 20))] == [1, 0]
    assert told("case_overdue") == ["刘洋", "孙悦", "李强"]  # handler, supervisor, head of the department
    assert fresh(case).escalated_at == midnight(11, 13)
    assert AuditRow.objects.filter(verb="complaints.case.escalated").count() == 1


def test_a_case_nobody_has_answered_in_time_is_escalated_before_its_final_day_once(cast):
    case = cast.receive(moment=WEDNESDAY)  # first answer by the end of Thursday
    assert warn_due(at(2026, 11, 5, hour=23)) == 0
    assert [warn_due(midnight(11, 5)), warn_due(at(2026, 11, 6, hour=12))] == [1, 0]
    assert told("case_first_late") == ["刘洋", "吴倩", "孙悦"]  # who could accept it, and the supervisor
    assert fresh(case).first_escalated_at == midnight(11, 5)
    assert fresh(case).escalated_at is None
    member = type(cast.member.user).objects.get(pk=cast.member.user.pk)
    lines = [item.title for item in supervising(member, cast.company, at(2026, 11, 6))]
    assert lines == ["1 件已逾期"]
    cast.accept(fresh(case), at(2026, 11, 6))
    assert supervising(member, cast.company, at(2026, 11, 6)) == []


def test_when_all_who_could_accept_it_are_named_those_above_hear_of_it(cast):
    cast.receive(cast.handler, cast.second_handler, moment=WEDNESDAY)
    warn_due(at(2026, 11, 6))
    assert told("case_first_late") == ["孙悦"]


def test_what_was_answered_at_once_is_not_escalated_for_its_first_answer(cast):
    cast.accepted(moment=WEDNESDAY)
    assert warn_due(at(2026, 11, 6)) == 0


def test_a_case_nobody_has_taken_is_warned_of_with_all_who_could(cast):
    cast.receive(moment=WEDNESDAY)
    warn_due(at(2026, 11, 12))
    assert told("case_due") == ["刘洋", "吴倩"]


def test_a_moved_due_date_is_warned_of_again(cast):
    case = cast.accepted(moment=WEDNESDAY)
    warn_due(at(2026, 11, 12))
    handling.extend(case, reason="还要等检测报告", by=cast.handler.user, at=at(2026, 11, 12))
    assert [warn_due(at(2026, 11, 12)), warn_due(at(2026, 11, 19))] == [0, 1]
    assert Message.objects.filter(kind="case_due").count() == 2


def test_what_waits_for_the_customer_is_neither_warned_of_nor_escalated(cast):
    case = cast.investigating(moment=WEDNESDAY)
    handling.ask(case, question="哪一天", by=cast.hr.user, at=at(2026, 11, 10))
    assert warn_due(at(2026, 11, 17)) == 0


def test_what_was_answered_is_neither_warned_of_nor_escalated(cast):
    cast.answered(cast.seller, moment=WEDNESDAY)
    assert warn_due(at(2026, 12, 1)) == 0


def test_nobody_named_hears_of_it(cast):
    """The head is named, so the head of the department does not hear that the case about them is late."""
    cast.accepted(cast.head, moment=WEDNESDAY)
    warn_due(at(2026, 11, 16))
    assert told("case_overdue") == ["刘洋", "孙悦"]


def test_an_internal_report_is_told_of_to_its_readers_only(cast):
    report = cast.receive(cast.seller, kind=Kind.REPORT, channel=Channel.EMPLOYEE, contact=cast_contact())
    people.name_person(report, department=cast.sales, statement="虚报来访", by=cast.reader.user, at=WEDNESDAY)
    warn_due(at(2027, 1, 4))
    assert told("report_overdue") == ["何军"]
    assert not Message.objects.filter(kind__startswith="case_").exists()


def test_group_robots_hear_of_it_once_and_not_of_internal_reports(cast, deliver):
    from core.models import Event

    cast.accepted(moment=WEDNESDAY)
    warn_due(at(2026, 11, 16))
    warn_due(at(2026, 11, 17))
    assert Event.objects.filter(name="complaints.case_escalated").count() == 1
    assert deliver() >= 1


def cast_contact():
    from complaints.services.intake import Contact

    return Contact()


def test_messages_of_the_clock_name_nobody(cast):
    cast.accepted(cast.seller, moment=WEDNESDAY)
    warn_due(at(2026, 11, 12))
    warn_due(at(2026, 11, 16))
    words = str(list(Message.objects.values_list("subject", "body")))
    assert "TS-2611-0001" in words
    assert not any(word in words for word in ("林女士", "王丽", "13800000001", "等了"))


def test_a_company_whose_policy_has_lapsed_stops_nobody_else(cast):
    second = Cast("second", "第二家")
    from policies.models import Version

    second.accepted(moment=WEDNESDAY)
    cast.accepted(moment=WEDNESDAY)
    Version.objects.filter(company=second.company).update(effective_to=dt.date(2026, 11, 6))
    assert warn_due(at(2026, 11, 12)) == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_tick_of_several_workers_tells_once():
    cast = Cast()
    for _number in range(3):
        cast.accepted(moment=WEDNESDAY)
    assert sum(at_once([lambda: warn_due(at(2026, 11, 12))] * 4)) == 3
    assert sum(at_once([lambda: warn_due(at(2026, 11, 16))] * 4)) == 3
    assert Message.objects.filter(kind="case_due").count() == 3
    assert Message.objects.filter(kind="case_overdue").count() == 9


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_reply_and_the_end_of_the_pause_at_once_count_the_days_once():
    cast = Cast()
    case = handling.ask(
        cast.investigating(moment=WEDNESDAY), question="哪一天", by=cast.hr.user, at=WEDNESDAY
    )
    moment = at(2026, 11, 19)
    outcomes = at_once(
        [
            lambda: pause_due(moment),
            lambda: tracking.add(case, text="是周六", at=moment),
            lambda: pause_due(moment),
        ]
    )
    assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refused)]
    assert (fresh(case).state, fresh(case).paused_days) == (State.INVESTIGATING, 10)
    assert AuditRow.objects.filter(verb="complaints.case.resume").count() == 1
