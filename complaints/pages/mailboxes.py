"""What the pages of the mailboxes show: how each stands, and what became of its letters."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from audit.models import AuditRow
from complaints.mail.threads import mark_of
from complaints.mail.troubles import sentence_of
from complaints.models import Case, Letter, Mailbox
from complaints.services.mailbox import run_of
from complaints.services.tracking import tidy_number
from core.period import SHANGHAI
from jobs.wording import MOVING, told

PER_PAGE = 30
LONGEST_SEARCH = 200
#: why a letter opened and joined nothing, by the code that the audit log keeps
REASONS = {
    "own": _("sent from our own address"),
    "empty": _("neither words nor attachments"),
    "too_many": _("too many from this address within a day"),
    "limit": _("too many for one case within a day"),
    "broken": _("could not be read; look for it in the mailbox"),
}
#: reasons that cost no voice: nobody has to look
HARMLESS = ("own", "empty")
WORTH_A_WEEK = dt.timedelta(days=7)
OTHER_REASON = _("could not become a case; look for it in the mailbox")
LOOKS = {
    Letter.Outcome.OPENED: ("done", "folder-plus"),
    Letter.Outcome.JOINED: ("done", "arrow-return-right"),
    Letter.Outcome.BOUNCE: ("look", "envelope-x"),
    Letter.Outcome.AUTO_REPLY: ("", "robot"),
    Letter.Outcome.IGNORED: ("", "dash-circle"),
}


@dataclass(frozen=True)
class Standing:
    """One mailbox: `state` is read, failing, waiting or stopped; `trouble` says what is wrong and what to do."""

    mailbox: Mailbox
    state: str
    trouble: str = ""
    today: int = 0

    @property
    def look(self):
        return {"read": "done", "failing": "late", "waiting": "wait"}.get(self.state, "")

    @property
    def icon(self):
        return {"read": "check2", "failing": "exclamation-octagon", "waiting": "hourglass"}.get(
            self.state, "pause"
        )

    @property
    def label(self):
        return {
            "read": _("is read"),
            "failing": _("cannot be read"),
            "waiting": _("not read yet"),
        }.get(self.state, _("stopped"))


@dataclass(frozen=True)
class Line:
    """One letter; `case` only where this user may see it."""

    letter: Letter
    case: Case | None
    reason: str
    look: str
    icon: str


def standings(mailboxes, at):
    """How each of them stands; letters of today counted in one query."""
    found = list(mailboxes)
    midnight = dt.datetime.combine(at.astimezone(SHANGHAI).date(), dt.time(), SHANGHAI)
    today = Letter.objects.filter(mailbox__in=found, received_at__gte=midnight)
    counts = dict(today.order_by().values_list("mailbox_id").annotate(count=Count("pk")))
    return [standing(one, counts.get(one.pk, 0)) for one in found]


def standing(mailbox, today=0):
    if not mailbox.is_active:
        return Standing(mailbox, "stopped", "", today)
    if mailbox.error:
        return Standing(mailbox, "failing", sentence_of(mailbox, mailbox.error), today)
    return Standing(mailbox, "read" if mailbox.looked_at else "waiting", "", today)


def progress_of(mailbox, at):
    """The look that is under way, as the jobs page tells it, or None."""
    run = run_of(mailbox)
    return told(run, at) if run is not None and run.state in MOVING else None


def unread(mailboxes, at):
    """{mailbox: how many} letters of the last days that could not become a case: a person reads them there."""
    aside = Letter.objects.filter(
        mailbox__in=mailboxes, outcome=Letter.Outcome.IGNORED, received_at__gt=at - WORTH_A_WEEK
    )
    found = dict(aside.order_by().values_list("pk", "mailbox"))
    rows = AuditRow.objects.filter(model="complaints.letter", object_id__in=found).exclude(reason_code="")
    lost = rows.exclude(reason_code__in=HARMLESS).values_list("object_id", flat=True)
    counts = Counter(found[pk] for pk in lost)
    return {one: counts[one.pk] for one in mailboxes if one.pk in counts}


def outcomes_of(mailbox):
    """[(outcome, label, how many)] of those that there are."""
    counts = dict(mailbox.letters.order_by().values_list("outcome").annotate(count=Count("pk")))
    return [(value, label, counts[value]) for value, label in Letter.Outcome.choices if value in counts]


def letters_of(mailbox, user, *, outcome, words, page):
    """A page of letters, newest first, searched by number of the case or by the letter's own id."""
    found = mailbox.letters.all()
    if outcome in Letter.Outcome.values:
        found = found.filter(outcome=outcome)
    if words:
        seen = Case.objects.visible_to(user).filter(number__startswith=tidy_number(words))
        found = found.filter(Q(case__in=seen) | Q(message_id=mark_of(words.strip().strip("<>"))))
    shown = Paginator(found, PER_PAGE).get_page(page)
    shown.lines = _lines(shown.object_list, user)
    return shown


def _lines(letters, user):
    letters = list(letters)
    cases = Case.objects.visible_to(user).in_bulk({one.case_id for one in letters if one.case_id})
    rows = AuditRow.objects.filter(model="complaints.letter", object_id__in=[one.pk for one in letters])
    reasons = dict(rows.exclude(reason_code="").values_list("object_id", "reason_code"))
    return [
        Line(
            one,
            cases.get(one.case_id),
            REASONS.get(reasons[one.pk], OTHER_REASON) if one.pk in reasons else "",
            *LOOKS[one.outcome],
        )
        for one in letters
    ]
