"""Letters become cases through a real IMAP server: once each, whatever breaks in between (RE-5.1b, CC-3.4)."""

import datetime as dt

import pytest

from complaints.mail import imap
from complaints.models import Case, Channel, Entry, Kind, Letter, Mailbox, State, ToldBy
from complaints.services import mail_intake
from complaints.services import mailbox as verbs
from complaints.tests.build_mail import LIN, PASSWORD_NAME, WORDS, letter, make_mailbox
from complaints.tests.imap_server import ImapServer
from core.flow import Refused
from jobs import services as jobs
from jobs.models import Run
from notifications.models import Message
from tests import factories
from tests.factories import at

OUTCOME = Letter.Outcome


@pytest.fixture(autouse=True)
def outside(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    settings.MAIL_DOMAIN = "manyi.example"
    monkeypatch.setenv(PASSWORD_NAME, ImapServer.password)
    monkeypatch.setattr(imap, "PATIENCE", 3)


@pytest.fixture
def server():
    with ImapServer() as server:
        yield server


@pytest.fixture
def mailbox(db, server):
    return make_mailbox(server=server)


def look(mailbox, moment=None):
    return verbs.look(Mailbox.objects.select_related("company").get(pk=mailbox.pk), at=moment or at())


def refused(code):
    return pytest.raises(Refused, check=lambda refusal: refusal.code == code)


def notes(case):
    return [entry.text for entry in case.entries.filter(kind=Entry.Kind.NOTE)]


# looking into the mailbox ------------------------------------------------------------------------------------


def test_a_letter_becomes_a_case_with_number_clock_and_receipt(mailbox, server):
    server.put(letter())
    assert look(mailbox) == {OUTCOME.OPENED: 1}
    case = Case.objects.get()
    assert (case.channel, case.kind, case.state) == (Channel.MAILBOX, Kind.COMPLAINT, State.RECEIVED)
    assert case.text == f"看房没有人接待\n\n{WORDS}"
    assert (case.contact_name, case.contact_email, case.told_by) == ("林女士", LIN, ToldBy.EMAIL)
    assert case.number.startswith("TS-2611-") and case.due_at > at() and case.language == "zh-hans"
    receipt = Message.objects.get(kind="complaints.told.received")
    assert receipt.address == LIN and case.number in receipt.subject
    kept = Letter.objects.get()
    assert (kept.outcome, kept.case, kept.sent_at) == (OUTCOME.OPENED, case, at(hour=11, minute=58))


def test_nothing_is_changed_in_the_mailbox_itself(mailbox, server):
    server.put(letter())
    look(mailbox)
    assert "EXAMINE INBOX" in server.commands
    assert not [command for command in server.commands if command.startswith(("SELECT", "UID STORE"))]
    assert all("BODY[]" not in command for command in server.commands)
    assert server.letters[0].flags == set()


def test_only_letters_not_seen_before_are_fetched(mailbox, server):
    server.put(letter())
    look(mailbox)
    server.commands.clear()
    server.put(letter("第二封"))
    assert look(mailbox) == {OUTCOME.OPENED: 1}
    assert [command for command in server.commands if "BODY" in command] == ["UID FETCH 2 (UID BODY.PEEK[])"]
    assert look(mailbox) == {}


def test_at_the_first_look_only_letters_of_the_last_days_are_taken(mailbox, server):
    server.put(letter("很久以前"), day=dt.date(2026, 10, 1))
    server.put(letter("上周"), day=dt.date(2026, 10, 29))
    look(mailbox)
    assert [case.text.endswith("上周") for case in Case.objects.all()] == [True]
    assert look(mailbox) == {}


def test_a_hundred_letters_are_a_hundred_cases(mailbox, server):
    for number in range(100):
        server.put(letter(f"第 {number} 封", sender=f"c{number}@example.com"))
    beats = []
    found = Mailbox.objects.select_related("company").get()
    assert verbs.look(found, at=at(), beat=lambda **shown: beats.append(shown)) == {OUTCOME.OPENED: 100}
    assert Case.objects.count() == 100 and len(set(Case.objects.values_list("number", flat=True))) == 100
    assert beats[-1] == {"done": 100} and {"done": 0, "total": 100}.items() <= beats[1].items()


def test_a_connection_cut_in_the_middle_keeps_what_was_read_and_goes_on_later(mailbox, server):
    for number in range(3):
        server.put(letter(f"第 {number} 封", sender=f"c{number}@example.com"))
    server.faults.drop_after, server.faults.drop_at_uid, server.faults.times = 50, 2, 1
    with refused("dropped"):
        look(mailbox)
    mailbox.refresh_from_db()
    assert (Case.objects.count(), mailbox.last_uid, mailbox.error, mailbox.failures) == (1, 1, "dropped", 1)
    assert look(mailbox) == {OUTCOME.OPENED: 2}
    mailbox.refresh_from_db()
    assert (Case.objects.count(), mailbox.last_uid, mailbox.error, mailbox.failures) == (3, 3, "", 0)


def test_a_crash_between_two_letters_doubles_nothing(mailbox, server, monkeypatch):
    server.put(letter("第一封", sender="a@example.com"))
    server.put(letter("第二封", sender="b@example.com"))
    beats = iter([None, None, None])
    with pytest.raises(StopIteration):
        found = Mailbox.objects.select_related("company").get()
        verbs.look(found, at=at(), beat=lambda **shown: next(beats))
    assert Case.objects.count() == 2
    Mailbox.objects.update(last_uid=0)  # worse: the memory of it is lost
    assert look(mailbox) == {OUTCOME.OPENED: 2}
    assert (Case.objects.count(), Letter.objects.count(), Message.objects.count()) == (2, 2, 2)


def test_a_letter_and_its_place_in_the_mailbox_are_one_change(mailbox, server, monkeypatch):
    server.put(letter())

    def dies(*args, **kwargs):
        raise ConnectionAbortedError("power cut")

    with monkeypatch.context() as broken, pytest.raises(ConnectionAbortedError):
        broken.setattr(mail_intake, "_close", dies)
        look(mailbox)
    mailbox.refresh_from_db()
    assert (Case.objects.count(), Letter.objects.count(), mailbox.last_uid) == (0, 0, 0)
    assert look(mailbox) == {OUTCOME.OPENED: 1}


def test_a_mailbox_that_is_numbered_anew_opens_nothing_twice(mailbox, server):
    server.put(letter("第一封", sender="a@example.com"))
    server.put(letter("第二封", sender="b@example.com"))
    look(mailbox)
    del server.letters[0]
    server.renumber(uid_validity=77)
    server.put(letter("第三封", sender="c@example.com"))
    look(mailbox)
    mailbox.refresh_from_db()
    assert (mailbox.uid_validity, mailbox.last_uid, Case.objects.count()) == (77, 2, 3)


def test_a_letter_deleted_meanwhile_is_passed_over(mailbox, server, monkeypatch):
    server.put(letter("第一封"))
    server.put(letter("第二封"))
    monkeypatch.setattr(imap.Post, "measure", lambda post, uids: server.letters.pop(0))
    assert look(mailbox) == {OUTCOME.OPENED: 1}


def test_a_poisoned_letter_does_not_hold_up_the_others(mailbox, server, monkeypatch):
    for name in "abc":
        server.put(letter(f"来信 {name}", sender=f"{name}@example.com"))
    whole = mail_intake._fate_of

    def stumbles(mailbox, parsed, at):
        if parsed.from_address == "b@example.com":
            raise ValueError("nobody thought of this")
        return whole(mailbox, parsed, at)

    monkeypatch.setattr(mail_intake, "_fate_of", stumbles)
    assert look(mailbox) == {OUTCOME.OPENED: 2, OUTCOME.IGNORED: 1}
    mailbox.refresh_from_db()
    assert mailbox.last_uid == 3


def test_a_letter_of_thirty_megabytes_is_read_at_its_beginning(mailbox, server):
    server.put(letter(files=[("大.bin", b"x" * 22 * 1024 * 1024)]))
    assert len(server.letters[0].raw) > 29 * 1024 * 1024
    assert look(mailbox) == {OUTCOME.OPENED: 1}
    case = Case.objects.get()
    assert case.text.endswith(WORDS)
    assert [command for command in server.commands if "PEEK" in command] == [
        f"UID FETCH 1 (UID BODY.PEEK[]<0.{imap.BEGINNING}>)"
    ]
    assert Letter.objects.get().left_out == 1 and len(notes(case)) == 2


def test_a_server_that_wants_to_know_the_program_is_told(mailbox, server, monkeypatch):
    monkeypatch.setattr(server, "wants_id", True)
    server.put(letter())
    assert look(mailbox) == {OUTCOME.OPENED: 1}


# trouble -----------------------------------------------------------------------------------------------------


def test_a_wrong_password_is_said_in_plain_words_and_tried_less_and_less_often(mailbox, server, monkeypatch):
    monkeypatch.setenv(PASSWORD_NAME, "wrong")
    for failures, minutes in ((1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60)):
        with refused("login"):
            look(mailbox)
        mailbox.refresh_from_db()
        assert (mailbox.error, mailbox.failures) == ("login", failures)
        assert mailbox.next_look_at == at() + dt.timedelta(minutes=minutes)


def test_a_missing_password_names_the_variable_and_asks_nobody(mailbox, server, monkeypatch):
    monkeypatch.delenv(PASSWORD_NAME)
    with refused("password") as refusal:
        look(mailbox)
    assert PASSWORD_NAME in refusal.value.message and not server.commands


def test_no_other_secret_of_the_environment_is_sent_to_a_server(mailbox, server, monkeypatch):
    monkeypatch.setenv("SECRET_THING", ImapServer.password)
    Mailbox.objects.update(password_name="SECRET_THING")
    with refused("password"):
        look(mailbox)
    with refused("refused"):
        make_mailbox(mailbox.company, password_name="SECRET_THING", address="b@qinghe.example")


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"host": "no-such-host.invalid"}, "host"),
        ({"port": 1}, "refused"),
        ({"folder": "Missing"}, "folder"),
        ({"uses_tls": True}, "tls"),
    ],
)
def test_each_trouble_has_its_sentence(mailbox, fields, code):
    Mailbox.objects.update(**fields)
    with refused(code):
        look(mailbox)


def test_a_server_that_does_not_answer_is_left_in_time(mailbox, server, monkeypatch):
    monkeypatch.setattr(imap, "PATIENCE", 0.3)
    server.faults.slow = 2
    with refused("timeout"):
        look(mailbox)


def test_a_server_that_hangs_up_at_once_is_said_to(mailbox, server):
    server.faults.close_at_once = True
    with refused("dropped"):
        look(mailbox)


def test_a_server_that_refuses_a_letter_is_asked_again_later(mailbox, server):
    server.put(letter())
    server.faults.refuse_fetch, server.faults.times = True, 1
    with refused("other"):
        look(mailbox)
    assert look(mailbox) == {OUTCOME.OPENED: 1}


def test_without_a_policy_letters_stay_where_they_are(db, server):
    found = make_mailbox(factories.make_company(), server)
    server.put(letter())
    with refused("rules"):
        look(found)
    assert not Letter.objects.exists() and not server.commands


# keeping mailboxes -------------------------------------------------------------------------------------------


def test_the_tick_asks_for_one_look_when_its_time_has_come(mailbox, server):
    server.put(letter())
    verbs.look_due(at())
    verbs.look_due(at())
    run = Run.objects.get(kind=verbs.LOOK_RUN)
    done = jobs.run_now(run.pk, at=at())
    assert (done.state, done.result, done.done, done.total) == (Run.State.DONE, {"opened": 1}, 1, 1)
    verbs.look_due(at(minute=4))
    assert Run.objects.get(pk=run.pk).state == Run.State.DONE
    verbs.look_due(at(minute=5))
    again = Run.objects.get(pk=run.pk)
    assert (again.state, again.done, again.total) == (Run.State.QUEUED, 0, 0)


def test_a_look_that_fails_shows_its_sentence_and_is_tried_again(mailbox, monkeypatch):
    monkeypatch.setenv(PASSWORD_NAME, "wrong")
    verbs.look_due(at())
    run = jobs.run_now(Run.objects.get().pk, at=at())
    assert run.state == Run.State.FAILED and "127.0.0.1" in run.error
    verbs.look_due(at(minute=5))
    assert Run.objects.get().state == Run.State.QUEUED


def test_a_stopped_mailbox_is_not_looked_into(mailbox, server):
    verbs.stop_mailbox(mailbox, by=None, at=at())
    verbs.look_due(at(hour=20))
    assert not Run.objects.exists()
    with refused("state"):
        verbs.request_look(mailbox, by=None, at=at())
    with refused("state"):
        verbs.stop_mailbox(mailbox, by=None, at=at())
    assert make_mailbox(mailbox.company, server, mailbox=mailbox).is_active


def test_another_account_begins_anew_and_the_same_one_goes_on(mailbox, server):
    server.put(letter())
    look(mailbox)
    assert make_mailbox(mailbox.company, server, mailbox=mailbox).last_uid == 1
    assert make_mailbox(mailbox.company, server, mailbox=mailbox, folder="Other").last_uid == 0


def test_one_address_has_one_mailbox(mailbox):
    with pytest.raises(Refused) as refusal:
        make_mailbox(mailbox.company)
    assert refusal.value.field == "address" and Mailbox.objects.count() == 1


@pytest.mark.parametrize(
    "field, value",
    [
        ("address", "nobody"),
        ("host", ""),
        ("host", "imap.example.com\r\nA LOGOUT"),
        ("username", "a\nb"),
        ("folder", "  "),
        ("port", 0),
        ("port", 70_000),
        ("password_name", "hunter2"),
        ("password_name", "SECRET_KEY"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(mailbox, field, value):
    with pytest.raises(Refused) as refusal:
        make_mailbox(mailbox.company, **({"address": "b@qinghe.example"} | {field: value}))
    assert refusal.value.field == field
