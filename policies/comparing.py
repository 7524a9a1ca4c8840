"""What a version changes against another: clause by clause, rule by rule, number by number; only the differences."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from policies import emptiness, rules, wording
from policies.registries import rule_words

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
#: what a rule consists of, in the order people read it
RULE_PARTS = ("title", "clause", "active", "direction", "trigger", "params", "evidence", "effects")
#: sections that are shown in a form of their own
SHOWN_APART = {"document", "clauses", "rules", "sources"}


@dataclass(frozen=True)
class Change:
    """One difference: `before` or `after` is empty where there is none."""

    kind: str
    subject: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    clauses: list
    rules: list
    settings: list
    others: list

    @property
    def count(self):
        return len(self.clauses) + len(self.rules) + len(self.settings) + len(self.others)


def compare(before, after):
    """Both are contents of versions; `before` may be {} when there is nothing to compare with."""
    return Comparison(
        clauses=list(_clauses(before, after)),
        rules=list(_rules(before, after)),
        settings=list(_settings(before, after)),
        others=list(_others(before, after)),
    )


def _clauses(before, after):
    for code, old, new in _paired(before.get("clauses", []), after.get("clauses", [])):
        subject = (new or old)["number"]
        if old is None or new is None:
            kind = ADDED if old is None else REMOVED
            yield Change(kind, subject, code, (old or {}).get("text", ""), (new or {}).get("text", ""))
            continue
        for part, label in (
            ("number", pgettext("clause", "number")),
            ("text", ""),
            ("text_en", _("English text")),
        ):
            if old.get(part, "") != new.get(part, ""):
                yield Change(CHANGED, subject, label, old.get(part, ""), new.get(part, ""))


def _rules(before, after):
    for code, old, new in _paired(before.get("rules", []), after.get("rules", [])):
        subject = wording.local(new or old, "title")
        if old is None or new is None:
            kind = ADDED if old is None else REMOVED
            yield Change(kind, subject, code, _in_short(old), _in_short(new))
            continue
        for part in RULE_PARTS:
            first, second = _part(old, part), _part(new, part)
            if first != second:
                yield Change(CHANGED, subject, str(wording.RULE_PARTS[part]), first, second)


def _part(rule, part):
    """A part of a rule in words."""
    if part == "active":
        return pgettext("rule", "on") if rule.get("active", True) else pgettext("rule", "off")
    if part == "effects":
        return " · ".join(effect_in_full(effect) for effect in rule.get("effects", []))
    if part == "params":
        words = rule_words.get("params")
        return words(rule) if words else ""
    value = wording.local(rule, part) if part == "title" else rule.get(part, "")
    return str(wording.CODES.get(value) or wording.DIRECTIONS.get(value, value))


def effect_in_full(effect):
    """The effect with its level, its term and the range HR may choose from, where it has them."""
    text = " ".join([wording.effect_text(effect), *wording.effect_terms(effect)])
    low, high = effect.get("least"), effect.get("most")
    if low is None or low == high:
        return text
    ends = [wording.effect_text({"kind": effect.get("kind"), "amount": end}) for end in (low, high)]
    return _("%(effect)s (from %(low)s to %(high)s)") % {"effect": text, "low": ends[0], "high": ends[1]}


def _in_short(rule):
    return "" if rule is None else " · ".join(filter(None, (_part(rule, "active"), _part(rule, "effects"))))


def _settings(before, after):
    old, new = _rows(before), _rows(after)
    for path in [*new, *(path for path in old if path not in new)]:
        first, second, empty = old.get(path), new.get(path), emptiness.empty_text(path)
        if empty and _value(first) is _value(second) is None:
            continue
        if first is None or second is None or first.setting.value != second.setting.value:
            row = second or first
            kind = CHANGED if empty or first and second else ADDED if second else REMOVED
            yield Change(
                kind,
                row.section,
                row.label,
                first.text if first else empty,
                second.text if second else empty,
            )


def _value(row):
    return row.setting.value if row else None


def _rows(content):
    return {row.setting.path: row for row in wording.rows(content, rules.settings_of(content))}


def _others(before, after):
    """Structure that no browser changes (roles, departments, questionnaires): said by name, not in detail."""
    for name in {*before, *after} & (rules.WITHOUT_SOURCES - SHOWN_APART):
        if before.get(name) != after.get(name):
            yield Change(
                CHANGED, wording.section_name(name), "", "", _("changed in the file it was loaded from")
            )


def _paired(before, after):
    old, new = ({row["code"]: row for row in rows} for rows in (before, after))
    for code in [*new, *(code for code in old if code not in new)]:
        yield code, old.get(code), new.get(code)
