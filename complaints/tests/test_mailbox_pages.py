"""Pages of the mailboxes: how each stands in plain words, its letters, and what may be done."""

import pytest
from django.urls import reverse

from complaints.models import Case, Letter, Mailbox
from complaints.services import mail_intake
from complaints.services import mailbox as verbs
from complaints.tests.build_intake import company_with_rules
from complaints.tests.build_mail import PASSWORD_NAME, letter, make_mailbox
from complaints.tests.imap_server import ImapServer
from core.navigation import inbox_for
from core.registries import gauges
from jobs import services as jobs
from jobs.models import Run
from tests import factories
from tests.factories import at

XSS = "<script>alert(1)</script>"


@pytest.fixture
def company(db):
    return company_with_rules()


@pytest.fixture
def keeper(company):
    """刘洋 of customer service, who keeps the mailbox and handles cases."""
    return factories.user_with(company, "complaints.manage", "complaints.view")


@pytest.fixture
def client(client, keeper):
    client.force_login(keeper)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def mailbox(company):
    return make_mailbox(company)


def form(**changes):
    return {
        "address": "tousu@qinghe.example",
        "host": "imap.example.com",
        "port": "993",
        "uses_tls": "on",
        "username": "complaints",
        "password_name": PASSWORD_NAME,
        "folder": "INBOX",
    } | changes


def page(client, name="mailbox", *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_mailbox_the_page_says_what_to_do(client):
    shown = page(client, "mailboxes")
    assert "No mailbox yet" in shown and reverse("mailbox_new") in shown


def test_a_new_mailbox_is_saved_and_looked_into(client, company):
    answer = client.post(reverse("mailbox_new"), form())
    made = Mailbox.objects.get()
    assert answer.url == reverse("mailbox", args=[made.pk])
    assert (made.company, made.port, made.uses_tls, made.is_active) == (company, 993, True, True)
    assert "The mailbox is being looked into" in page(client, "mailbox", made.pk)
    assert Run.objects.get().requested_by is not None


def test_no_page_asks_for_the_password_or_shows_it(client, mailbox, monkeypatch):
    monkeypatch.setenv(PASSWORD_NAME, "correct horse")
    for shown in (
        page(client, "mailboxes"),
        page(client, "mailbox", mailbox.pk),
        page(client, "mailbox_edit", mailbox.pk),
    ):
        assert "correct horse" not in shown and 'type="password"' not in shown


@pytest.mark.parametrize(
    "field, value",
    [
        ("address", "nobody"),
        ("host", ""),
        ("port", "99999"),
        ("port", "x"),
        ("port", ""),
        ("password_name", "SECRET_KEY"),
        ("username", "\0"),
        ("folder", "x" * 300),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_saved(client, field, value):
    answer = client.post(reverse("mailbox_new"), form(**{field: value}))
    assert answer.status_code == 422 and not Mailbox.objects.exists()
    assert list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_a_second_mailbox_for_one_address_is_refused_beside_the_field(client, mailbox):
    answer = client.post(reverse("mailbox_new"), form())
    assert answer.status_code == 422 and "address" in answer.context["form"].errors
    assert Mailbox.objects.count() == 1


def test_a_mailbox_is_changed_stopped_and_started_again(client, mailbox):
    client.post(reverse("mailbox_edit", args=[mailbox.pk]), form(port="994", uses_tls=""))
    mailbox.refresh_from_db()
    assert (mailbox.port, mailbox.uses_tls) == (994, False)
    assert "not encrypted" in page(client, "mailbox", mailbox.pk)
    client.post(reverse("mailbox_stop", args=[mailbox.pk]))
    shown = page(client, "mailbox", mailbox.pk)
    assert "stopped" in shown and "Look now" not in shown and "Start it again" in shown
    assert client.post(reverse("mailbox_look", args=[mailbox.pk])).status_code == 409
    client.post(reverse("mailbox_edit", args=[mailbox.pk]), form())
    mailbox.refresh_from_db()
    assert mailbox.is_active


def test_look_now_shows_its_progress_and_then_the_letters(client, company, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setenv(PASSWORD_NAME, ImapServer.password)
    with ImapServer() as server:
        mailbox = make_mailbox(company, server)
        server.put(letter())
        client.post(reverse("mailbox_look", args=[mailbox.pk]))
        moving = page(client, "mailbox", mailbox.pk)
        assert "hx-get" in moving and "Look now" not in moving
        jobs.run_now(Run.objects.get().pk)
    part = page(client, "mailbox_state", mailbox.pk)
    assert "hx-get" not in part and "<html" not in part
    case = Case.objects.get()
    assert case.number in part and reverse("case", args=[case.pk]) in part and "1 letter today" in part


def test_trouble_is_said_in_plain_words_with_what_to_do(client, mailbox):
    Mailbox.objects.update(error="login", failures=1)
    for shown in (page(client, "mailboxes"), page(client, "mailbox", mailbox.pk)):
        assert "imap.example.com refused the user name or password" in shown
    assert "1 mailbox cannot be read" in page(client, "mailboxes")


def test_a_mailbox_that_fails_again_and_again_waits_in_the_inbox(client, keeper, company, mailbox):
    Mailbox.objects.update(error="login", failures=2)
    assert not [item for item in inbox_for(keeper, company, at()) if item.kind == "complaints.mailbox"]
    Mailbox.objects.update(failures=3)
    (item,) = [item for item in inbox_for(keeper, company, at()) if item.kind == "complaints.mailbox"]
    assert mailbox.address in item.title and item.url == reverse("mailbox", args=[mailbox.pk])
    assert gauges["mailboxes_failing"](at()) == 1
    stranger = factories.user_with(company, "complaints.view")
    assert not [item for item in inbox_for(stranger, company, at()) if item.kind == "complaints.mailbox"]


def test_a_letter_that_could_not_become_a_case_waits_for_a_person_for_a_week(
    client, keeper, company, mailbox, monkeypatch
):
    verbs.read_letter(mailbox, letter("", subject=""), at=at())
    verbs.read_letter(mailbox, letter("自己发的", sender=mailbox.address), at=at())
    waiting = [item for item in inbox_for(keeper, company, at()) if item.kind == "complaints.mailbox"]
    assert waiting == [], "nobody said anything in these"
    monkeypatch.setattr(mail_intake, "_open", lambda *args, **kwargs: 1 / 0)
    verbs.read_letter(mailbox, letter("屋顶漏水"), at=at())
    (item,) = [item for item in inbox_for(keeper, company, at(day=10)) if item.kind == "complaints.mailbox"]
    assert "tousu@qinghe.example" in item.title and item.count == 1
    assert "could not be read" in client.get(item.url).content.decode()
    later = [item for item in inbox_for(keeper, company, at(day=12)) if item.kind == "complaints.mailbox"]
    assert later == []


def test_readiness_does_not_hang_on_a_mailbox(client, mailbox):
    Mailbox.objects.update(error="password", failures=50)
    assert client.get("/readyz").status_code == 200


def test_letters_are_shown_by_outcome_and_found_by_number_or_id(client, mailbox):
    first = verbs.read_letter(mailbox, letter(message_id="first@example.com"), at=at())
    verbs.read_letter(mailbox, letter("我在休假", Auto_Submitted="auto-replied"), at=at())
    verbs.read_letter(mailbox, letter("", subject=""), at=at())
    every = page(client, "mailbox", mailbox.pk)
    assert "automatic reply" in every and "neither words nor attachments" in every
    only = page(client, "mailbox", mailbox.pk, outcome="auto_reply")
    assert first.case.number not in only and only.count("<tr>") == 2
    for words in (first.case.number, first.case.number.lower(), "<first@example.com>", "first@example.com"):
        assert page(client, "mailbox", mailbox.pk, within=words).count("<tr>") == 2
    assert "No letter matches" in page(client, "mailbox", mailbox.pk, within="TS-0000-0000")


@pytest.mark.parametrize(
    "query", [{"page": "x"}, {"outcome": XSS}, {"within": XSS}, {"within": "\0"}, {"within": "%"}]
)
def test_odd_queries_do_no_harm(client, mailbox, query):
    verbs.read_letter(mailbox, letter(subject=XSS, sender=f'"{XSS}" <a@example.com>'), at=at())
    assert XSS not in page(client, "mailbox", mailbox.pk, **query)


def test_a_case_that_names_the_keeper_is_not_shown_to_them(client, keeper, company, mailbox):
    case = verbs.read_letter(mailbox, letter(), at=at()).case
    employee = factories.make_employee(company.departments.get(code="service"), "刘洋", user=keeper)
    case.allegations.create(employee=employee, statement="x", added_at=at())
    assert case.number not in page(client, "mailbox", mailbox.pk)
    assert "No letter matches" in page(client, "mailbox", mailbox.pk, within=case.number)


def test_attachments_left_out_are_counted(client, mailbox):
    verbs.read_letter(mailbox, letter(files=[("a.exe", b"MZ"), ("b.exe", b"MZ")]), at=at())
    assert "2 not kept, named in the case" in page(client, "mailbox", mailbox.pk)


def test_the_list_costs_the_same_for_one_letter_and_for_thirty(
    client, mailbox, django_assert_max_num_queries
):
    for number in range(30):
        verbs.read_letter(mailbox, letter(f"第 {number} 封", sender=f"c{number}@example.com"), at=at())
    client.get(reverse("mailboxes"))
    with django_assert_max_num_queries(26) as asked:
        page(client, "mailbox", mailbox.pk)
    many = len(asked)
    Letter.objects.exclude(pk=Letter.objects.first().pk).delete()
    with django_assert_max_num_queries(26) as asked:
        page(client, "mailbox", mailbox.pk)
    assert len(asked) == many


def test_the_mailbox_of_another_company_is_not_there(client):
    other = make_mailbox(company_with_rules("yunshan"))
    for name in ("mailbox", "mailbox_state", "mailbox_edit"):
        assert client.get(reverse(name, args=[other.pk])).status_code == 404
    for name in ("mailbox_edit", "mailbox_stop", "mailbox_look"):
        assert client.post(reverse(name, args=[other.pk]), form()).status_code == 404
    assert other.address not in page(client, "mailboxes")


def test_only_who_keeps_mailboxes_opens_them(client, company, mailbox):
    client.force_login(factories.user_with(company, "complaints.view", "complaints.handle"))
    assert client.get(reverse("mailboxes")).status_code == 403
    assert client.get(reverse("mailbox", args=[mailbox.pk])).status_code == 403


@pytest.mark.parametrize("name", ["mailbox_stop", "mailbox_look"])
def test_looking_at_an_address_changes_nothing(client, mailbox, name):
    assert client.get(reverse(name, args=[mailbox.pk])).status_code == 405
    mailbox.refresh_from_db()
    assert mailbox.is_active and not Run.objects.exists()


def test_the_jobs_page_names_the_mailbox(client, company, mailbox):
    verbs.request_look(mailbox, by=None, at=at())
    client.force_login(factories.user_with(company, "jobs.view"))
    client.cookies["django_language"] = "en"
    assert "New letters to tousu@qinghe.example" in client.get(reverse("jobs")).content.decode()
