"""What a customer does with number and code: look, add, take back, rate, come back, call a supervisor. No login."""

import datetime as dt
import re
import unicodedata

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import services as audit
from complaints import clocks, guesses, letters, tracking_code
from complaints.casework import class_of, enter, policy_of
from complaints.models import Case, CaseFile, Entry, State
from complaints.recusal import day_of
from complaints.services import findings, handling
from complaints.services.intake import refuse_foreign
from complaints.telling import holders, tell
from core.flow import Refused, advance
from jobs import attachments
from organization.models import Company, Employee
from surveys.entry import clean_text

LONGEST_WORDS = 2000
#: what one customer may say on one case in a day; more is no conversation
MOST_ENTRIES_A_DAY = 20
#: the same words again within this time are the same tap
SAME_TAP = dt.timedelta(minutes=10)
NUMBER = re.compile(r"^([^-]*?[^-\d])-?(\d{4})-?(\d{4,9})$")
#: still going on, or answered and in the grace window
TALKING = (
    State.RECEIVED, State.ACCEPTED, State.INVESTIGATING, State.WAITING, State.PROPOSED, State.PROVED,
    State.ATTRIBUTED, State.CONFIRMED, State.RESPONDED,
)  # fmt: skip
ANSWERED = (State.RESPONDED, State.CLOSED)
RATINGS = range(1, 6)
SUBJECTS = {
    "added": gettext_lazy("%(number)s: the customer wrote"),
    "withdrawn": gettext_lazy("%(number)s: withdrawn by the customer"),
    "reopened": gettext_lazy("%(number)s: the customer asks to look again"),
    "rated": gettext_lazy("%(number)s: the customer rated the handling"),
    "supervisor": gettext_lazy("%(number)s: the customer calls a supervisor"),
}


def look_up(*, number, code, address, at, among=None):
    """The case with this number and code; one and the same refusal for whatever is wrong.

    Wrong tries are counted, so this must not run inside a transaction that the refusal would undo.
    `among`: the cases to look in (Case.objects.of_customers()); all of them without it.
    """
    number, code = tidy_number(number), tracking_code.tidy(code or "")
    limits = guesses.counters(number, address)
    not_found = _("We find nothing with this number and code. Check both, letter by letter.")
    if guesses.is_too_much(limits, at):
        raise Refused(not_found + " " + _("If you tried several times, wait an hour."), code="limit")
    # a number alone is in no index, company and number are
    companies = list(Company.objects.values_list("pk", flat=True))
    cases = (Case.objects.all() if among is None else among).filter(company__in=companies, number=number)
    # of several companies one may have given the same number; the comparison is done for an unknown one too
    found = [
        case
        for case in list(cases.select_related("company")) or [Case()]
        if tracking_code.matches(case, code)
    ]
    if len(found) != 1:
        guesses.count_wrong(limits, at)
        raise Refused(not_found, code="not_found")
    return found[0]


def tidy_number(typed):
    """'TS-2611-0001' of 'ts 2611 0001', also with full-width letters or long dashes."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", (typed or "")[:60]).upper())
    plain = clean_text(re.sub(r"[‐-―−_]", "-", plain))
    match = NUMBER.match(plain)
    return "-".join(match.groups()) if match else plain


def leading(case):
    """The case that is worked on: itself, or the one it was merged into."""
    while case.merged_into_id:
        case = case.merged_into
    return case


def progress_of(case):
    """What the customer may read, oldest first: what was said on this case, and the leading one's progress and answer.

    A question to the customer of the leading case is not shown to others, and nobody reads what another customer said.
    """
    own = list(case.entries.filter(is_public=True))
    if case.merged_into_id:
        told = leading(case).entries.filter(is_public=True, kind__in=[Entry.Kind.PROGRESS, Entry.Kind.ANSWER])
        own = sorted([*own, *told], key=lambda entry: (entry.at, entry.pk))
    return own


@transaction.atomic
def add(case, *, text, files=(), at):
    """More words or files from the customer; what was asked is thereby answered and the clock goes on."""
    case, target = _enter(case)
    if target.state not in TALKING:
        raise Refused(_("This is finished. Write a new message and give this number."), code="state")
    entry, is_new = _say(case, text, files, at)
    if is_new:
        audit.record("complaints.case.added_to", case, by=None, at=at, data={"entry": entry.pk})
        if case.state == State.WAITING:
            handling.resume(case, by=None, at=at)
        _tell(target, _workers_on(target), "added", entry.pk, at)
    return entry


@transaction.atomic
def withdraw(case, *, reason="", at):
    """The customer takes it back, as long as nothing is decided."""
    case, target = _enter(case)
    if case.pk != target.pk:
        raise Refused(
            _("This is handled together with another message and cannot be taken back alone."), code="state"
        )
    _say(case, reason, (), at, may_be_empty=True)
    advance(case, Case.WITHDRAW, by=None, at=at, closed_at=at)
    findings.drop_proposed(case, by=None, at=at, reason=_("The customer took the case back."))
    _tell(case, _workers_on(case), "withdrawn", "once", at)
    return case


def reopen(case, *, reason, at):
    """Look again: within the grace window, so often as the policy says. After that a supervisor is told instead."""
    rules = policy_of(case, at)
    try:
        return _reopen(case, rules, reason, at)
    except TooOften as used_up:
        call_supervisor(case, text=reason, at=at)
        raise Refused(
            _(
                "This was looked at again %(count)s times already. We have told a supervisor, who takes it from here."
            )
            % {"count": rules.max_reopens},
            code="supervisor",
        ) from used_up


class TooOften(Exception):
    """It was reopened as often as the policy allows."""


@transaction.atomic
def _reopen(case, rules, reason, at):
    case, target = _enter(case)
    if target.kind not in letters.REOPENABLE or target.state not in ANSWERED:
        raise Refused(
            _("This cannot be looked at again. Write a new message and give this number."), code="state"
        )
    if target.grace_until is None or at >= target.grace_until:
        raise Refused(
            _("The time for this has passed. Write a new message and give this number."), code="late"
        )
    if target.reopened >= rules.max_reopens:
        raise TooOften
    _say(case, reason, (), at)
    forgotten = dict.fromkeys(("responded_at", "asked_at", "grace_until", "closed_at"))
    advance(
        target,
        Case.REOPEN,
        by=None,
        at=at,
        reopened=target.reopened + 1,
        **clocks.stamps_at_restart(at, class_of(target, rules)),
        **forgotten,
    )
    findings.reopen_findings(target, by=None, at=at)
    letters.reopened(target, at=at)
    _tell(target, _workers_on(target), "reopened", target.reopened, at)
    return case


@transaction.atomic
def rate(case, *, rating, comment="", at):
    """1–5 for how it was handled, once; who rates has been asked (AU-4)."""
    if type(rating) is not int or rating not in RATINGS:
        raise Refused(_("Choose 1–5."), field="rating")
    case, target = _enter(case)
    if target.state not in ANSWERED:
        raise Refused(_("You can rate this once we have answered."), code="state")
    if case.rating is not None:
        raise Refused(_("We already have your rating. Thank you."), code="rated")
    _say(case, comment, (), at, may_be_empty=True)
    case.rating, case.rated_at, case.asked_at = rating, at, case.asked_at or at
    case.save(update_fields=["rating", "rated_at", "asked_at"])
    audit.record("complaints.case.rated", case, by=None, at=at, data={"rating": case.rating})
    _tell(target, _workers_on(target), "rated", case.pk, at)
    return case


@transaction.atomic
def call_supervisor(case, *, text, at):
    """Over the heads of those who work on it; supervisors hear of it once a day and case."""
    case, target = _enter(case)
    if case.state == State.WITHDRAWN:
        raise Refused(_("You took this back. Write a new message and give this number."), code="state")
    entry, _is_new = _say(case, text, (), at)
    audit.record("complaints.case.supervisor_called", case, by=None, at=at, data={"entry": entry.pk})
    _tell(target, holders(target, "complaints.supervise", at), "supervisor", day_of(at), at)
    return entry


def _enter(case):
    """(case, the one that is worked on) as they are now, locked in the order in which cases are merged."""
    target_id = leading(Case.objects.get(pk=case.pk)).pk
    locked = {pk: enter(Case(pk=pk), by=None) for pk in sorted({case.pk, target_id})}
    case = locked[case.pk]
    if leading(case).pk != target_id:
        raise Refused(_("This was changed a moment ago. Reload the page."), code="state")
    if case.redacted_at:
        raise Refused(_("This was long ago; its words have been removed. Write a new message."), code="state")
    return case, locked[target_id]


def _say(case, text, files, at, *, may_be_empty=False):
    """(entry, whether it is new) of what the customer says; None for nothing. A double tap is one entry."""
    text = clean_text(text or "")
    if len(text) > LONGEST_WORDS:
        raise Refused(
            _("Shorten this to %(most)d characters; it has %(length)d now.")
            % {"most": LONGEST_WORDS, "length": len(text)},
            field="text",
        )
    if not text and not files:
        if may_be_empty:
            return None, False
        raise Refused(_("Write a few words here."), field="text")
    said = case.entries.filter(kind=Entry.Kind.FROM_CUSTOMER, by=None)
    known = next((one for one in said.filter(text=text, at__gt=at - SAME_TAP) if _has(one, files)), None)
    if known:
        for attachment in files:
            attachments.forget(attachment)
        return known, False
    _check_measure(case, said, files, at)
    refuse_foreign(case.company, *files)
    entry = Entry.objects.create(
        case=case, kind=Entry.Kind.FROM_CUSTOMER, text=text, is_public=True, by=None, at=at
    )
    CaseFile.objects.bulk_create(
        CaseFile(case=case, entry=entry, attachment=attachment, is_from_customer=True) for attachment in files
    )
    return entry, True


def _has(entry, files):
    """Whether these are the files that came with it, by what is in them."""
    kept = entry.files.values_list("attachment__checksum", flat=True)
    return sorted(kept) == sorted(attachment.checksum for attachment in files)


def _check_measure(case, said, files, at):
    most = policy_of(case, at).most_files
    if len(files) > most:
        raise Refused(_("At most %(most)s files. Leave some out.") % {"most": most}, field="files")
    if said.filter(at__gt=at - dt.timedelta(days=1)).count() >= MOST_ENTRIES_A_DAY:
        raise Refused(_("We have much from you today already. Write again tomorrow."), code="limit")


def _workers_on(case):
    """Who handles and who investigates it."""
    ids = {case.handler_id, case.investigator_id} - {None}
    return Employee.objects.filter(pk__in=ids).select_related("user")


def _tell(case, employees, fact, occasion, at):
    """Colleagues hear that the customer did something, once per occasion; never what was said."""
    kind = f"report_{fact}" if case.is_report else f"case_{fact}"
    url = reverse("internal_report", args=[case.pk]) if case.is_report else ""
    tell(
        case, employees, kind=kind, key=f"{kind}:{case.pk}:{occasion}", at=at, url=url,
        text=lambda: (str(SUBJECTS[fact]) % {"number": case.number}, ""),
    )  # fmt: skip
