"""What a month's payroll file holds, and how its rows look."""

import csv
import io

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from core.excel import rows_as_csv, sheets_as_xlsx
from core.money import fen_from_yuan, yuan_from_fen
from incentives import wording
from incentives.models import Decision, LedgerLine, PayrollBatch

POINTS, YUAN = 6, 7
SETTLED = (*Decision.DEAD, Decision.State.POSTED, Decision.State.EXPORTED)
#: what money is paid or taken as, in the order of the columns (incentives.policy.money_class)
CLASSES = ("bonus", "performance_pay", "loss_compensation", "fine", "team_fund")
RELATED = ("employee", "department", "decision__rule__clause", "reverses")


def lines_to_pay(company, month):
    """Lines of the month in no file yet; with them what an earlier file left out. Suspended decisions wait."""
    lines = LedgerLine.objects.filter(company=company, payroll_line=None).filter(_of(company, month))
    lines = lines.exclude(decision__state=Decision.State.SUSPENDED)
    return lines.select_related(*RELATED).order_by("employee__number", "pk")


def open_decisions(company, month):
    """Decisions that would count for the month and are not settled yet, with those that earlier files left out."""
    found = Decision.objects.filter(company=company).filter(_of(company, month))
    return found.exclude(state__in=SETTLED)


def _of(company, month):
    """Of the month, or of an earlier one whose file is made already."""
    made = PayrollBatch.objects.filter(company=company, month__lt=month).values("month")
    return Q(counts_for=month) | Q(counts_for__in=made)


def sums_of(lines):
    """(points, fen) over a queryset of lines."""
    rows = dict(lines.order_by().values_list("unit").annotate(sum=Sum("amount")))
    return rows.get(LedgerLine.Unit.POINTS, 0), rows.get(LedgerLine.Unit.FEN, 0)


def wholly_exported(batch):
    """Decisions of which this file holds the last line; those with parts in later months wait for these."""
    waiting = LedgerLine.objects.filter(payroll_line=None).values("decision")
    posted = Decision.objects.filter(state=Decision.State.POSTED, ledger_lines__payroll_line__batch=batch)
    return posted.exclude(pk__in=waiting).distinct().order_by("pk")


def header():
    return [
        _("Payroll file"),
        _("Line no."),
        _("Employee no."),
        _("Employee"),
        _("Department"),
        _("Month it counts for"),
        _("Points"),
        _("Money (yuan)"),
        _("Paid or taken as"),
        _("Clause"),
        _("Reason"),
        _("Decision no."),
        _("Remark"),
    ]


def rows(number, lines):
    for line in lines:
        is_money = line.unit == LedgerLine.Unit.FEN
        yield [
            number,
            line.number,
            line.employee.number,
            line.employee.name,
            str(line.department),
            line.counts_for,
            "" if is_money else line.amount,
            yuan_from_fen(line.amount) if is_money else "",
            wording.money_class_text(line.money_class),
            line.decision.rule.clause.number,
            wording.in_language(line.decision.rule, "title"),
            line.decision.document_number or line.decision.number,
            wording.line_note(line),
        ]


def as_csv(number, lines):
    return "".join(rows_as_csv(header(), rows(number, lines))).encode()


def as_xlsx(number, lines, people):
    """The lines, and on a second sheet what each person gets, with the totals below."""
    money = {_("Money (yuan)"), *map(wording.money_class_text, CLASSES)}
    sheets = [
        (number, header(), rows(number, lines)),
        (_("Per person"), people_header(), people_rows(number, people)),
    ]
    return sheets_as_xlsx(sheets, money=money, wide={_("Reason"), _("Remark"), _("Clause")})


def people_of(lines):
    """A row a person over a queryset of lines: points, fen in all and by class; in the order of their numbers."""
    is_money = Q(unit=LedgerLine.Unit.FEN)
    sums = {name: Sum("amount", filter=is_money & Q(money_class=name), default=0) for name in CLASSES}
    found = lines.order_by().values("employee", "employee__number", "employee__name")
    found = found.annotate(
        count=Count("pk"),
        points=Sum("amount", filter=Q(unit=LedgerLine.Unit.POINTS), default=0),
        fen=Sum("amount", filter=is_money, default=0),
        **sums,
    )
    return found.order_by("employee__number", "employee")


def parts_of(person):
    """[(as what, fen)] of a row of `people_of`, without what is nothing."""
    return [(wording.money_class_text(name), person[name]) for name in CLASSES if person[name]]


def people_header():
    return [
        _("Payroll file"),
        _("Employee no."),
        _("Employee"),
        _("Number of lines"),
        _("Points"),
        _("Money (yuan)"),
        *map(wording.money_class_text, CLASSES),
    ]


def people_rows(number, people):
    """The rows of `people_of`, and the totals as the last one."""
    totals = [0] * (3 + len(CLASSES))
    for person in people:
        sums = [person[name] for name in ("count", "points", "fen", *CLASSES)]
        totals = [total + part for total, part in zip(totals, sums, strict=True)]
        yield [number, person["employee__number"], person["employee__name"], *_with_yuan(sums)]
    yield [number, "", _("Total"), *_with_yuan(totals)]


def _with_yuan(sums):
    count, points, *money = sums
    return [count, points, *map(yuan_from_fen, money)]


def sums_in(content):
    """(lines, points, fen) that the bytes of a stored csv add up to."""
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]
    points = sum(int(row[POINTS]) for row in table if row[POINTS])
    return len(table), points, sum(fen_from_yuan(row[YUAN]) for row in table if row[YUAN])


def months_of(company):
    """[(month, lines, waiting lines)] of every month with lines, the newest first."""
    lines = LedgerLine.objects.filter(company=company).order_by()
    found = lines.values("counts_for").annotate(
        points=Sum("amount", filter=Q(unit=LedgerLine.Unit.POINTS), default=0),
        fen=Sum("amount", filter=Q(unit=LedgerLine.Unit.FEN), default=0),
    )
    return list(found.order_by("-counts_for").annotate(month=F("counts_for")))
