"""Mailboxes that customers write to: kept by people, looked into by the tick, one transaction a letter (RE-5.1b)."""

import datetime as dt
from collections import Counter

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit import services as audit
from complaints.mail import imap
from complaints.mail.troubles import sentence_of
from complaints.models import Mailbox
from complaints.policy import rules_of
from complaints.services.mail_intake import move_on, read_letter
from core.flow import Refused
from core.period import SHANGHAI
from jobs.models import Run
from jobs.services import request_run, rerun

__all__ = ["look", "look_due", "read_letter", "request_look", "save_mailbox", "stop_mailbox"]

LOOK_RUN = "complaints.mailbox"
EVERY = dt.timedelta(minutes=5)
LONGEST_WAIT = dt.timedelta(hours=1)
#: of a mailbox whose numbers are not known yet, letters of so many days are taken
FIRST_DAYS = 7
#: another account or folder: its numbers are others
PLACE = ("host", "username", "folder")


@transaction.atomic
def save_mailbox(
    *,
    company,
    by,
    at,
    address,
    host,
    username,
    password_name,
    mailbox=None,
    port=993,
    uses_tls=True,
    folder="INBOX",
):
    """Make a mailbox or change one, and let it be looked into. Returns the Mailbox; Refused names a field."""
    found = Mailbox.objects.select_for_update().get(pk=mailbox.pk) if mailbox else Mailbox(company=company)
    before = [getattr(found, name) for name in PLACE]
    found.address, found.host = _address(address), _plain(host, "host")
    found.username, found.folder = _plain(username, "username"), _plain(folder, "folder")
    found.port, found.uses_tls, found.password_name = (
        _port(port),
        bool(uses_tls),
        _password_name(password_name),
    )
    if before != [getattr(found, name) for name in PLACE]:
        found.uid_validity = found.last_uid = 0
    found.is_active, found.next_look_at, found.error, found.failures = True, at, "", 0
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:
        raise Refused(_("This address has a mailbox already. Change that one."), field="address") from None
    audit.record("complaints.mailbox.saved", found, by=by, at=at)
    return found


@transaction.atomic
def stop_mailbox(mailbox, *, by, at):
    """Look into it no more. Letters and cases stay; saving it again starts it."""
    if not Mailbox.objects.filter(pk=mailbox.pk, is_active=True).update(
        is_active=False, error="", failures=0
    ):
        raise Refused(_("This mailbox is stopped already."), code="state")
    audit.record("complaints.mailbox.stopped", mailbox, by=by, at=at)
    mailbox.refresh_from_db()
    return mailbox


def _address(typed):
    address = (typed or "").strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        sentence = _("This is no e-mail address. Write it like name@example.com.")
        raise Refused(sentence, field="address") from None
    return address


def _plain(typed, field):
    """One line without what would end a command to the server."""
    value = (typed or "").strip()
    if not value or not value.isprintable() or (field == "host" and not value.isascii()):
        raise Refused(_("Fill this in as your mail provider names it."), field=field)
    return value


def _port(typed):
    if not 0 < int(typed) < 65536:
        raise Refused(_("A port is a number from 1 to 65535; 993 is usual."), field="port")
    return int(typed)


def _password_name(typed):
    name = (typed or "").strip()
    if not imap.PASSWORD_NAME.match(name):
        raise Refused(
            _("Write the name of an environment variable like MAILBOX_PASSWORD, not the password itself."),
            field="password_name",
        )
    return name


def look_due(at):
    """Tick: ask for a look into each mailbox whose time has come; of several workers one asks."""
    due = Mailbox.objects.filter(is_active=True, next_look_at__lte=at)
    for mailbox in due.select_related("company")[:50]:
        if due.filter(pk=mailbox.pk).update(next_look_at=at + EVERY):
            request_look(mailbox, by=None, at=at)


@transaction.atomic
def request_look(mailbox, *, by, at):
    """The run that looks into the mailbox: one row for each, queued again when it has finished."""
    if not mailbox.is_active:
        raise Refused(_("This mailbox is stopped. Save it again to start it."), code="state")
    params = {"mailbox": mailbox.pk}
    run = request_run(
        company=mailbox.company, kind=LOOK_RUN, key=str(mailbox.pk), by=by, at=at, params=params
    )
    ended = Run.objects.filter(pk=run.pk, state__in=[Run.State.DONE, Run.State.FAILED])
    if ended.update(requested_by=by, requested_at=at, started_at=None, step="", done=0, total=0):
        rerun(run, at=at)
    run.refresh_from_db()
    return run


def run_of(mailbox):
    """The mailbox's run, or None before the first look."""
    return Run.objects.filter(company_id=mailbox.company_id, kind=LOOK_RUN, key=str(mailbox.pk)).first()


def look_run(run, beat):
    """Worker: the look that was asked for. Twice at once is harmless: each letter is taken in once."""
    mailbox = Mailbox.objects.select_related("company").get(pk=run.params["mailbox"])
    return look(mailbox, at=run.heartbeat_at, beat=beat) if mailbox.is_active else {}


def look(mailbox, *, at, beat=None):
    """Read what is new, oldest first. Returns {outcome: how many}; Refused with what is wrong and what to do.

    What was read before the connection broke stays read; the rest comes with the next look.
    """
    beat = beat or (lambda **shown: None)
    try:
        _ask_for_rules(mailbox, at)
        beat(step=gettext_noop("signing in"))
        with imap.opened(mailbox) as post:
            counts = _read_new(mailbox, post, at, beat)
    except imap.Trouble as trouble:
        _note_trouble(mailbox, trouble, at)
        raise Refused(sentence_of(mailbox, trouble.code), code=trouble.code) from trouble
    Mailbox.objects.filter(pk=mailbox.pk).update(looked_at=at, next_look_at=at + EVERY, error="", failures=0)
    return dict(counts)


def _ask_for_rules(mailbox, at):
    """Without a policy no letter could become a case: then none is touched."""
    try:
        rules_of(mailbox.company, at.astimezone(SHANGHAI).date())
    except Refused as missing:
        raise imap.Trouble("rules") from missing


def _read_new(mailbox, post, at, beat):
    _know_numbers(mailbox, post.uid_validity)
    since = None if mailbox.last_uid else imap.day_before(mailbox.looked_at or at, FIRST_DAYS)
    uids = post.uids(after=mailbox.last_uid, since=since)
    beat(step=gettext_noop("reading letters"), done=0, total=len(uids))
    post.measure(uids)
    counts = Counter()
    for place, uid in enumerate(uids, 1):
        raw, is_cut = post.fetch(uid)
        if raw is None:  # deleted meanwhile
            move_on(mailbox, uid)
            continue
        counts[read_letter(mailbox, raw, at=at, uid=uid, is_cut=is_cut).outcome] += 1
        beat(done=place)
    return counts


def _know_numbers(mailbox, uid_validity):
    """A server that numbers anew (after a restore, say) says so: then the old numbers mean nothing."""
    Mailbox.objects.filter(pk=mailbox.pk).exclude(uid_validity=uid_validity).update(
        uid_validity=uid_validity, last_uid=0
    )
    mailbox.refresh_from_db(fields=["uid_validity", "last_uid"])


def _note_trouble(mailbox, trouble, at):
    failures = mailbox.failures + 1
    wait = min(EVERY * 2 ** min(failures - 1, 8), LONGEST_WAIT)
    Mailbox.objects.filter(pk=mailbox.pk).update(
        error=trouble.code, failures=failures, next_look_at=at + wait
    )
