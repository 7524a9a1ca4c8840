"""Take in external answers: all rows of a file or none; the same file twice adds nothing."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audit.services import record
from core.excel import read_table
from core.flow import Refused, advance
from core.numbering import next_numbers
from core.period import SHANGHAI
from organization.models import Assignment, Department, Employee, Site
from surveys.external import MapError, parse_map, read_row
from surveys.models import Answer, AnswerText, Campaign
from surveys.services.questionnaires import current_version, publish_questionnaire

NOON = dt.time(12)
BATCH = 2000


class BadRows(Refused):
    """`errors`: [(row number, column, sentence)], in the order of the file."""

    def __init__(self, errors):
        super().__init__(
            _("Nothing was imported: %d cells need to be corrected.") % len(errors), code="bad_rows"
        )
        self.errors = errors


@dataclass
class Places:
    """What the texts of a file refer to, looked up once."""

    company: object
    rule: dict
    employees: dict = field(default_factory=dict)
    departments: dict = field(default_factory=dict)
    sites: dict = field(default_factory=dict)
    assignments: dict = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, company, rule):
        places = cls(company, rule)
        places.employees = {one.number: one for one in Employee.objects.filter(company=company)}
        for unit in Department.objects.filter(company=company):
            places.departments |= {unit.code: unit, unit.name: unit}
        for site in Site.objects.filter(company=company):
            places.sites |= {site.code: site, site.name: site}
        for assignment in Assignment.objects.filter(employee__company=company).order_by("starts_on"):
            places.assignments[assignment.employee_id].append(assignment)
        return places

    def assignment(self, employee, day):
        """Where the employee worked on that day, or None."""
        for one in reversed(self.assignments[employee.pk]):
            if one.starts_on <= day and (one.ends_on is None or one.ends_on >= day):
                return one
        return None

    def department(self, text):
        """The department named by code or name, made when the map allows it; None when unknown."""
        if text not in self.departments and self.rule.get("create"):
            code = slugify(self.rule.get("code", "{}").format(text))[:40]
            unit, _made = Department.objects.get_or_create(
                company=self.company,
                code=code,
                defaults={
                    "name": self.rule.get("name", "{}").format(text)[:120],
                    "name_en": self.rule.get("name_en", "").format(text)[:120],
                },
            )
            self.departments[text] = unit
        return self.departments.get(text)


@transaction.atomic
def import_answers(*, company, code, content, raw_map, by, at):
    """Read `content` (bytes of csv or xlsx) into the campaign `code`; returns {"created", "unchanged"}.

    `raw_map` is a parsed map file (surveys/external.py), or None to use the one the campaign was made with.
    External answers publish no event each: scoring finds them by their not being unfolded yet.
    """
    campaign, answer_map = _campaign(company, code, raw_map, by=by, at=at)
    table = read_table(content)
    questions = campaign.version.parsed
    _check_columns(table.header, answer_map, questions)
    rows, errors = _read(table, answer_map, questions)
    places = Places.of(company, answer_map.departments)
    known = set(campaign.answers.exclude(external_ref=None).values_list("external_ref", flat=True))
    fresh = [row for row in rows if row.reference not in known]
    language = answer_map.fixed.get("language", "zh-hans")
    answers = [_answer(campaign, row, places, language) for row in fresh]
    errors += [wrong for row in fresh for wrong in _unknown(row, places, answer_map.columns)]
    if errors:
        raise BadRows(sorted(errors))
    _number(company, answers)
    Answer.objects.bulk_create(answers, batch_size=BATCH)
    texts = [
        AnswerText(answer=answer, question=question, text=text)
        for answer, row in zip(answers, fresh, strict=True)
        for question, text in row.texts.items()
    ]
    AnswerText.objects.bulk_create(texts, batch_size=BATCH)
    if answers:
        record("surveys.campaign.answers_imported", campaign, by=by, at=at, data={"count": len(answers)})
    return {"created": len(answers), "unchanged": len(rows) - len(fresh)}


def _campaign(company, code, raw_map, *, by, at):
    """(campaign, its map); the campaign is made from the map when it does not exist yet."""
    campaign = Campaign.objects.select_for_update().filter(company=company, code=code).first()
    if campaign and campaign.kind != Campaign.Kind.EXTERNAL:
        raise Refused(
            _("“%s” asks customers itself; external answers belong in a survey of their own.") % campaign
        )
    raw_map = raw_map or (campaign.mapping if campaign else None)
    if not raw_map:
        raise Refused(_("There is no survey “%s” yet: name a map to make it from.") % code)
    try:
        answer_map = parse_map(raw_map)
    except MapError as wrong:
        raise Refused(_("The map cannot be used: %s") % wrong) from wrong
    return campaign or _make_campaign(company, code, raw_map, by=by, at=at), answer_map


def _make_campaign(company, code, raw_map, *, by, at):
    asked, named = raw_map.get("questionnaire") or {}, raw_map.get("campaign") or {}
    if asked.get("sections"):
        version = publish_questionnaire(
            company=company, code=asked.get("code", code), raw=asked, by=by, at=at
        )
    else:
        version = current_version(company, asked.get("code", code))
    opens_on = named.get("opens_on") or at.astimezone(SHANGHAI).date()
    plain = {name: value for name, value in raw_map.items() if name not in {"questionnaire", "campaign"}}
    campaign = Campaign.objects.create(
        company=company,
        code=code,
        title=named.get("title", code),
        title_en=named.get("title_en", ""),
        kind=Campaign.Kind.EXTERNAL,
        version=version,
        mode=plain.get("fixed", {}).get("mode", "external"),
        opens_on=opens_on,
        mapping=plain,
        created_by=by,
    )
    record("surveys.campaign.created", campaign, by=by, at=at, to_state=campaign.state)
    return advance(campaign, Campaign.OPEN, by=by, at=at, opened_at=at)


def _check_columns(header, answer_map, questions):
    lacking = sorted(answer_map.needed() - set(header))
    if lacking:
        raise Refused(_("The file lacks these columns of the map: %s.") % ", ".join(lacking))
    strangers = sorted(set(answer_map.questions) - set(questions.questions))
    if strangers:
        raise Refused(
            _("The questionnaire does not know these questions of the map: %s.") % ", ".join(strangers)
        )


def _read(table, answer_map, questions):
    """(rows, errors) of the whole file."""
    rows, errors, first = [], [], {}
    for number, cells in table.rows:
        padded = cells + [""] * (len(table.header) - len(cells))
        row, wrong = read_row(number, dict(zip(table.header, padded, strict=False)), answer_map, questions)
        errors += [(number, column, sentence) for column, sentence in wrong]
        if row.reference in first:
            sentence = _("The same reference stands in row %d.") % first[row.reference]
            errors.append((number, answer_map.reference[0], sentence))
        first.setdefault(row.reference, number)
        rows.append(row)
    return rows, errors


def _unknown(row, places, columns):
    """(row number, column, sentence) of each text that names nobody and nothing here."""
    for name, known in (
        ("employee", places.employees.get(row.employee)),
        ("site", places.sites.get(row.site)),
        ("department", row.department and places.department(row.department)),
    ):
        if getattr(row, name) and not known:
            yield row.number, columns[name], _("“%s” is not known here.") % getattr(row, name)


def _answer(campaign, row, places, language):
    """An unsaved Answer about whom and what the row names; department and place of the employee's day otherwise."""
    employee = places.employees.get(row.employee) if row.employee else None
    site = places.sites.get(row.site) if row.site else None
    department = places.department(row.department) if row.department else None
    assignment = places.assignment(employee, row.day) if employee and row.day else None
    if assignment:
        department_id, site_id = assignment.department_id, assignment.site_id
    else:
        department_id = site_id = None
    return Answer(
        company=campaign.company,
        campaign=campaign,
        version=campaign.version,
        external_ref=row.reference,
        employee=employee,
        department_id=department.pk if department else department_id,
        site_id=site.pk if site else site_id,
        segment=row.segment[:40],
        stratum=row.stratum[:80],
        mode=row.mode,
        service_day=row.day,
        submitted_at=dt.datetime.combine(row.day, NOON, SHANGHAI) if row.day else None,
        language=language,
        weight=row.weight,
        answers=row.answers,
    )


def _number(company, answers):
    """Numbers by month of the answer, one block each, in the order of the file."""
    by_month = defaultdict(list)
    for answer in answers:
        by_month[f"{answer.submitted_at:%y%m}"].append(answer)
    for month, group in sorted(by_month.items()):
        for number, answer in zip(next_numbers(company.pk, f"A-{month}", len(group)), group, strict=True):
            answer.number = f"A-{month}-{number:06d}"
