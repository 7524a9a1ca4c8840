"""The sections of a policy that this room reads: `complaints` (classes, clocks, lists) and `topics` (the lexicon)."""

import re
from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from complaints.models import Kind
from policies.selectors import section

CODE = re.compile(r"^[a-z][a-z0-9_-]{0,39}$")


@dataclass(frozen=True)
class Named:
    """Something of a closed list with a name in both languages."""

    code: str
    name: str
    name_en: str = ""

    def __str__(self):
        return (self.name_en if get_language() == "en" else "") or self.name


@dataclass(frozen=True)
class CaseClass(Named):
    """How fast a case must go, in working days: first answer, final answer, warning before it, extensions."""

    first_answer_days: int = 1
    answer_days: int = 7
    warn_days: int = 1
    extension_days: int = 5
    max_extensions: int = 1
    is_simple: bool = False


@dataclass(frozen=True)
class ProblemType(Named):
    """What kind of problem (the second side of place × problem); `department` and `dimension` are codes or ''."""

    class_code: str = ""
    department: str = ""
    dimension: str = ""


@dataclass(frozen=True)
class Topic(Named):
    """A subject that customers speak of, and the words that show it."""

    words: tuple = ()


@dataclass(frozen=True)
class ComplaintRules:
    """All days are working days, but `keep_days`, `repeat_days` and `hot_days`, which are calendar days."""

    classes: tuple
    problem_types: tuple
    severities: tuple
    default_class: dict
    prefixes: dict
    grace_days: int
    max_reopens: int
    max_pause_days: int
    repeat_days: int
    keep_days: int
    hot_days: int
    low_answer_at_most: int = 0
    most_files: int = 6
    hotline: str = ""
    reader_verb: str = field(default="complaints.read_reports", repr=False)

    def class_of(self, code):
        return _find(self.classes, code)

    def problem(self, code):
        return _find(self.problem_types, code)

    def severity(self, code):
        return _find(self.severities, code)

    def class_for(self, kind, problem_type=""):
        """The class of a problem type, or the one its kind of case starts with."""
        problem = self.problem(problem_type)
        return self.class_of((problem and problem.class_code) or self.default_class[kind])


def _find(entries, code):
    return next((entry for entry in entries if entry.code == code), None)


def parse_complaints(raw):
    """[complaints] → ComplaintRules; ValueError with a sentence when it is wrong."""
    classes = _list(raw, "classes", CaseClass)
    problems = _list(raw, "problem_types", ProblemType)
    known = {entry.code for entry in classes}
    default_class = dict(raw.get("default_class", {}))
    for name, code in [
        *default_class.items(),
        *((one.code, one.class_code) for one in problems if one.class_code),
    ]:
        if code not in known:
            raise ValueError(
                _("[complaints] %(name)s names the unknown class “%(code)s”.") % {"name": name, "code": code}
            )
    prefixes = dict(raw.get("prefixes", {}))
    for kind in Kind.values:
        if kind not in default_class or not str(prefixes.get(kind, "")).strip():
            raise ValueError(
                _("[complaints] default_class and prefixes need an entry for “%(kind)s”.") % {"kind": kind}
            )
    if len(set(prefixes.values())) != len(prefixes):
        raise ValueError(_("[complaints] two kinds of case have the same prefix."))
    days = {name: _whole(raw, name, least) for name, least in NUMBERS.items()}
    return ComplaintRules(
        classes=classes,
        problem_types=problems,
        severities=_list(raw, "severities", Named),
        default_class=default_class,
        prefixes=prefixes,
        hotline=str(raw.get("hotline", "")),
        **days,
    )


NUMBERS = {
    "grace_days": 1,
    "max_reopens": 0,
    "max_pause_days": 1,
    "repeat_days": 1,
    "keep_days": 30,
    "hot_days": 7,
    "low_answer_at_most": 0,
    "most_files": 0,
}


def _whole(raw, name, least):
    value = raw.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(
            _("[complaints] %(name)s must be a whole number, at least %(least)s.")
            % {"name": name, "least": least}
        )
    return value


def _list(raw, name, kind):
    entries = raw.get(name) or []
    found = []
    for entry in entries:
        if not CODE.match(str(entry.get("code", ""))) or not entry.get("name"):
            raise ValueError(
                _("[complaints] each entry of %(name)s needs a code in small letters and a name.")
                % {"name": name}
            )
        try:
            found.append(kind(**entry))
        except TypeError as wrong:
            raise ValueError(
                _("[complaints] %(name)s: %(wrong)s") % {"name": name, "wrong": wrong}
            ) from wrong
    if not found or len({entry.code for entry in found}) != len(found):
        raise ValueError(
            _("[complaints] %(name)s must hold at least one entry, each code once.") % {"name": name}
        )
    return tuple(found)


def parse_topics(raw):
    """[[topics]] → tuple of Topic."""
    found = []
    for entry in raw:
        words = tuple(str(word).strip().lower() for word in entry.get("words", ()) if str(word).strip())
        if not CODE.match(str(entry.get("code", ""))) or not entry.get("name") or not words:
            raise ValueError(_("[[topics]] each entry needs a code in small letters, a name and words."))
        found.append(Topic(entry["code"], entry["name"], entry.get("name_en", ""), words))
    if len({topic.code for topic in found}) != len(found):
        raise ValueError(_("[[topics]] a code is used twice."))
    return tuple(found)


def rules_of(company, day) -> ComplaintRules:
    """What holds for the company's cases on that day; Refused when no policy says."""
    return section(company, "complaints", day)


def topics_of(company, day):
    """The lexicon in force; Refused when no policy has one."""
    return section(company, "topics", day)
