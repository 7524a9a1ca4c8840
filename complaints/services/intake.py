"""How a voice becomes a case: number, tracking code and clock at once, the same form twice never a second case."""

import hashlib
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import services as audit
from complaints import clocks, letters, tracking_code
from complaints.contact import Contact, takes_sms
from complaints.models import Allegation, Case, CaseFile, CaseTopic, Channel, Kind, Praise, State, ToldBy
from complaints.policy import rules_of, topics_of
from complaints.services import repeats
from complaints.topics import topics_in
from core.events import publish
from core.flow import Refused
from core.numbering import numbered
from core.period import SHANGHAI
from customers.selectors import files_with_phone
from jobs import attachments
from organization.models import Employee
from organization.selectors import assignment_on
from surveys.entry import clean_text
from surveys.models import Answer

LONGEST_TEXT = 20_000
LONGEST_KEY = 80
#: kinds in which the people named get a finding each
ACCUSING = (Kind.COMPLAINT, Kind.REPORT)

__all__ = ["Contact", "Receipt", "receive", "take_low_answer"]


@dataclass(frozen=True)
class Receipt:
    """`code` is what the customer keeps beside the number; it cannot be read from the database again."""

    case: Case
    code: str
    is_new: bool


@transaction.atomic
def receive(
    *,
    company,
    kind,
    channel,
    text,
    key,
    at,
    by=None,
    contact=Contact(),  # noqa: B008  frozen
    customer=None,
    site=None,
    happened_on=None,
    people_named="",
    employees=(),
    is_anonymous=False,
    hides_name=False,
    told_by=ToldBy.NONE,
    language="zh-hans",
    feedback_code=None,
    answer=None,
    files=(),
    problem_type="",
    praise_form="",
):
    """Open a case (RE-5.1b, CC-3.4). Safe to call again: the same company and key give the same case and code.

    `by` is the colleague who passes it on, None for the customer; `files` are kept jobs.models.Attachment rows.
    Refused names a field: text, files, name, phone, email, told_by, happened_on, people_named, problem_type.
    The caller makes `key` unguessable where strangers can post it: whoever repeats a key is told the code again.
    """
    rules = rules_of(company, _day(at))
    key = _tidy_key(key)
    known = Case.objects.filter(company=company, key=key).first()
    if known:
        return _again(known, kind, channel, files, rules)
    case = Case(
        company=company,
        kind=kind,
        channel=channel,
        key=key,
        text=_tidy_text(text, files, answer),
        happened_on=_past(happened_on, at),
        people_named=_one_line(people_named or _names(kind, employees), 120, "people_named"),
        language=language if language in letters.LANGUAGES else letters.LANGUAGES[0],
        is_anonymous=is_anonymous,
        hides_name=hides_name,
        received_at=at,
        received_by=by,
        feedback_code=feedback_code,
        answer=answer,
        site=site or (feedback_code.site if feedback_code else None),
        problem_type=_known_problem(rules, problem_type),
    )
    _set_person(case, contact, customer, told_by)
    refuse_foreign(company, site, customer, feedback_code, *employees, *files)
    _check_count(files, rules)
    _start_clock(case, rules)
    try:
        code = _save(case, rules)
    except IntegrityError:  # the same form a moment earlier; anything else is raised again by the look-up
        return _again(Case.objects.get(company=company, key=key), kind, channel, files, rules)
    _add_people(case, employees, rules)
    _add_beside(case, files, praise_form)
    _tell(case, code)
    return Receipt(case, code, True)


def take_low_answer(event):
    """Handler of surveys.answer_submitted: a bad overall rating is a complaint, once, linked to the answer.

    Answers of other systems are left alone: nobody can be asked about them, and a whole history may come in at once.
    """
    found = Answer.objects.counted().select_related("version", "company", "invitation__customer")
    answer = found.select_related("employee", "site").filter(pk=event.object_id).first()
    if answer is None or answer.invitation is None or answer.cases.exists() or not _is_low(answer):
        return
    words = dict(answer.texts.values_list("question", "text"))
    said = "\n".join(words[code] for code in answer.version.parsed.questions if code in words)
    receive(
        company=answer.company,
        kind=Kind.COMPLAINT,
        channel=Channel.SURVEY,
        text=said[:LONGEST_TEXT],
        key=f"answer:{answer.pk}",
        at=answer.submitted_at,
        customer=answer.invitation.customer,
        site=answer.site,
        happened_on=answer.service_day and min(answer.service_day, _day(answer.submitted_at)),
        employees=[answer.employee] if answer.employee else [],
        language=answer.language,
        answer=answer,
    )


def _is_low(answer):
    try:
        limit = rules_of(answer.company, _day(answer.submitted_at)).low_answer_at_most
    except Refused:  # the company's rule book has no complaints
        return False
    overall = answer.version.parsed.overall
    given = answer.answers.get(overall.code)
    return overall.kind == "rate5" and isinstance(given, int) and given <= limit


def _again(case, kind, channel, files, rules):
    """The receipt of a form that came before. Of what came with the repetition only new files are kept."""
    if (case.kind, case.channel) != (str(kind), str(channel)):
        raise Refused(_("This form was sent already. Open a new one."), code="key")
    known = dict(case.files.values_list("attachment__checksum", "attachment"))
    room = 0 if case.redacted_at else rules.most_files - case.files.count()
    for attachment in files:
        if known.get(attachment.checksum) == attachment.pk:
            continue
        if attachment.checksum in known or room <= 0:
            attachments.forget(attachment)
            continue
        _add_files(case, [attachment])
        known[attachment.checksum], room = attachment.pk, room - 1
    return Receipt(case, tracking_code.code_of(case), False)


@transaction.atomic
def _save(case, rules):
    """Number and row together, under a savepoint: who comes second takes no number and hits the unique key."""
    day = _day(case.received_at)
    case.number = numbered(rules.prefixes[case.kind], case.company_id, day)
    code = tracking_code.derive(case.company_id, case.key)
    case.code_hash = tracking_code.hash_of(case.company_id, case.key, code)
    case.save(force_insert=True)
    return code


def _set_person(case, contact, customer, told_by):
    """Who speaks and how they want to hear; of an anonymous voice nothing is kept."""
    if case.is_anonymous:
        return
    contact = contact.tidied()
    if told_by == ToldBy.EMAIL and not contact.email:
        raise Refused(_("Write the e-mail address that we may write to."), field="email")
    if told_by == ToldBy.SMS and not takes_sms(contact.phone):
        raise Refused(_("Write the mobile number that we may send text messages to."), field="phone")
    case.contact_name, case.contact_phone, case.contact_email = contact.name, contact.phone, contact.email
    case.told_by = told_by
    case.customer = customer or _customer_with(case.company, contact.phone)


def _customer_with(company, phone):
    """The one customer file with this number; with several of them a person decides."""
    found = list(files_with_phone(company, phone)[:2])
    return found[0] if len(found) == 1 else None


def _start_clock(case, rules):
    """Working days from the day it came in (day 0), by the class of its kind or problem (CC-3.4)."""
    pace = rules.class_for(case.kind, case.problem_type)
    case.class_code = pace.code
    for name, value in clocks.stamps_at_start(case.received_at, pace).items():
        setattr(case, name, value)


def _add_people(case, employees, rules):
    """Who is named, each where they worked on that day. What is said of them is written by whoever handles the case:

    the customer's own words may tell who the customer is.
    """
    if case.kind not in ACCUSING:
        return
    day = case.happened_on or _day(case.received_at)
    statement = str(rules.problem(case.problem_type) or "")
    for employee in {employee.pk: employee for employee in employees}.values():
        assignment = assignment_on(employee.pk, day)
        Allegation.objects.create(
            case=case,
            employee=employee,
            department=assignment.department if assignment else None,
            statement=statement,
            added_by=case.received_by,
            added_at=case.received_at,
        )


def _add_files(case, files):
    CaseFile.objects.bulk_create(
        CaseFile(case=case, attachment=attachment, is_from_customer=case.received_by is None)
        for attachment in files
    )


def _add_beside(case, files, praise_form):
    _add_files(case, files)
    CaseTopic.objects.bulk_create(
        CaseTopic(case=case, code=code) for code in topics_in(case.text, _lexicon(case))
    )
    if case.kind == Kind.PRAISE:
        form = praise_form if praise_form in Praise.Form.values else Praise.Form.WRITTEN
        Praise.objects.create(case=case, form=form)


def _lexicon(case):
    try:
        return topics_of(case.company, _day(case.received_at))
    except Refused:  # a rule book without a lexicon
        return ()


def _tell(case, code):
    audit.record(
        "complaints.case.received",
        case,
        by=case.received_by,
        at=case.received_at,
        to_state=State.RECEIVED,
        data={"kind": str(case.kind), "channel": str(case.channel)},
    )
    repeats.note_repeats(case, at=case.received_at)
    publish("complaints.case_received", case, kind=str(case.kind), channel=str(case.channel))
    letters.received(case, code, at=case.received_at)


def _tidy_key(key):
    key = clean_text(str(key or ""))
    if not key:
        raise Refused(_("This form has lapsed. Open it again."), code="key")
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def _tidy_text(text, files, answer):
    text = clean_text(text or "")
    if len(text) > LONGEST_TEXT:
        raise Refused(
            _("Shorten this to %(most)d characters; it has %(length)d now.")
            % {"most": LONGEST_TEXT, "length": len(text)},
            field="text",
        )
    if not text and not files and answer is None:
        raise Refused(_("Write what happened, or add a photo or recording."), field="text")
    return text


def _one_line(words, most, field):
    line = " ".join(clean_text(words or "").split())
    if len(line) > most:
        raise Refused(_("Shorten this to %(most)s characters.") % {"most": most}, field=field)
    return line


def _names(kind, employees):
    """Of praise and suggestions, which accuse nobody, whom they are about stands in words; namesakes with number."""
    if kind in ACCUSING:
        return ""
    return "、".join(f"{one.name} {one.number}" if _has_namesake(one) else one.name for one in employees)


def _has_namesake(employee):
    same = Employee.objects.filter(company=employee.company_id, name=employee.name)
    return same.exclude(pk=employee.pk).exists()


def _past(day, at):
    if day is not None and day > _day(at):
        raise Refused(_("This day is still to come. Choose the day it happened."), field="happened_on")
    return day


def _known_problem(rules, code):
    if code and rules.problem(code) is None:
        raise Refused(_("Choose one of the problems shown."), field="problem_type")
    return code


def _check_count(files, rules):
    if len(files) > rules.most_files:
        raise Refused(
            _("At most %(most)s files. Leave some out.") % {"most": rules.most_files}, field="files"
        )


def refuse_foreign(company, *things):
    """Ids that a page took from a form may be of another company."""
    if any(thing is not None and thing.company_id != company.pk for thing in things):
        raise Refused(_("This belongs to another company. Open the form again."), code="company")


def _day(at):
    return at.astimezone(SHANGHAI).date()
