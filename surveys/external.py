"""External answers: what a map (TOML) says about the columns of a file, and how a row is read by it. No ORM.

[campaign]      title, title_en, opens_on              made when the campaign does not exist yet
[questionnaire] code, and title, sections … as in a pack: published then; only a code: the published one is used
[columns]       reference = ["year", "resp"] (needed), employee, department, site, mode, weight, segment, stratum
[date]          column, year, month, formats           a bare day number is completed by year and month, each a
                                                       column's name or a fixed number
[codes]         missing = ["", "0"], na = ["6"]        for every question unless it says otherwise
[questions]     code = "COLUMN", or {column, missing, na, values = {"1" = "yes"}}
[departments]   create = true, code = "area-{}", name = "登机区 {}", name_en = "Boarding area {}"
[fixed]         mode = "external", language = "en"
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from core.period import SHANGHAI
from surveys.content import NOT_APPLICABLE
from surveys.entry import LONGEST_TEXT, clean_text

MODES = {"web", "phone", "face", "paper", "external"}
LONGEST_REFERENCE = 80
COLUMNS = {"reference", "employee", "department", "site", "mode", "weight", "segment", "stratum"}


class MapError(ValueError):
    """The map itself is wrong; says where."""


@dataclass(frozen=True)
class Source:
    """Where a question's answer stands and which codes mean 'missing' and 'not applicable'."""

    column: str
    missing: frozenset
    na: frozenset
    values: dict = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerMap:
    reference: tuple
    columns: dict
    date: dict
    questions: dict
    departments: dict
    fixed: dict

    def needed(self):
        """Every column that the file must have."""
        dates = [
            self.date[name] for name in ("column", "year", "month") if isinstance(self.date.get(name), str)
        ]
        return {
            *self.reference,
            *self.columns.values(),
            *dates,
            *(source.column for source in self.questions.values()),
        }


@dataclass
class ExternalRow:
    """One row as read. Employee, department and site are still the texts of the file."""

    number: int
    reference: str
    day: dt.date | None = None
    employee: str = ""
    department: str = ""
    site: str = ""
    mode: str = "external"
    segment: str = ""
    stratum: str = ""
    weight: Decimal | None = None
    answers: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)


def parse_map(raw):
    """AnswerMap from TOML; MapError names what is missing."""
    columns = dict(raw.get("columns") or {})
    unknown = set(columns) - COLUMNS
    if unknown:
        raise MapError(f"[columns] does not know {', '.join(sorted(unknown))}.")
    reference = columns.pop("reference", None)
    if not reference:
        raise MapError("[columns] needs `reference`: the column or columns that name a row for good.")
    if not raw.get("questions"):
        raise MapError("[questions] is empty.")
    if not raw.get("date"):
        raise MapError("[date] is missing.")
    codes = raw.get("codes") or {}
    fixed = raw.get("fixed") or {}
    if fixed.get("mode", "external") not in MODES:
        raise MapError(f"[fixed] mode must be one of {', '.join(sorted(MODES))}.")
    return AnswerMap(
        reference=(reference,) if isinstance(reference, str) else tuple(reference),
        columns=columns,
        date=raw["date"],
        questions={code: _source(entry, codes, code) for code, entry in raw["questions"].items()},
        departments=raw.get("departments") or {},
        fixed=fixed,
    )


def _source(entry, codes, code):
    entry = {"column": entry} if isinstance(entry, str) else entry
    if not entry.get("column"):
        raise MapError(f"[questions] {code} names no column.")

    def codes_of(name, default):
        return frozenset(str(value) for value in entry.get(name, codes.get(name, default)))

    return Source(entry["column"], codes_of("missing", [""]), codes_of("na", []), entry.get("values") or {})


def read_row(number, cells, answer_map, content):
    """(ExternalRow, [(column, sentence)]). `cells` is {column: text}."""
    errors = []
    reference = "-".join(cells[name] for name in answer_map.reference)
    row = ExternalRow(number, reference, mode=answer_map.fixed.get("mode", "external"))
    if not reference.strip("-") or len(reference) > LONGEST_REFERENCE:
        errors.append((answer_map.reference[0], _("This row has no reference of at most 80 characters.")))
    for name in ("employee", "department", "site", "segment", "stratum"):
        setattr(row, name, cells[answer_map.columns[name]][:80] if name in answer_map.columns else "")
    for part, column in ((_read_mode, "mode"), (_read_weight, "weight")):
        if column in answer_map.columns:
            part(row, cells[answer_map.columns[column]], answer_map.columns[column], errors)
    row.day = _read_day(cells, answer_map.date, errors)
    for code, source in answer_map.questions.items():
        _read_answer(row, content.questions[code], source, cells[source.column], errors)
    return row, errors


def _read_mode(row, text, column, errors):
    if text in MODES:
        row.mode = text
    elif text:
        errors.append(
            (
                column,
                _("“%(text)s” is not one of %(known)s.") % {"text": text, "known": ", ".join(sorted(MODES))},
            )
        )


def _read_weight(row, text, column, errors):
    try:
        row.weight = round(Decimal(text), 6) if text else None
    except InvalidOperation:
        row.weight = None
        errors.append((column, _("“%s” is not a number.") % text[:40]))
        return
    if row.weight is not None and not (row.weight.is_finite() and 0 <= row.weight < 1_000_000):
        row.weight = None
        errors.append((column, _("A weight lies between 0 and 1,000,000.")))


def _read_day(cells, rule, errors):
    """A date in one of the formats, or a bare day number completed by year and month."""
    text = cells[rule["column"]] if "column" in rule else ""
    for form in (*rule.get("formats", []), "%Y-%m-%d", "%Y/%m/%d"):
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=SHANGHAI).date()
        except ValueError:
            continue
    try:
        year, month = _part(cells, rule, "year"), _part(cells, rule, "month")
        return dt.date(year, month, int(float(text or rule.get("day", ""))))
    except (ValueError, OverflowError):
        errors.append(
            (rule.get("column", rule.get("year", "")), _("“%s” is not a day we can read.") % text[:40])
        )
        return None


def _part(cells, rule, name):
    value = rule.get(name, "")
    return int(float(cells[value])) if isinstance(value, str) and value else int(value or 0)


def _read_answer(row, question, source, text, errors):
    code = tidy(text)
    if code in source.missing or text in source.missing:
        return
    if question.kind == "text":
        row.texts[question.code] = clean_text(text)[:LONGEST_TEXT]
    elif code in source.na and question.na:
        row.answers[question.code] = NOT_APPLICABLE
    else:
        code = str(source.values.get(code, code))
        value = {str(known): known for known in question.values}.get(code)
        if value is None:
            errors.append((source.column, _("“%s” is not among the answers of this question.") % text[:40]))
        else:
            row.answers[question.code] = [value] if question.kind == "multi" else value


def tidy(text):
    """'4.0' as spreadsheets write it -> '4'."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text
