"""One case with everything around it, as its page shows it: a fixed number of queries, however long its course."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext

from complaints import clocks, wording
from complaints.models import Allegation, Case, CaseFile, CaseLink, Finding, Kind, State
from complaints.pages.course import course_of
from complaints.pages.near import near_answers, near_cases
from complaints.pages.notes import notes_of
from complaints.pages.offers import Offers
from complaints.pages.sight import Sight
from complaints.policy import rules_of, topics_of
from core.flow import Refused
from customers.models import Customer
from customers.rules import mask_email, mask_name, mask_phone
from organization.models import Department, Employee, Site
from organization.scopes import employee_id_of, today
from organization.selectors import employees_with_verb
from surveys.models import Answer

RELATED = (
    "company", "site", "department", "handler", "investigator", "customer", "received_by", "feedback_code", "answer",
    "merged_into",
)  # fmt: skip


@dataclass
class Person:
    """Somebody (or a department) whom the case is about, with the newest finding."""

    allegation: Allegation
    findings: list = field(default_factory=list)

    @property
    def pk(self):
        return self.allegation.pk

    @property
    def name(self):
        employee = self.allegation.employee
        return employee.name if employee else str(self.allegation.department)

    @property
    def place(self):
        return str(self.allegation.department or "") if self.allegation.employee_id else ""

    @property
    def finding(self):
        """The live one, or the one that was returned last."""
        return self.findings[-1] if self.findings else None

    @property
    def is_untold(self):
        return self.allegation.employee_id is not None and self.allegation.told_at is None

    @property
    def may_be_told(self):
        """There is a sentence to reply to."""
        return self.is_untold and bool(self.allegation.statement.strip())


@dataclass(frozen=True)
class Relative:
    """Another case that belongs to this one."""

    case: Case
    kind: str
    label: str


class Desk:
    """What lies on the table of somebody who looks at a case."""

    def __init__(self, case, user, at):
        self.case, self.user, self.at = case, user, at
        self.sight = Sight(user, case.company)

    # the policy -----------------------------------------------------------------------------------------

    @cached_property
    def rules(self):
        return rules_of(self.case.company, today())

    @cached_property
    def lexicon(self):
        try:
            return topics_of(self.case.company, today())
        except Refused:  # a rule book without a lexicon
            return ()

    @property
    def case_class(self):
        return self.rules.class_of(self.case.class_code)

    # who sees what -----------------------------------------------------------------------------------------

    @property
    def reads(self):
        return self.sight.reads(self.case, self.allegations)

    @property
    def sees_contact(self):
        return self.sight.knows_who(self.allegations)

    @property
    def title(self):
        return wording.title_of(self.case, self.rules)

    @property
    def next_words(self):
        return wording.next_of(self.case, self.rules)

    # the case and those merged into it -----------------------------------------------------------------------

    @cached_property
    def merged(self):
        return list(Case.objects.filter(merged_into=self.case).order_by("received_at"))

    @cached_property
    def ids(self):
        return [self.case.pk, *(one.pk for one in self.merged)]

    @cached_property
    def allegations(self):
        """Those of merged cases were taken over when they were merged."""
        found = Allegation.objects.filter(case=self.case).select_related("employee", "department", "case")
        return list(found.order_by("pk"))

    @cached_property
    def people(self):
        findings = {}
        found = Finding.objects.filter(case=self.case).select_related("proposed_by", "confirmed_by")
        found = found.prefetch_related("adjudications")
        for finding in found.order_by("pk"):
            findings.setdefault(finding.allegation_id, []).append(finding)
        return [Person(one, findings.get(one.pk, [])) for one in self.allegations]

    def name_of(self, allegation):
        return next(one.name for one in self.people if one.pk == allegation.pk)

    @property
    def shown_people(self):
        known = {one.pk for one in self.sight.people(self.allegations, self.reads)}
        return [one for one in self.people if one.pk in known]

    @cached_property
    def files(self):
        found = CaseFile.objects.filter(case__in=self.ids, attachment__file__gt="")
        return list(found.select_related("attachment", "entry").order_by("pk"))

    @property
    def files_of_the_voice(self):
        """What came with the words, not with a later entry."""
        return [one for one in self.files if one.entry_id is None]

    @cached_property
    def topic_codes(self):
        return list(self.case.topics.order_by("code").values_list("code", flat=True))

    @property
    def topics(self):
        names = {topic.code: str(topic) for topic in self.lexicon}
        return [names.get(code, code) for code in self.topic_codes]

    @cached_property
    def relatives(self):
        """Linked cases, both ways, in the visitor's sight: one that names the visitor does not exist for them."""
        here = Q(first=self.case) | Q(second=self.case)
        links = list(CaseLink.objects.filter(here).select_related("first", "second").order_by("pk"))
        others = [(link.second if link.first_id == self.case.pk else link.first, link) for link in links]
        visible = Case.objects.visible_to(self.user).of_customers()
        open_to_me = set(visible.filter(pk__in=[one.pk for one, link in others]).values_list("pk", flat=True))
        return [
            Relative(one, link.kind, link.get_kind_display()) for one, link in others if one.pk in open_to_me
        ]

    @property
    def repeats(self):
        """Earlier cases of the same household about the same."""
        return [
            one
            for one in self.relatives
            if one.kind == CaseLink.Kind.REPEAT and one.case.received_at <= self.case.received_at
        ]

    @cached_property
    def near_answers(self):
        """Of the same customer; the customer is known here to those who deal with the case."""
        return near_answers(self.case, self.user, self.rules.repeat_days) if self.sees_contact else []

    @cached_property
    def near_cases(self):
        return near_cases(self.case, self.user, self.rules.repeat_days) if self.sees_contact else []

    @cached_property
    def course(self):
        return course_of(self)

    @cached_property
    def offers(self):
        return Offers(self)

    # the customer ------------------------------------------------------------------------------------------

    @property
    def contact(self):
        """(name, phone, e-mail) as masked values."""
        case = self.case
        return mask_name(case.contact_name), mask_phone(case.contact_phone), mask_email(case.contact_email)

    @property
    def has_contact(self):
        case = self.case
        return bool(case.contact_name or case.contact_phone or case.contact_email)

    # clocks -------------------------------------------------------------------------------------------------

    @cached_property
    def due(self):
        """The final answer's due date with the working days it counted, or None."""
        return (
            clocks.counted_days(self.case, self.case_class) if self.case_class and self.case.due_at else None
        )

    @property
    def counted(self):
        """[(weekday, day, how many-th)] of the working days that led to the final due date."""
        days = self.due.counted if self.due else ()
        return [(wording.weekday(day), f"{day.month}/{day.day}", place) for place, day in enumerate(days, 1)]

    @property
    def counted_first(self):
        """Those that led to the due date of the first answer, as text."""
        count = self.case_class.first_answer_days if self.case_class else 0
        return pgettext("list separator", ", ").join(day for weekday, day, place in self.counted[:count])

    @property
    def notes(self):
        return notes_of(self)

    @property
    def lead(self):
        return wording.lead_of(self.case, with_names=self.reads)

    @property
    def is_praise_at_work(self):
        """Accepted praise is proved, shared out and thanked for on a page of its own."""
        at_work = (State.ACCEPTED, State.PROVED, State.ATTRIBUTED, State.CONFIRMED)
        return self.case.kind == Kind.PRAISE and self.case.state in at_work

    @property
    def is_overdue(self):
        return self.case.is_overdue(self.at)

    @property
    def is_first_answer_late(self):
        case = self.case
        open_still = case.first_answered_at is None and case.is_open and case.state != State.WAITING
        return open_still and case.first_answer_due_at is not None and case.first_answer_due_at <= self.at

    # choices of the forms -----------------------------------------------------------------------------------

    @cached_property
    def sites(self):
        return Site.objects.filter(company=self.case.company)

    @cached_property
    def departments(self):
        return Department.objects.filter(company=self.case.company, closed_on=None)

    @property
    def named_ids(self):
        return [one.employee_id for one in self.allegations if one.employee_id]

    @cached_property
    def handlers(self):
        """Who may look after it: nobody named."""
        return self._holding("complaints.handle").exclude(pk__in=self.named_ids)

    @cached_property
    def investigators(self):
        """Neither somebody named nor their direct superior."""
        return self._holding("complaints.investigate").exclude(pk__in=self.offers.excluded)

    def _holding(self, verb):
        return employees_with_verb(self.case.company, verb, today()).filter(left_on=None)

    @cached_property
    def colleagues(self):
        return list(Employee.objects.filter(company=self.case.company, left_on=None).order_by("number"))

    # what a form names by its number ----------------------------------------------------------------------

    def other_case(self, number):
        """Another customers' case in the visitor's sight; a sentence for the form otherwise."""
        visible = Case.objects.visible_to(self.user).of_customers().filter(company=self.case.company)
        found = visible.exclude(pk=self.case.pk).filter(number__iexact=number.strip()).first()
        return _found(
            found, gettext("No other case has the number “%(number)s”. Copy it from its page."), number
        )

    def survey_answer(self, number):
        found = (
            Answer.objects.visible_to(self.user)
            .filter(company=self.case.company, number__iexact=number.strip())
            .first()
        )
        return _found(found, gettext("No answer has the number “%(number)s”. Copy it from its page."), number)

    def customer_file(self, number):
        found = (
            Customer.objects.visible_to(self.user)
            .filter(company=self.case.company, number__iexact=number.strip())
            .first()
        )
        return _found(
            found, gettext("No customer file has the number “%(number)s”. Copy it from its page."), number
        )

    @property
    def own_employee_id(self):
        return employee_id_of(self.user)


def _found(thing, sentence, number):
    if thing is None:
        raise ValidationError(sentence % {"number": number})
    return thing


def desk_of(case_pk, user, company, at):
    """The desk of a customers' case in the visitor's sight, or None."""
    visible = Case.objects.visible_to(user).filter(company=company).of_customers()
    case = visible.select_related(*RELATED).filter(pk=case_pk).first()
    return Desk(case, user, at) if case else None
