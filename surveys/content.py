"""What a frozen questionnaire holds (QuestionnaireVersion.content), its checks and its checksum. Pure.

    {"title", "title_en", "intro", "intro_en",
     "sections": [{"code", "title", "title_en", "lead", "lead_en", "questions": [
        {"code", "kind", "text", "text_en", "help", "help_en", "dimension", "overall", "required", "na", "role",
         "ends": [low, high], "ends_en", "labels": [1…5], "labels_en",
         "options": [{"code", "text", "text_en"}], "satisfied": [codes]}]}]}

Kinds and the values that Answer.answers holds for them, by question code:
    rate5   1, 2, 3, 4, 5 (int)             nps    0 … 10 (int)
    choice  option code (str)               multi  list of option codes, in the questionnaire's order
    text    nothing; the words stand in AnswerText
"na" (str) is the customer's own 'not applicable' or 'do not know'; a question that was left blank has no key.
Neither counts in any k or n. `satisfied` names the satisfied codes of an overall item that has no five points.
`role` marks the items of loyalty and integrity: repurchase, recommend, integrity.
In `lead` the words {employee} and {site} are replaced by who served the customer and where.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cached_property

KINDS = ("rate5", "nps", "choice", "multi", "text")
ROLES = ("", "repurchase", "recommend", "integrity")
NOT_APPLICABLE = "na"
MOST_PER_SECTION = 6
UNLIMITED = 10_000  # for what was published already: the limit may shrink, frozen content may not
CODE = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")
OPTION_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")
RATE_LABELS = ("非常不满意", "不满意", "一般", "满意", "非常满意")
RATE_LABELS_EN = ("very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied")
NPS_ENDS = ("完全不会", "一定会")
NPS_ENDS_EN = ("not at all likely", "extremely likely")


class ContentError(ValueError):
    """A questionnaire that cannot be published; says which question and why."""


@dataclass(frozen=True)
class Option:
    code: str
    text: str
    text_en: str = ""


@dataclass(frozen=True)
class Question:
    code: str
    kind: str
    text: str
    text_en: str = ""
    help: str = ""
    help_en: str = ""
    dimension: str = ""
    overall: bool = False
    required: bool = True
    na: bool = False
    role: str = ""
    ends: tuple = ()
    ends_en: tuple = ()
    labels: tuple = ()
    labels_en: tuple = ()
    options: tuple[Option, ...] = ()
    satisfied: tuple = ()

    @cached_property
    def values(self):
        """Every value this question may have, 'na' left out; empty for texts."""
        if self.kind == "rate5":
            return (1, 2, 3, 4, 5)
        if self.kind == "nps":
            return tuple(range(11))
        return tuple(option.code for option in self.options)

    def allows(self, value):
        """Whether a stored value belongs to this question (fact 2)."""
        if value == NOT_APPLICABLE:
            return self.na
        if self.kind == "multi":
            return isinstance(value, list) and bool(value) and set(value) <= set(self.values)
        return not isinstance(value, bool | list | dict | float) and value in self.values


@dataclass(frozen=True)
class Section:
    code: str
    title: str
    title_en: str = ""
    lead: str = ""
    lead_en: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Content:
    title: str
    title_en: str = ""
    intro: str = ""
    intro_en: str = ""
    sections: tuple[Section, ...] = field(default=())

    @cached_property
    def questions(self):
        return {question.code: question for section in self.sections for question in section.questions}

    @property
    def overall(self):
        """The one item that decides 'satisfied or not'."""
        return next(question for question in self.questions.values() if question.overall)

    def with_role(self, role):
        """The question that plays this role, or None."""
        return next((question for question in self.questions.values() if question.role == role), None)

    def foreign(self, answers):
        """Codes of answers that do not belong to this questionnaire."""
        known = self.questions
        return [code for code, value in answers.items() if code not in known or not known[code].allows(value)]


def parse_content(raw, *, most_per_section=MOST_PER_SECTION):
    """Content from JSON or TOML values; ContentError with a sentence when something is missing or doubled."""
    if not isinstance(raw, dict):
        raise ContentError("A questionnaire is a table with a title and sections.")
    content = Content(
        title=_text(raw, "title", "questionnaire", needed=True),
        title_en=_text(raw, "title_en", "questionnaire"),
        intro=_text(raw, "intro", "questionnaire"),
        intro_en=_text(raw, "intro_en", "questionnaire"),
        sections=tuple(
            _section(entry, most_per_section) for entry in _tables(raw, "sections", "questionnaire")
        ),
    )
    _check_whole(content)
    return content


def frozen(content):
    """Plain JSON values of a Content, defaults included: what is stored and hashed."""

    def plain(value):
        if isinstance(value, tuple):
            return [plain(entry) for entry in value]
        if hasattr(value, "__dataclass_fields__"):
            return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
        return value

    return plain(content)


def checksum(plain):
    """SHA-256 of the stored JSON in canonical form."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _check_whole(content):
    if not content.sections:
        raise ContentError(f"Questionnaire “{content.title}” has no section.")
    codes = [question.code for section in content.sections for question in section.questions]
    doubled = sorted({code for code in codes if codes.count(code) > 1})
    if doubled:
        raise ContentError(f"Question code {doubled[0]!r} is used twice.")
    sections = [section.code for section in content.sections]
    if len(set(sections)) != len(sections):
        raise ContentError(f"A section code of “{content.title}” is used twice.")
    overall = [question.code for question in content.questions.values() if question.overall]
    if len(overall) != 1:
        raise ContentError(
            f"Questionnaire “{content.title}” needs exactly one overall item, it has {len(overall)}: {overall}."
        )
    for role in ROLES[1:]:
        if sum(question.role == role for question in content.questions.values()) > 1:
            raise ContentError(f"More than one question has the role {role!r}.")


def _section(raw, most):
    code = _code(raw, "section")
    questions = tuple(_question(entry) for entry in _tables(raw, "questions", f"section {code!r}"))
    if not questions:
        raise ContentError(f"Section {code!r} has no question.")
    if len(questions) > most:
        raise ContentError(f"Section {code!r} has {len(questions)} questions; a page carries at most {most}.")
    where = f"section {code!r}"
    return Section(
        code=code,
        title=_text(raw, "title", where, needed=True),
        title_en=_text(raw, "title_en", where),
        lead=_text(raw, "lead", where),
        lead_en=_text(raw, "lead_en", where),
        questions=questions,
    )


def _question(raw):
    code = _code(raw, "question")
    where = f"question {code!r}"
    kind = raw.get("kind", "rate5")
    if kind not in KINDS:
        raise ContentError(f"Question {code!r} has the unknown kind {kind!r}; known are {', '.join(KINDS)}.")
    question = Question(
        code=code,
        kind=kind,
        text=_text(raw, "text", where, needed=True),
        **{name: _text(raw, name, where) for name in ("text_en", "help", "help_en", "dimension", "role")},
        overall=_flag(raw, "overall", where, False),
        required=_flag(raw, "required", where, kind != "text"),
        na=_flag(raw, "na", where, False),
        **{name: _words(raw, name, where) for name in ("ends", "ends_en", "labels", "labels_en")},
        options=tuple(_option(entry, code) for entry in _tables(raw, "options", where)),
        satisfied=tuple(raw.get("satisfied") or ()),
    )
    _check_question(question)
    return _with_defaults(question)


def _check_question(question):
    code = question.code
    has_options = question.kind in {"choice", "multi"}
    if has_options and len(question.options) < 2:
        raise ContentError(f"Question {code!r} needs at least two options.")
    if not has_options and question.options:
        raise ContentError(f"Question {code!r} of kind {question.kind} takes no options.")
    if has_options and len(set(question.values)) != len(question.values):
        raise ContentError(f"An option code of question {code!r} is used twice.")
    if question.role not in ROLES:
        raise ContentError(f"Question {code!r} has the unknown role {question.role!r}.")
    if question.overall and question.kind in {"text", "multi"}:
        raise ContentError(f"The overall item {code!r} must have exactly one answer.")
    if question.overall and question.kind == "choice" and not question.satisfied:
        raise ContentError(f"The overall item {code!r} must say which options count as satisfied.")
    if not set(question.satisfied) <= set(question.values):
        raise ContentError(f"Question {code!r}: `satisfied` names codes that are not among its answers.")
    for name, length in (("labels", 5), ("labels_en", 5), ("ends", 2), ("ends_en", 2)):
        if getattr(question, name) and len(getattr(question, name)) != length:
            raise ContentError(f"Question {code!r}: `{name}` needs {length} words.")


def _with_defaults(question):
    """Words of the scale where the pack gives none, so that what is frozen is what was shown."""
    if question.kind == "rate5":
        given = question.labels or RATE_LABELS
        given_en = question.labels_en or (RATE_LABELS_EN if not question.labels else question.labels)
        extra = {"labels": given, "labels_en": given_en}
        extra["ends"] = question.ends or (given[0], given[4])
        extra["ends_en"] = question.ends_en or (given_en[0], given_en[4])
    elif question.kind == "nps":
        extra = {"ends": question.ends or NPS_ENDS, "ends_en": question.ends_en or NPS_ENDS_EN}
    else:
        return question
    return Question(**{**{name: getattr(question, name) for name in question.__dataclass_fields__}, **extra})


def _option(raw, question):
    if not isinstance(raw, dict) or not OPTION_CODE.match(str(raw.get("code", ""))):
        raise ContentError(f"An option of question {question!r} needs a code of letters and digits.")
    if str(raw["code"]) == NOT_APPLICABLE:
        raise ContentError(f"Question {question!r}: 'na' is offered by `na = true`, it is no option code.")
    where = f"option {raw['code']!r} of question {question!r}"
    return Option(str(raw["code"]), _text(raw, "text", where, needed=True), _text(raw, "text_en", where))


def _code(raw, what):
    code = raw.get("code", "") if isinstance(raw, dict) else ""
    if not isinstance(code, str) or not CODE.match(code):
        raise ContentError(
            f"The code {code!r} of a {what} must begin with a letter, at most 40 letters, digits, - _."
        )
    return code


def _text(raw, name, where, needed=False):
    value = raw.get(name) or ""
    if not isinstance(value, str):
        raise ContentError(f"`{name}` of {where} must be text.")
    if needed and not value.strip():
        raise ContentError(f"`{name}` of {where} is missing.")
    return value.strip()


def _flag(raw, name, where, default):
    value = raw.get(name, default)
    if not isinstance(value, bool):
        raise ContentError(f"`{name}` of {where} must be true or false.")
    return value


def _words(raw, name, where):
    value = raw.get(name) or []
    if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
        raise ContentError(f"`{name}` of {where} must be a list of words.")
    return tuple(value)


def _tables(raw, name, where):
    value = raw.get(name) or []
    if not isinstance(value, list | tuple):
        raise ContentError(f"`{name}` of {where} must be a list.")
    return value
