"""Internal reports (CC-5.1): by name or anonymous, read by their readers only, never by anybody they name.

Of an anonymous report nothing leads to who wrote it: no login, no address, no name of a file. Its number is drawn by
lot, so that nobody learns from their own how many others there are.
"""

import re
import secrets

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from complaints.casework import enter
from complaints.contact import Contact
from complaints.models import Case, Channel, Kind
from complaints.recusal import day_of, named_in
from complaints.services import handling, intake, tracking
from core.flow import Refused, advance
from notifications.services import notify
from organization.models import Employee, Grant

READ = "complaints.read_reports"
DIGITS = 6


@transaction.atomic
def file_report(
    *, company, text, key, at, by=None, employees=(), people_named="", files=(), language="zh-hans"
):
    """Open a report; `by` None is anonymous, and then nothing of the sender is kept. Returns a Receipt.

    Whoever is chosen, or named unmistakably, is an accused person from the first moment and never sees it.
    """
    accused = [*employees, *_meant(company, people_named, at)]
    _refuse_without_reader(company, accused, at)
    receipt = intake.receive(
        company=company,
        kind=Kind.REPORT,
        channel=Channel.EMPLOYEE if by else Channel.WEB,
        text=text,
        key=key,
        at=at,
        by=by,
        contact=Contact(name=by.get_full_name()[:60]) if by else Contact(),
        people_named=people_named,
        employees=accused,
        is_anonymous=by is None,
        language=language,
        files=files,
    )
    if receipt.is_new:
        _number_by_lot(receipt.case)
        tell_readers(receipt.case, at=at)
    return receipt


@transaction.atomic
def take_up(case, *, investigator, problem_type, severity, by, at):
    """Accepted by a reader, who answers for it, and given to the reader who investigates."""
    handler = getattr(by, "employee", None)
    case = handling.accept(
        case, problem_type=problem_type, severity=severity, handler=handler, by=by, at=at
    )  # fmt: skip
    return handling.investigate(case, investigator=investigator, by=by, at=at)


@transaction.atomic
def say_more(case, *, text, at, files=()):
    """More from whoever holds the code; what was asked is thereby answered. All readers hear that there is news."""
    entry = tracking.add(case, text=text, files=files, at=at)
    tell_readers(case, at=at, occasion=entry.pk)
    return entry


def look_again(case, *, reason, at):
    """The sender is not content with the answer: it is looked at again, and all readers hear that there is news.

    When it was reopened too often the readers are called instead, which the refusal must not undo.
    """
    refusal = _look_again(case, reason, at)
    if refusal is not None:
        raise refusal


@transaction.atomic
def _look_again(case, reason, at):
    try:
        case = tracking.reopen(case, reason=reason, at=at)
    except Refused as refusal:
        if refusal.code != "supervisor":
            raise
        return refusal
    tell_readers(case, at=at, occasion=f"again:{case.reopened}")
    return None


@transaction.atomic
def close_report(case, *, by, at):
    """Ended by a reader, after the answer."""
    case = enter(case, by=by)
    return advance(case, Case.CLOSE, by=by, at=at, closed_at=at)


def tell_readers(case, *, at, occasion=""):
    """That there is an internal report, and where; not a word of it. Nobody whom it names."""
    for user in readers_of(case.company, at).exclude(employee__in=named_in(case)):
        with translation.override(user.language):
            subject = _("An internal report waits for you")
        notify(
            user=user,
            company=case.company,
            kind="complaints.report",
            key=f"complaints.report:{case.pk}:{occasion}",
            subject=subject,
            url=reverse("internal_report", args=[case.pk]),
            at=at,
        )


def readers_of(company, at):
    """Users who read the company's reports on that day."""
    from accounts.models import User

    grants = Grant.objects.on(day_of(at)).filter(role__company=company).select_related("role")
    ids = {grant.user_id for grant in grants if READ in grant.role.verbs and grant.role.reach == "company"}
    return User.objects.filter(pk__in=ids, is_active=True).order_by("pk")


def _refuse_without_reader(company, accused, at):
    """A report that nobody could read must not look as if somebody did."""
    if not readers_of(company, at).exclude(employee__in=[one.pk for one in accused]).exists():
        raise Refused(
            _(
                "Nobody is left who could read this: all readers of internal reports are among those you name, or "
                "none is appointed. Nothing was kept. Turn to the management group or to an authority."
            ),
            code="no_reader",
        )


def _meant(company, words, at):
    """Employees whose name or number stands in the words. Of several with one name only the readers among them:

    the one who is meant must not read it, and the others must not be accused.
    """
    if not words.strip():
        return []
    staff = list(Employee.objects.filter(company=company).select_related("user"))
    said = {one.name for one in staff if len(one.name) > 1 and one.name in words}
    said = {name for name in said if not any(name != other and name in other for other in said)}
    numbers = set(re.findall(r"\w+", words.upper()))
    reader_ids = set(readers_of(company, at).values_list("pk", flat=True))
    found = []
    for one in staff:
        alone = sum(other.name == one.name for other in staff) == 1
        by_name = one.name in said and (alone or one.user_id in reader_ids)
        if by_name or one.number.upper() in numbers:
            found.append(one)
    return found


def _number_by_lot(case):
    """NB-2611-481502 instead of NB-2611-0004."""
    start = case.number.rpartition("-")[0]
    while True:
        number = f"{start}-{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        if not Case.objects.filter(company_id=case.company_id, number=number).exists():
            break
    Case.objects.filter(pk=case.pk).update(number=number)
    case.number = number
