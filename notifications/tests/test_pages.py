"""Pages of staff: how one hears, the outbox without words, robots whose address is never shown again."""

import datetime as dt

import pytest
from django.urls import reverse

from notifications.models import Message, Preferences, Robot, Suspension
from notifications.registries import Group, message_groups
from notifications.services import notify, send_due
from notifications.tests.build import NEWS, NOON, URLS, colleague, make_robot, manager, tell_robots, write
from tests import factories
from tests.factories import at

CANARY = "机密正文7391"
if "tests.confidential" not in message_groups:
    message_groups.register(
        "tests.confidential", Group("内部", ("tests.confidential",), is_confidential=True)
    )


@pytest.fixture
def chen(company, client):
    user = manager(company)
    client.force_login(user)
    return user


@pytest.fixture
def now(time_machine):
    time_machine.move_to(NOON, tick=False)


def filled(**fields):
    return {
        "kind": "dingtalk", "label": "客服群", "webhook_url": URLS["dingtalk"], "secret": "SECnever-shown",
        "kinds": [NEWS], "per_minute": "20", "language": "zh-hans",
    } | fields  # fmt: skip


def text_of(answer):
    return answer.content.decode()


# preferences


def test_preferences_are_shown_and_saved(company, client):
    wang = colleague(company)
    client.force_login(wang)
    page = text_of(client.get(reverse("message_settings")))
    assert 'name="group-votes"' in page
    assert "incentives.own" not in page
    groups = {f"group-{code}": "now" for code, group in message_groups.items() if not group.is_fixed}
    sent = groups | {
        "group-other": "now",
        "group-votes": "daily",
        "digest_hour": "9",
        "quiet_from": "21",
        "quiet_until": "7",
    }
    assert client.post(reverse("message_settings"), sent).status_code == 302
    saved = Preferences.objects.get()
    assert (saved.email["votes"], saved.digest_hour, saved.quiet_from, saved.quiet_until) == (
        "daily",
        9,
        21,
        7,
    )


def test_one_quiet_hour_without_the_other_is_named_at_its_field(company, client):
    client.force_login(colleague(company))
    groups = {f"group-{code}": "now" for code, group in message_groups.items() if not group.is_fixed}
    answer = client.post(
        reverse("message_settings"),
        groups | {"group-other": "now", "digest_hour": "9", "quiet_from": "21", "quiet_until": ""},
    )
    assert answer.status_code == 422
    assert 'id="id_quiet_from-error"' in text_of(answer)
    assert not Preferences.objects.exists()


# the outbox


def test_the_outbox_shows_what_became_of_messages_and_no_words(company, client, chen, now):
    write(company=company, key="1", subject="关于 TS-2026-0007", body=CANARY, address="lin@example.com")
    write(company=company, key="2", body=CANARY, address="nonsense", is_secret=True)
    notify(
        user=colleague(company),
        company=company,
        kind="incentives.hearing",
        key="h",
        subject=CANARY,
        body=CANARY,
        at=NOON,
    )
    send_due(NOON)
    page = text_of(client.get(reverse("outbox")))
    assert CANARY not in page
    assert "lin@example.com" not in page
    assert "wang@example.com" not in page
    assert "l***@example.com" in page
    assert "TS-2026-0007" in page
    assert "关于 TS-2026-0007" in text_of(client.get(reverse("outbox"), {"q": "TS-2026-0007"}))
    assert "关于 TS-2026-0007" not in text_of(client.get(reverse("outbox"), {"q": "TS-2026-0008"}))


def test_confidential_messages_are_not_even_counted(company, client, chen, now):
    notify(
        user=colleague(company),
        company=company,
        kind="tests.confidential.report",
        key="r",
        subject="一",
        at=NOON,
    )
    Message.objects.update(state="failed")
    page = client.get(reverse("outbox"))
    assert page.context["counts"]["failed"] == 0
    assert not page.context["lines"]
    hidden = Message.objects.filter(channel="email").get()
    assert client.post(reverse("outbox_retry", args=[hidden.pk])).status_code == 404
    client.post(reverse("outbox_retry_all"))
    assert set(Message.objects.values_list("state", flat=True)) == {"failed"}


def test_a_failed_message_is_sent_again_from_the_page(company, client, chen, now):
    write(company=company, address="nonsense")
    send_due(NOON)
    message = Message.objects.get()
    client.post(reverse("outbox_retry", args=[message.pk]))
    assert Message.objects.get().state == "queued"
    assert client.post(reverse("outbox_retry", args=[message.pk])).status_code == 409


def test_all_that_failed_are_sent_again_but_for_blanked_ones(company, client, chen, now):
    for key in ("1", "2"):
        write(company=company, key=key, address="nonsense")
    write(company=company, key="3", address="nonsense", is_secret=True)
    send_due(NOON)
    client.post(reverse("outbox_retry_all"))
    assert sorted(Message.objects.values_list("state", flat=True)) == ["failed", "queued", "queued"]


def test_the_outbox_of_another_company_is_not_there(company, client, chen, now):
    other = factories.make_company("other", "别家")
    write(company=other, address="nonsense", subject="别家的事")
    send_due(NOON)
    row = Suspension.objects.create(company=other, address_hash="x", suspended_at=NOON)
    robot = make_robot(other)
    assert "别家的事" not in text_of(client.get(reverse("outbox")))
    foreign = Message.objects.get().pk
    for name, pk in (
        ("outbox_retry", foreign), ("suspension_lift", row.pk), ("robot_test", robot.pk), ("robot_switch", robot.pk),
    ):  # fmt: skip
        assert client.post(reverse(name, args=[pk])).status_code == 404
    assert client.get(reverse("robot", args=[robot.pk])).status_code == 404


def test_a_suspended_address_is_lifted_from_the_page(company, client, chen):
    row = Suspension.objects.create(company=company, address_hash="x", bounces=3, suspended_at=NOON)
    assert reverse("suspension_lift", args=[row.pk]) in text_of(client.get(reverse("outbox")))
    client.post(reverse("suspension_lift", args=[row.pk]))
    assert Suspension.objects.get().suspended_at is None


def test_the_outbox_needs_few_queries(company, client, chen, now, django_assert_max_num_queries):
    user = colleague(company)
    for number in range(40):
        write(company=company, key=str(number), address="nonsense")
        notify(user=user, company=company, kind="x", key=f"n{number}", subject="一", at=NOON)
    send_due(NOON)
    client.get(reverse("outbox"))
    with django_assert_max_num_queries(12):
        client.get(reverse("outbox"))


# robots


def test_a_robot_is_added_and_its_address_and_secret_never_shown_again(company, client, chen):
    answer = client.post(reverse("robot_new"), filled(), follow=True)
    robot = Robot.objects.get()
    assert (robot.secret, robot.company, robot.kinds) == ("SECnever-shown", company, [NEWS])
    for page in (
        answer, client.get(reverse("robots")), client.get(reverse("robot", args=[robot.pk])),
        client.post(reverse("robot", args=[robot.pk]), {"per_minute": "0", "kinds": [NEWS]}),
    ):  # fmt: skip
        text = text_of(page)
        assert "t0ken0123456789" not in text
        assert "SECnever-shown" not in text
        assert "oapi.dingtalk.com/…6789" in text


def test_a_wrong_address_is_named_at_its_field_and_the_secret_asked_again(company, client, chen):
    answer = client.post(
        reverse("robot_new"), filled(webhook_url="https://evil.example/robot/send?access_token=x")
    )
    assert answer.status_code == 422
    assert 'id="id_webhook_url-error"' in text_of(answer)
    assert "SECnever-shown" not in text_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert not Robot.objects.exists()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"kinds": []}, "id_kinds-error"),
        ({"per_minute": "21"}, "id_per_minute-error"),
        ({"per_minute": "x"}, "id_per_minute-error"),
        ({"kind": "slack"}, "id_kind-error"),
        ({"label": ""}, "id_label-error"),
        (
            {"webhook_url": "https://oapi.dingtalk.com/robot/send?access_token=" + "x" * 600},
            "id_webhook_url-error",
        ),
        ({"webhook_url": "\x00"}, "id_webhook_url-error"),
    ],
)
def test_every_mistake_stands_at_its_field(company, client, chen, fields, error):
    answer = client.post(reverse("robot_new"), filled(**fields))
    assert answer.status_code == 422
    assert f'id="{error}"' in text_of(answer)


def test_a_robot_is_changed_switched_and_tried_out(company, client, chen):
    robot = make_robot(company)
    address = reverse("robot", args=[robot.pk])
    client.post(address, {"per_minute": "5", "kinds": [NEWS], "webhook_url": "", "secret": ""})
    robot.refresh_from_db()
    assert (robot.per_minute, robot.secret, robot.webhook_url) == (5, "SECabcdef", URLS["dingtalk"])
    client.post(reverse("robot_test", args=[robot.pk]))
    assert Message.objects.get().kind == "notifications.test"
    client.post(reverse("robot_switch", args=[robot.pk]), {"to": "off"})
    assert client.post(reverse("robot_test", args=[robot.pk])).status_code == 409
    robot.refresh_from_db()
    assert not robot.is_active


def test_the_list_of_robots_needs_few_queries(company, client, chen, django_assert_max_num_queries):
    for number in range(15):
        make_robot(company, label=f"群{number}")
    client.get(reverse("robots"))
    with django_assert_max_num_queries(10):
        client.get(reverse("robots"))


@pytest.mark.parametrize("name", ["outbox", "robots", "robot_new"])
def test_who_does_not_keep_the_outbox_may_not_look(company, client, name):
    client.force_login(factories.user_with(company))
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ["outbox_retry", "suspension_lift", "robot_test", "robot_switch"])
def test_nothing_is_done_by_looking(company, client, chen, name):
    robot = make_robot(company)
    assert client.get(reverse(name, args=[robot.pk])).status_code == 405


# the inbox


def test_mark_all_leaves_what_came_in_since_the_page_was_opened(company, client):
    wang = colleague(company)
    client.force_login(wang)
    notify(user=wang, company=company, kind="x", key="1", subject="一", at=NOON)
    page = text_of(client.get(reverse("messages")))
    seen = Message.objects.unread(wang).get()
    assert f'name="until" value="{seen.pk}"' in page
    notify(user=wang, company=company, kind="x", key="2", subject="二", at=NOON)
    client.post(reverse("messages_read_all"), {"until": seen.pk})
    assert [message.subject for message in Message.objects.unread(wang)] == ["二"]
    client.post(reverse("messages_read_all"))
    assert not Message.objects.unread(wang).exists()


def test_the_inbox_counts_all_that_is_unread(company, client):
    from core.navigation import inbox_for

    wang = colleague(company)
    for number in range(120):
        notify(user=wang, company=company, kind="x", key=str(number), subject=f"第{number}件", at=NOON)
    (line,) = inbox_for(wang, company, NOON)
    assert (line.count, line.detail) == (120, "第119件")


def test_the_unread_ones_can_be_shown_alone(company, client):
    wang = colleague(company)
    client.force_login(wang)
    for number in ("一", "二"):
        notify(user=wang, company=company, kind="x", key=number, subject=f"第{number}件", at=NOON)
    read = Message.objects.unread(wang).get(subject="第一件")
    client.post(reverse("message_read", args=[read.pk]))
    page = text_of(client.get(reverse("messages"), {"show": "unread"}))
    assert ("第二件" in page, "第一件" in page) == (True, False)
    client.post(reverse("messages_read_all"))
    assert "没有未读消息" in text_of(client.get(reverse("messages"), {"show": "unread"}))


def test_who_looks_after_the_outbox_is_told_what_fails(company, chen, client):
    from core.navigation import inbox_for

    assert inbox_for(chen, company, NOON) == []
    robot = make_robot(company, label="客服群")
    tell_robots(company)
    Message.objects.update(tried_at=NOON, next_try_at=at(hour=23))
    Robot.objects.update(failures=1, last_error="the name of the server is not known")
    write(company=company, address="nonsense")
    send_due(NOON)
    told = {item.kind: item for item in inbox_for(chen, company, NOON)}
    assert told["robots"].url == reverse("robot", args=[robot.pk])
    assert "客服群" in told["robots"].title
    assert told["outbox"].count == 1
    assert "nonsense" not in str(told)
    assert inbox_for(colleague(company), company, NOON) == []
    assert "outbox" not in {item.kind for item in inbox_for(chen, company, NOON + dt.timedelta(days=8))}
