"""Home, search, health, verify and the working-day calendar."""

import datetime as dt
import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from core import health, registries
from core.models import CalendarDay, Delivery, Event, Heartbeat
from core.navigation import InboxItem
from core.registries import Registry
from tests import factories


@pytest.fixture
def inbox(monkeypatch):
    """What the rooms would put into everybody's inbox."""
    items, sources = [], Registry()
    sources.register("test", lambda user, company, at: items)
    monkeypatch.setattr("core.navigation.inbox_sources", sources)
    return items


@pytest.fixture
def wang(company, client):
    user = factories.user_with(company)
    client.force_login(user)
    return user


def item(title, *, hours=None, **extra):
    due = timezone.now() + dt.timedelta(hours=hours) if hours is not None else None
    return InboxItem("test", title, url="/x/", due_at=due, extra=extra)


def home(client):
    return client.get("/").content.decode()


def title_of(text):
    return re.search(r"<h1>(.*?)</h1>", text, re.S).group(1).strip()


def test_the_title_counts_what_is_to_do_and_what_is_late(wang, inbox, client):
    inbox += [item("晚了", hours=-1), item("以后", hours=90), item("不急")]
    assert title_of(home(client)) == "今天 3 件事，1 件已逾期"


def test_a_page_and_its_frame_ask_the_rooms_once_and_the_next_page_anew(wang, inbox, client, monkeypatch):
    asked, sources = [], Registry()
    sources.register("counting", lambda user, company, at: asked.append(at) or list(inbox))
    monkeypatch.setattr("core.navigation.inbox_sources", sources)
    assert "刚到的" not in home(client)
    assert len(asked) == 1
    inbox.append(item("刚到的"))
    assert "刚到的" in home(client)
    assert len(asked) == 2


def test_the_frame_of_another_page_counts_what_can_be_counted_and_builds_no_item(wang, client, monkeypatch):
    built, counted, sources, counts = [], [], Registry(), Registry()
    sources.register("many", lambda user, company, at: built.append(at) or [item("一"), item("二")])
    sources.register("few", lambda user, company, at: [item("三"), item("消息", is_information=True)])
    counts.register("many", lambda user, company: counted.append(company) or {"test": 2})
    monkeypatch.setattr("core.navigation.inbox_sources", sources)
    monkeypatch.setattr("core.navigation.inbox_counts", counts)
    assert ("待办，3 件" in client.get(reverse("search")).content.decode(), len(built), len(counted)) == (
        True,
        0,
        1,
    )
    assert ("待办，3 件" in home(client), len(built), len(counted)) == (True, 1, 1)


def test_the_most_urgent_stands_first(wang, inbox, client):
    inbox += [item("不急"), item("以后", hours=90), item("晚了", hours=-1)]
    text = home(client)
    assert text.index("晚了") < text.index("以后") < text.index("不急")


def test_news_stands_below_and_is_not_counted_as_work(wang, inbox, client):
    inbox += [item("3 条未读消息", is_information=True), item("不急")]
    text = home(client)
    assert title_of(text) == "今天 1 件事"
    assert text.index("不急") < text.index("3 条未读消息")


def test_an_empty_inbox_says_so(wang, inbox, client):
    assert title_of(home(client)) == "没有等您办的事"


def test_who_holds_no_role_is_told_whom_to_ask(db, client):
    client.force_login(factories.make_user("nobody"))
    assert client.get("/").status_code == 403


@pytest.mark.parametrize("words", ["", "王", "\x00", "'; drop table", "%", "x" * 5000])
def test_search_takes_any_words(wang, client, words):
    assert client.get(reverse("search"), {"q": words}).status_code == 200


def test_words_are_shown_as_text_not_as_markup(wang, client):
    assert "<b>x" not in client.get(reverse("search"), {"q": "<b>x"}).content.decode()


def test_a_page_that_is_not_there_has_the_house_look(db, client, settings):
    settings.DEBUG = False
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "这个地址没有内容" in answer.content.decode()


def test_healthz_asks_nobody(client):
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.fixture
def migrated(monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [])


def test_readyz_names_a_delivery_that_waits_too_long(db, client, migrated):
    assert client.get("/readyz").status_code == 200
    event = Event.objects.create(name="x.y", object_id=1)
    late = timezone.now() - dt.timedelta(minutes=11)
    Delivery.objects.create(event=event, handler="x", next_try_at=late)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "deliveries" in answer.json()["problems"][0]


def test_readyz_misses_a_deaf_worker_only_where_one_is_expected(db, client, migrated, settings):
    assert client.get("/readyz").status_code == 200
    settings.WORKER_EXPECTED = True
    assert client.get("/readyz").status_code == 503
    Heartbeat.objects.create(name="worker", at=timezone.now())
    assert client.get("/readyz").status_code == 200
    Heartbeat.objects.update(at=timezone.now() - dt.timedelta(minutes=6))
    assert client.get("/readyz").status_code == 503


def test_the_tick_leaves_a_heartbeat(db):
    from core.tasks import tick

    tick()
    assert Heartbeat.objects.get(name="worker").at > timezone.now() - dt.timedelta(minutes=1)


def test_metrics_are_counts_in_the_text_form(db, client):
    text = client.get("/metrics").content.decode()
    assert "# TYPE manyi_deliveries_due gauge\nmanyi_deliveries_due 0\n" in text
    assert all(re.match(r"^(# TYPE \S+ gauge|manyi_\w+ -?\d+)$", line) for line in text.splitlines())


def test_verify_succeeds_when_all_facts_hold(db, capsys):
    call_command("verify")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list(registries.verifications))
    assert all(line.startswith("ok") for line in lines)


def test_verify_fails_and_names_what_is_violated(db, monkeypatch, capsys):
    facts = Registry()
    facts.register("1 good", list)
    facts.register("2 bad", lambda: ["answer 7 is counted twice"])
    monkeypatch.setattr("core.management.commands.verify.verifications", facts)
    with pytest.raises(CommandError):
        call_command("verify")
    assert "answer 7 is counted twice" in capsys.readouterr().out


def test_the_calendar_is_loaded_once_and_keeps_what_a_person_set(db, capsys):
    call_command("load_calendar")
    assert not CalendarDay.objects.get(day="2026-10-01").is_workday
    assert CalendarDay.objects.get(day="2026-10-10").is_workday
    CalendarDay.objects.filter(day="2026-10-10").update(is_workday=False, source="陈静, company notice 12")
    count = CalendarDay.objects.count()
    call_command("load_calendar")
    assert CalendarDay.objects.count() == count
    assert not CalendarDay.objects.get(day="2026-10-10").is_workday
