"""Further columns of the customers' table: more ways to reach them, what they look for, what they like (CC-3.1)."""

import re
from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.utils import bulk_create_with_history

from core import cells
from core.flow import Refused
from core.imports import Column, RowError
from core.period import SHANGHAI
from customers.models import Contact, Need, Preference
from customers.policy import rules_of
from customers.reaching import tidy_contact, tidy_phone
from customers.rules import contact_key
from customers.services.contacts import IN_FILE
from customers.services.wishes import LARGEST_AREA, LARGEST_BUDGET, LONGEST
from customers.wording import TEN_THOUSAND_YUAN

BATCH = 500
CONTACTS = {"more_phone": "phone", "more_email": "email", "wechat": "wechat", "address": "address"}
NEEDS = ("home_type", "area", "budget", "wanted_by", "need_note")
_SPAN = re.compile(r"^(\d{1,9}(?:\.\d{1,4})?)?(\s*[-–—~～至到]\s*)?(\d{1,9}(?:\.\d{1,4})?)?$")


@dataclass(frozen=True)
class Span:
    """From–to; None is open."""

    low: int | None
    high: int | None
    text: str

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class Liked:
    topic: str
    words: str

    def __str__(self):
        return f"{self.topic}：{self.words}"


def span(scale, largest):
    """A parser of '90-120', '90-', '-120' or '90', each number times `scale`."""

    def parse(cell):
        match = _SPAN.match(cell.replace(",", "").replace("，", ""))
        low, dash, high = match.groups() if match else (None, None, None)
        if low is None and high is None or (low and high and not dash):
            raise Refused(_("Write two numbers, for example 90-120."))
        if not dash:
            high = low
        ends = [None if end is None else cells.number(end) * scale for end in (low, high)]
        if any(end is not None and (end != int(end) or end > largest) for end in ends):
            raise Refused(_("This number cannot be right. Correct it."))
        low, high = (None if end is None else int(end) for end in ends)
        if low is not None and high is not None and low > high:
            raise Refused(_("The second number is smaller than the first. Exchange them."))
        return Span(low, high, cell)

    return parse


def likings(cell):
    """'装修风格：现代；学校：三公里内' -> [Liked]."""
    found = []
    for part in filter(None, (part.strip() for part in re.split(r"[;；\n]", cell))):
        topic, _mark, words = (side.strip() for side in re.sub("：", ":", part).partition(":"))
        if not topic or not words:
            raise Refused(_("Write subject：words, several with ； between them."))
        found.append(Liked(topic, cells.text(LONGEST["words"])(words)))
    return found


def phone(cell):
    return tidy_phone(cells.phone(cell))


def _contact(kind):
    return lambda cell: tidy_contact(kind, cell)


def _column(key, name, parse, note, example="", aliases=(), *, is_personal=False):
    return Column(key, name, parse, False, aliases, note, example, is_personal)


OPTIONAL, SPOKEN = gettext_lazy("Optional."), gettext_lazy("In the customer's words.")
AREA, BUDGET = gettext_lazy("In m², from–to."), gettext_lazy("In ten thousand yuan, from–to.")
TYPES, HOME = gettext_lazy("One of the types in the rule book."), gettext_lazy("Where they live now.")
MONEY = span(TEN_THOUSAND_YUAN, LARGEST_BUDGET)
LIKES = gettext_lazy("Subject：words, several with ； between them.")

COLUMNS = (
    _column("more_phone", "备用电话", _contact("phone"), OPTIONAL, "", ("备用手机", "其他电话"), is_personal=True),
    _column("more_email", "备用邮箱", _contact("email"), OPTIONAL, is_personal=True),
    _column("wechat", "微信", _contact("wechat"), OPTIONAL, "lin_home", ("微信号",), is_personal=True),
    _column("address", "地址", _contact("address"), HOME, "", ("通讯地址", "住址"), is_personal=True),
    _column("home_type", "意向户型", cells.text(60), TYPES, "高层住宅", ("户型",)),
    _column("area", "意向面积", span(1, LARGEST_AREA), AREA, "90-120", ("面积",)),
    _column("budget", "预算（万元）", MONEY, BUDGET, "150-200", ("预算", "预算(万元)")),
    _column("wanted_by", "购房时间", cells.text(LONGEST["wanted_by"]), SPOKEN, "", ("意向时间",)),
    _column("need_note", "需求备注", cells.text(LONGEST["note"]), OPTIONAL),
    _column("preferences", "偏好", likings, LIKES, "学校：步行可达", ("客户偏好",)),
)  # fmt: skip


def check_row(row, rules):
    """Errors of one row against the lists of the policy."""
    if row["home_type"] is not None and _code(rules.home_types, row["home_type"]) is None:
        yield RowError(row.number, "home_type", _unknown(row["home_type"], rules.home_types))
    for liked in row["preferences"] or ():
        if _code(rules.preferences, liked.topic) is None:
            yield RowError(row.number, "preferences", _unknown(liked.topic, rules.preferences))


def _unknown(name, entries):
    known = "、".join(entry.name for entry in entries) or "—"
    return _("“%(name)s” is not set up. Choose one of: %(known)s.") % {"name": name, "known": known}


def _code(entries, name):
    """The code of an entry called so, in either language or by its code; None when there is none."""
    wanted = name.strip().casefold()
    for entry in entries:
        if wanted in (entry.code, entry.name.casefold(), entry.name_en.casefold()):
            return entry.code
    return None


def write_details(rows, company, customers, by, at, outcome):
    """Add what is not on file yet; a row that adds something to a known file counts as changed."""
    rules = rules_of(company, at.astimezone(SHANGHAI).date())
    stamp = {"recorded_by": by, "recorded_at": at}
    added = {
        *_write_contacts(rows, company, customers, stamp),
        *_write_needs(rows, company, customers, rules, stamp),
        *_write_preferences(rows, company, customers, rules, stamp),
    }
    for number in added:
        if outcome[number] == "unchanged":
            outcome[number] = "changed"


def _write_contacts(rows, company, customers, stamp):
    given = [
        (row, customers[row["number"]], kind, row[key])
        for row in rows
        for key, kind in CONTACTS.items()
        if row[key]
    ]
    known, first = set(), set()
    if given:
        on_file = Contact.objects.filter(customer__company=company).order_by()
        for pk, kind, key, is_primary in on_file.values_list("customer", "kind", "key", "is_primary"):
            known.add((pk, kind, key))
            first |= {(pk, kind)} if is_primary else set()
    new, numbers = [], set()
    for row, customer, kind, value in given:
        key = contact_key(kind, value)
        own = contact_key(kind, getattr(customer, kind)) if kind in IN_FILE else ""
        if key == own or (customer.pk, kind, key) in known:
            continue
        is_primary = kind not in IN_FILE and (customer.pk, kind) not in first
        known.add((customer.pk, kind, key))
        first.add((customer.pk, kind))
        new.append(
            Contact(customer=customer, kind=kind, value=value, key=key, is_primary=is_primary, **stamp)
        )
        numbers.add(row.number)
    bulk_create_with_history(new, Contact, batch_size=BATCH)
    return numbers


def _write_needs(rows, company, customers, rules, stamp):
    given = [(row, _need(row, rules)) for row in rows if any(row[key] is not None for key in NEEDS)]
    names = ("home_type", "area_from", "area_to", "budget_from", "budget_to", "wanted_by", "note")
    known = defaultdict(set)
    if given:
        for pk, *values in (
            Need.objects.filter(customer__company=company).order_by().values_list("customer", *names)
        ):
            known[pk].add(tuple(values))
    new, numbers = [], set()
    for row, need in given:
        customer, values = customers[row["number"]], tuple(need[name] for name in names)
        if values in known[customer.pk]:
            continue
        known[customer.pk].add(values)
        new.append(Need(customer=customer, stated_on=_day(stamp), **need, **stamp))
        numbers.add(row.number)
    bulk_create_with_history(new, Need, batch_size=BATCH)
    return numbers


def _need(row, rules):
    area, budget = (row[key] or Span(None, None, "") for key in ("area", "budget"))
    return {
        "home_type": _code(rules.home_types, row["home_type"]) if row["home_type"] else "",
        "area_from": area.low,
        "area_to": area.high,
        "budget_from": budget.low,
        "budget_to": budget.high,
        "wanted_by": row["wanted_by"] or "",
        "note": row["need_note"] or "",
    }


def _write_preferences(rows, company, customers, rules, stamp):
    given = [(row, liked) for row in rows for liked in row["preferences"] or ()]
    on_file = Preference.objects.filter(customer__company=company).order_by()
    known = set(on_file.values_list("customer", "topic", "words")) if given else set()
    new, numbers = [], set()
    for row, liked in given:
        customer, topic = customers[row["number"]], _code(rules.preferences, liked.topic)
        if (customer.pk, topic, liked.words) in known:
            continue
        known.add((customer.pk, topic, liked.words))
        new.append(
            Preference(customer=customer, topic=topic, words=liked.words, stated_on=_day(stamp), **stamp)
        )
        numbers.add(row.number)
    bulk_create_with_history(new, Preference, batch_size=BATCH)
    return numbers


def _day(stamp):
    return stamp["recorded_at"].astimezone(SHANGHAI).date()
