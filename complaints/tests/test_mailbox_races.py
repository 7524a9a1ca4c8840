"""Several workers at one mailbox: each letter once. The control shows that the letter's own row is what holds."""

import itertools

import pytest

from complaints.mail import imap, threads
from complaints.models import Case, Letter, Mailbox
from complaints.services import mail_intake
from complaints.services import mailbox as verbs
from complaints.tests.build_mail import PASSWORD_NAME, PHOTO, letter, make_mailbox
from complaints.tests.imap_server import ImapServer
from jobs.models import Run
from notifications.models import Message
from tests.factories import at
from tests.racing import at_once, kinds

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
WORKERS = 6


@pytest.fixture(autouse=True)
def outside(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setenv(PASSWORD_NAME, ImapServer.password)
    monkeypatch.setattr(imap, "PATIENCE", 20)


def test_one_letter_read_by_many_workers_opens_one_case():
    mailbox, raw = make_mailbox(), letter(files=[PHOTO])
    outcomes = at_once([lambda: verbs.read_letter(mailbox, raw, at=at(), uid=1).outcome] * WORKERS)
    assert outcomes == [Letter.Outcome.OPENED] * WORKERS
    assert (Case.objects.count(), Letter.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_control_without_the_row_of_the_letter_the_same_race_opens_many(monkeypatch):
    mailbox, raw, number = make_mailbox(), letter(), itertools.count()
    whole = mail_intake.parse

    def renamed(raw):
        found = whole(raw)
        object.__setattr__(found, "message_id", f"copy{next(number)}")
        return found

    monkeypatch.setattr(mail_intake, "parse", renamed)
    at_once([lambda: verbs.read_letter(mailbox, raw, at=at())] * WORKERS)
    assert Case.objects.count() == WORKERS


def test_two_workers_in_one_mailbox_read_all_letters_once():
    with ImapServer() as server:
        mailbox = make_mailbox(server=server)
        for number in range(20):
            server.put(letter(f"第 {number} 封", sender=f"c{number}@example.com"))

        def look():
            return verbs.look(Mailbox.objects.select_related("company").get(pk=mailbox.pk), at=at())

        outcomes = at_once([look, look])
    assert kinds(outcomes) == {"done": 2}, outcomes
    mailbox.refresh_from_db()
    assert (Case.objects.count(), Letter.objects.count(), mailbox.last_uid) == (20, 20, 20)
    assert Message.objects.count() == 20


def test_one_letter_to_two_mailboxes_read_at_once_opens_one_case():
    first = make_mailbox()
    second, raw = make_mailbox(first.company, address="kefu@qinghe.example"), letter()
    outcomes = at_once(
        [lambda box=box: verbs.read_letter(box, raw, at=at()).outcome for box in (first, second)]
    )
    assert sorted(outcomes) == [Letter.Outcome.JOINED, Letter.Outcome.OPENED]
    assert Case.objects.count() == 1


def test_of_many_ticks_one_asks_for_the_look(monkeypatch):
    make_mailbox()
    asked, whole = [], verbs.request_look

    def request(mailbox, **fields):
        asked.append(mailbox.pk)
        return whole(mailbox, **fields)

    monkeypatch.setattr(verbs, "request_look", request)
    assert kinds(at_once([lambda: verbs.look_due(at())] * WORKERS)) == {"done": WORKERS}
    assert len(asked) == 1 and Run.objects.count() == 1


def test_a_worker_that_comes_later_never_turns_the_place_back():
    mailbox = make_mailbox()
    verbs.read_letter(mailbox, letter(), at=at(), uid=9)
    verbs.read_letter(mailbox, letter("另一封"), at=at(), uid=3)
    mailbox.refresh_from_db()
    assert mailbox.last_uid == 9
    assert threads.mark_of("a") != threads.mark_of("b")
