"""The report's tables as a workbook: the same rows and figures as the page, counts as numbers."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core.templatetags.manyi import period_name
from reports.selectors.figures import is_shown

HEAD = PatternFill("solid", fgColor="F4F3EE")
WIDTHS = (26, 12, 12, 12, 12, 12, 12, 18, 16)
SHARE = "0.0%"


def workbook(page):
    """Bytes of an .xlsx with one sheet per table."""
    book = Workbook()
    _cover(book.active, page)
    _scores(book.create_sheet(_("Dimensions")), [page.overall, *page.dimensions], _("Dimension"))
    _scores(book.create_sheet(_("Departments")), page.departments, _("Department"))
    _scores(book.create_sheet(_("Projects")), page.sites, _("Project"))
    if page.trend:
        _trend(book.create_sheet(_("Trend")), page.trend)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cover(sheet, page):
    sheet.title = _("Summary")
    report = page.report
    lines = [
        (_("Monthly satisfaction report"), str(page.report.company)),
        (_("Number"), report.number),
        (_("Month"), period_name(report.period)),
        (_("Conclusion"), page.title),
        (_("State"), str(report.get_state_display())),
        (_("Data until"), f"{page.close.cutoff_on:%Y-%m-%d}"),
        (_("Checksum"), page.close.checksum),
        (
            _("Definition"),
            _(
                "Satisfied: %(counts_as)s. Intervals are Wilson 95%%. Results with too few answers are left out."
            )
            % {"counts_as": page.counts_as},
        ),
    ]
    for line in lines:
        sheet.append([_safe(value) for value in line])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 22, 90
    for row in sheet.iter_rows(min_col=2, max_col=2):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")


def _scores(sheet, rows, first):
    heads = [
        first,
        _("Satisfied"),
        _("Answers"),
        _("Share"),
        _("Low"),
        _("High"),
        _("Target"),
        _("Against target"),
    ]
    _head(sheet, heads)
    for row in rows:
        if is_shown(row.score):
            figure = row.figure
            verdict = {
                "met": _("target met"),
                "below": _("below target"),
                "clearly_below": _("clearly below target"),
            }
            target = figure.target if figure.target is not None else ""
            words = verdict.get(figure.verdict, "")
            sheet.append(
                [_safe(row.name), figure.k, figure.n, figure.share, figure.low, figure.high, target, words]
            )
        else:
            sheet.append([_safe(row.name), "", "", _("too few answers")])
    _percents(sheet, "DEFG")


def _trend(sheet, trend):
    _head(sheet, [_("Month"), _("Satisfied"), _("Answers"), _("Share"), _("Low"), _("High")])
    for point in trend["rows"]:
        known = point["n"]
        values = [point["k"] / known, point["lo"] / 100, point["hi"] / 100] if known else ["", "", ""]
        sheet.append([point["m"], point["k"] or "", point["n"] or "", *values])
    _percents(sheet, "DEF")


def _head(sheet, heads):
    sheet.append(heads)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), HEAD
    sheet.freeze_panes = "B2"
    for column, width in enumerate(WIDTHS[: len(heads)], start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _percents(sheet, columns):
    for column in columns:
        for cell in sheet[column][1:]:
            cell.number_format = SHARE


def _safe(value):
    """Text that a spreadsheet would take for a formula stays text."""
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
