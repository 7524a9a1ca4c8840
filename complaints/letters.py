"""What a customer is told of a case, in their language and by the channel they chose. Short, and nothing personal:

the words of question and answer stand on the tracking page, which asks for number and code. The code is told once, when
the case is received; no link holds it. A link in the answer lets rate, and opens nothing else. What becomes of the
people named is never told.
"""

import datetime as dt
from urllib.parse import quote

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from complaints import rating_link
from complaints.models import Case, Kind, Mailbox, State, ToldBy
from complaints.pages.sight import Sight
from core.period import SHANGHAI
from notifications.models import Message
from notifications.services import permissions_to_send, write_to_customer
from notifications.services.bounces import is_suspended

LANGUAGES = ("zh-hans", "en")
#: kind of every message of this module; what goes to colleagues and robots begins otherwise
MESSAGES = "complaints.told."
ANSWERED = "answered"
#: for praise and suggestions the customer writes again instead
REOPENABLE = (Kind.COMPLAINT, Kind.REPORT)
ONE_DAY = dt.timedelta(days=1)
#: nobody is written to about a case that they took back
SILENT = (State.WITHDRAWN,)


def link_to(case):
    """Where the customer asks; the page wants the code besides."""
    return f"{settings.PUBLIC_URL}/track/?number={quote(case.number)}"


def received(case, code, *, at):
    """Number and code at once; the only message that holds the code."""

    def words(one, names):
        subject = _("%(company)s: we have received your message %(number)s") % names
        body = _(
            "Thank you. Your number is %(number)s, your code is %(code)s. Keep both: with them you follow what "
            "happens, add to it and rate us.\n\n%(link)s"
        )
        return subject, body % (names | {"code": code})

    _write(case, "received", words, at=at, is_secret=True)


def accepted(case, *, at):
    """First answer: somebody looks after it."""
    _write_all(
        case,
        "accepted",
        lambda one, names: (
            _("%(company)s: we are working on %(number)s") % names,
            _("Your message %(number)s has been accepted. We answer by %(due)s.\n\n%(link)s") % names,
        ),
        at=at,
    )


def progressed(case, *, at):
    """Something new stands on the tracking page."""
    _write_all(
        case,
        "progressed",
        lambda one, names: (
            _("%(company)s: news of %(number)s") % names,
            _("There is news of %(number)s. Read it here:\n\n%(link)s") % names,
        ),
        at=at,
    )


def asked(case, *, at):
    """A question to the one who wrote this case; the clock waits."""
    _write(
        case,
        "asked",
        lambda one, names: (
            _("%(company)s: a question about %(number)s") % names,
            _("To go on with %(number)s we need to know something from you. Please reply here:\n\n%(link)s")
            % names,
        ),
        at=at,
    )


def extended(case, *, at):
    """It takes longer; `due_at` is the new one."""
    _write_all(
        case,
        "extended",
        lambda one, names: (
            _("%(company)s: %(number)s takes longer") % names,
            _("We need more time for %(number)s and answer by %(due)s. The reason stands here:\n\n%(link)s")
            % names,
        ),
        at=at,
    )


def answered(case, *, at):
    """The answer is there, and we ask whether it is a good one (AU-4).

    Returns ids of the cases whose customer is really written to.
    """

    def words(one, names):
        subject = _("%(company)s: our answer to %(number)s") % names
        body = _(
            "Our answer to %(number)s is ready. Read it, and tell us whether it satisfies you. "
            "You may rate it, or have it looked at again by %(grace)s:\n\n%(link)s"
        )
        if case.kind not in REOPENABLE:
            body = _("Our answer to %(number)s is ready. Read it, and tell us what you think:\n\n%(link)s")
        rate = rating_link.link_of(one, case)
        more = {"grace": _last_day(case.grace_until), "rate": rate}
        if one.told_by == ToldBy.SMS:  # room for one link: from there the way to the answer goes on
            return subject, body % (names | more | {"link": rate})
        return subject, (body + "\n\n" + _("Rate us with one tap: %(rate)s")) % (names | more)

    return _write_all(case, ANSWERED, words, at=at, is_secret=True)


def reopened(case, *, at):
    """It is looked at again, because the customer asked for it."""
    _write_all(
        case,
        "reopened",
        lambda one, names: (
            _("%(company)s: we look at %(number)s again") % names,
            _("As you asked, we look at %(number)s again and answer by %(due)s.\n\n%(link)s") % names,
        ),
        at=at,
    )


def declined(case, *, at):
    """Not taken up; why stands on the tracking page."""
    _write_all(
        case,
        "declined",
        lambda one, names: (
            _("%(company)s: about %(number)s") % names,
            _("We cannot take up %(number)s. The reason stands here:\n\n%(link)s") % names,
        ),
        at=at,
    )


def may_send(message):
    """Asked when a message goes out: does this case's customer still want to be told, by this way, at this address?"""
    if not message.kind.startswith(MESSAGES):
        return True
    case = Case.objects.filter(pk=int(message.key.split(":")[1])).first()
    return (
        case is not None
        and case.told_by == message.channel
        and case.redacted_at is None
        and case.state not in SILENT
        and _address(case) == message.address
    )


def reply_address(message):
    """A mailbox of the company that is looked into: a reply then joins the case. The one they wrote to, if they did."""
    if not message.kind.startswith(MESSAGES):
        return ""
    read = Mailbox.objects.filter(company=message.company_id, is_active=True)
    theirs = read.filter(letters__case=int(message.key.split(":")[1])).order_by("letters__pk").first()
    found = theirs or read.order_by("pk").first()
    return found.address if found else ""


def messages_about(case):
    """What was queued or sent to the customer of this case."""
    return Message.objects.filter(
        company_id=case.company_id, kind__startswith=MESSAGES, key__contains=f":{case.pk}:"
    )


def veiled(messages, viewer, customer):
    """On a customer's file: only those about cases of which the viewer may know whose they are."""
    theirs = messages.filter(kind__startswith=MESSAGES).values_list("pk", "key")
    about = {pk: int(key.split(":")[1]) for pk, key in theirs}
    cases = Case.objects.filter(pk__in=set(about.values()))
    known = set(Sight(viewer, customer.company).of_known_customers(cases).values_list("pk", flat=True))
    return messages.exclude(pk__in=[pk for pk, case_id in about.items() if case_id not in known])


def _write_all(case, fact, words, *, at, is_secret=False):
    """To the customer of the case and of every case that was merged into it, each under their own number."""
    return {
        one.pk
        for one in with_merged(case)
        if _write(one, fact, words, at=at, leading=case, is_secret=is_secret)
    }


def with_merged(case):
    """The case and all that were merged into it, whatever the depth."""
    found, waiting = [], [case]
    while waiting:
        found += waiting
        waiting = list(Case.objects.filter(merged_into__in=waiting).select_related("company").order_by("pk"))
    return found


def _write(case, fact, words, *, at, leading=None, is_secret=False):
    """Whether the message is to go out: the customer may have stopped them, or they came back too often."""
    if case.told_by == ToldBy.NONE or case.redacted_at or not _address(case):
        return False
    with translation.override(case.language if case.language in LANGUAGES else LANGUAGES[0]):
        names = {
            "company": str(case.company),
            "number": case.number,
            "link": link_to(case),
            "due": _last_day((leading or case).due_at),
        }
        subject, body = words(case, names)
    key = f"{MESSAGES}{fact}:{case.pk}:{at:%Y%m%d%H%M%S%f}"
    write_to_customer(
        customer_id=case.customer_id,
        address=_address(case),
        channel=case.told_by,
        company=case.company,
        kind=f"{MESSAGES}{fact}",
        key=key,
        subject=subject,
        body=body,
        purpose="cases",
        is_secret=is_secret,
        at=at,
    )
    return _is_wanted(Message.objects.get(channel=case.told_by, key=key))


def _is_wanted(message):
    """As it looks now; what becomes of it is known once it was sent (`unsent_answers`)."""
    return not is_suspended(message) and all(permitted(message) for permitted in permissions_to_send)


def unsent_answers(companies, since):
    """{id of the case: moment of the answer} of messages since then that were not sent, or came back."""
    lost = Message.objects.filter(
        company__in=companies,
        state__in=(Message.State.SUPPRESSED, Message.State.FAILED),
        created_at__gte=since,
        kind=f"{MESSAGES}{ANSWERED}",
    ).order_by("created_at", "pk")
    return {int(key.split(":")[1]): moment for key, moment in lost.values_list("key", "created_at")}


def _address(case):
    return case.contact_phone if case.told_by == ToldBy.SMS else case.contact_email


def _last_day(moment):
    """'2026-05-09': the last whole day before a moment that ends a period."""
    return f"{moment.astimezone(SHANGHAI).date() - ONE_DAY:%Y-%m-%d}" if moment else ""
