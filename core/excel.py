"""Tables in and out: xlsx and csv. Files are checked before they are parsed; what goes out starts no formula."""

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook
from rustpy_xlsxwriter import Format, write_worksheet, write_worksheets

from core.flow import Refused

MOST_BYTES = 20 * 1024 * 1024
MOST_UNZIPPED = 120 * 1024 * 1024
MOST_RATIO = 100  # deflate makes spreadsheets 5 to 30 times smaller; more is a bomb
MOST_MEMBERS = 300
MOST_ROWS = 100_000
MOST_COLUMNS = 100
MOST_CELL = 32_767  # Excel's own limit
CHUNK = 256 * 1024
CSV_PIECE = 32 * 1024
_PLACE = re.compile(rb"\br\s*=\s*[\"']\s*([A-Za-z]{0,9})(\d{1,12})[\"']")
_DANGEROUS = re.compile(r"^'*[=+\-@\t\r\n＝＋－＠]")
_NEUTRALISED = re.compile(r"^'+[=+\-@\t\r\n＝＋－＠]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Table:
    """`header` as written; `rows` are (row number as the spreadsheet shows it, list of texts)."""

    header: list
    rows: list


def kind_of(content):
    """'xlsx' or 'csv', by content; the name is not believed."""
    if content.startswith(b"PK\x03\x04"):
        return "xlsx"
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise Refused(_("This is not a table we can read. Save it as .xlsx or .csv and choose it again."))
    return "csv"


def check_file(content):
    """Refuse what is too large or a bomb, before any parser sees it. Returns 'xlsx' or 'csv'."""
    if not content:
        raise Refused(_("The file is empty."))
    if len(content) > MOST_BYTES:
        raise Refused(
            _("The file is larger than %(most)s MB. Split it and import the parts.")
            % {"most": MOST_BYTES >> 20}
        )
    kind = kind_of(content)
    if kind == "xlsx":
        _check_zip(content)
    return kind


def _check_zip(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or len({member.filename for member in members}) != len(members):
                raise Refused(_too_big())
            if sum(member.file_size for member in members) > MOST_UNZIPPED:
                raise Refused(_too_big())
            if "xl/workbook.xml" not in archive.namelist():
                raise Refused(_("This is not an Excel workbook. Save it as .xlsx and choose it again."))
            total = 0
            for member in members:
                total += _check_member(archive, member, MOST_UNZIPPED - total)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
        raise Refused(
            _("The file is damaged. Open it in Excel, save it again and choose it once more.")
        ) from None


def _check_member(archive, member, left):
    """Unpack a member without keeping it; its directory entry may lie, so the bytes themselves are counted."""
    allowed = min(left, max(member.compress_size * MOST_RATIO, 1024 * 1024))
    claimed, member.file_size = member.file_size, left + 1
    is_sheet = member.filename.startswith("xl/worksheets/")
    size, tail = 0, b""
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > allowed:
                raise Refused(_too_big())
            if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                raise Refused(
                    _("The file contains parts that spreadsheets do not have. Save it again in Excel.")
                )
            if is_sheet:
                _check_places(tail + chunk)
                tail = chunk[-64:]
    member.file_size = claimed
    if size != claimed:
        raise zipfile.BadZipFile
    return size


def _check_places(chunk):
    """A cell at XFD1048576 makes readers lay out every cell before it: refuse by its address."""
    for letters, digits in _PLACE.findall(chunk):
        if int(digits) > MOST_ROWS + 1000 or len(letters) > 2 or _column_number(letters) > MOST_COLUMNS:
            raise Refused(_too_wide())


def _column_number(letters):
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _too_big():
    return _("The file unpacks to far more than a table holds, so it was not opened. Save it again in Excel.")


def _too_wide():
    return _(
        "At most %(rows)s rows and %(columns)s columns. Delete empty rows and columns, or split the file."
    ) % {
        "rows": f"{MOST_ROWS:,}",
        "columns": MOST_COLUMNS,
    }


def read_table(content):
    """The first visible sheet, or the csv, as a Table; Refused with a sentence when it cannot be read."""
    lines = _xlsx_rows(content) if check_file(content) == "xlsx" else _csv_rows(content)
    header, rows = None, []
    for number, cells in lines:
        if not any(cells):
            continue
        if len(cells) > MOST_COLUMNS or len(rows) >= MOST_ROWS:
            raise Refused(_too_wide())
        if header is None:
            header = _without_empty_tail(cells)
        else:
            rows.append((number, cells))
    if header is None:
        raise Refused(_("The file is empty."))
    return Table(header, rows)


def _without_empty_tail(cells):
    last = max(index for index, cell in enumerate(cells) if cell)
    return cells[: last + 1]


def _xlsx_rows(content):
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        names = [
            sheet.name for sheet in book.sheets_metadata if "Visible" in str(sheet.visible).split(".")[-1][:7]
        ]
        sheet = book.get_sheet_by_name((names or book.sheet_names)[0])
        lines = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError, ValueError):
        raise Refused(
            _("The file is damaged. Open it in Excel, save it again and choose it once more.")
        ) from None
    for number, cells in enumerate(lines, 1):
        yield number, [text_of(cell) for cell in cells]


def _csv_rows(content):
    text = _decode(content)
    sample = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = max(",;\t", key=sample.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, [text_of(cell) for cell in cells]
    except csv.Error:
        raise Refused(
            _("Line %(line)s cannot be read. Save the table again as .csv or .xlsx.")
            % {"line": reader.line_num}
        ) from None


def _decode(content):
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused(_("The characters of the file cannot be read. Save it as .xlsx, or as .csv in UTF-8."))


def text_of(value):
    """A typed cell as a person would type it: 13800138000, 86.5, 2026-10-01; our own leading apostrophe taken off."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    if isinstance(value, dt.timedelta):
        return str(value)
    text = str(value)
    if len(text) > MOST_CELL:
        raise Refused(_("A cell holds more than %(most)s characters.") % {"most": f"{MOST_CELL:,}"})
    return restore(text).strip()


def neutralise(value):
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; `restore` takes it off again."""
    if not isinstance(value, str):
        return value
    text = _UNPRINTABLE.sub("", value)[: MOST_CELL - 1]
    return f"'{text}" if _DANGEROUS.match(text) else text


def restore(text):
    return text[1:] if _NEUTRALISED.match(text) else text


def rows_as_xlsx(header, rows, *, sheet="Sheet1"):
    """Bytes of a workbook; `rows` is any iterable of sequences, taken one by one."""
    names = [neutralise(str(name)) for name in header]
    records = _records(names, rows)
    first = next(records, None)
    if first is None:
        return _workbook_bytes(_plain_workbook(names, sheet))
    out = io.BytesIO()
    write_worksheet(_chain(first, records), out, sheet_name=sheet, freeze_row=1, bold_headers=True)
    return out.getvalue()


def sheets_as_xlsx(sheets, *, money=(), wide=()):
    """Bytes of a workbook of [(title, header, rows)], none of them empty. `money` names the columns that show two
    decimals, `wide` those that hold a sentence."""
    two_decimals = Format().set_num_format("#,##0.00")
    data, formats, widths = [], {}, {}
    for title, header, rows in sheets:
        names = [neutralise(str(name)) for name in header]
        data.append((title, _records(names, rows)))
        formats[title] = {name: two_decimals for name in names if name in money}
        widths[title] = {name: 36 if name in wide else max(12, 2 * len(name) + 4) for name in names}
    out = io.BytesIO()
    options = {"freeze_panes": {"general": {"row": 1}}, "bold_headers": True}
    write_worksheets(data, out, column_formats=formats, column_widths=widths, **options)
    return out.getvalue()


def _records(names, rows):
    return (dict(zip(names, map(_outgoing, row), strict=True)) for row in rows)


def _chain(first, rest):
    yield first
    yield from rest


def _outgoing(value):
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, Decimal):
        return float(value)
    return neutralise(value) if isinstance(value, str) else value


def rows_as_csv(header, rows):
    """An iterator of text lines (with a byte order mark, or Excel shows Chinese wrongly)."""
    out = io.StringIO()
    writer = csv.writer(out)
    yield "\ufeff"
    for row in _chain(header, rows):
        writer.writerow([neutralise(cell) for cell in row])
        if out.tell() > CSV_PIECE:  # a piece a row would be a hundred thousand small writes
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _plain_workbook(header, title):
    book = Workbook()
    sheet = book.active
    sheet.title = title
    _write_header(sheet, header)
    return book


def _write_header(sheet, header):
    sheet.append(header)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E3EFEC")
        cell.alignment = Alignment(vertical="center")
    sheet.freeze_panes = "A2"
    for index, name in enumerate(header, 1):
        sheet.column_dimensions[get_column_letter(index)].width = max(12, 2 * len(str(name)) + 4)


def template_workbook(columns, *, title):
    """An empty form to fill in: `columns` are (name, help, example, is required); notes on a second sheet."""
    book = _plain_workbook([name for name, *rest in columns], title[:31])
    data = book.active
    data.append([neutralise(example) for name, note, example, required in columns])
    for cell in data[2]:
        cell.number_format = "@"
        cell.font = Font(italic=True, color="6A6E68")
    notes = book.create_sheet(_("Notes"))
    _write_header(notes, [_("Column"), _("Needed"), _("What to fill in"), _("Example")])
    for name, note, example, required in columns:
        notes.append([name, _("yes") if required else _("no"), str(note), neutralise(example)])
    notes.append([])
    notes.append([_("The grey example row is left out when you import; you may also delete it.")])
    notes.column_dimensions["C"].width = 60
    return _workbook_bytes(book)


def annotated_workbook(table, errors, *, title):
    """The file as it came, bad cells marked: `errors` are dicts with row, column (its header) and reason."""
    book = _plain_workbook([*map(neutralise, table.header), _("What to correct")], title[:31])
    sheet = book.active
    by_row = {}
    for error in errors:
        by_row.setdefault(error["row"], []).append(error)
    width = len(table.header)
    for place, (number, cells) in enumerate(table.rows, 2):
        found = by_row.get(number, [])
        reasons = "；".join(f"{error['column']}：{error['reason']}" for error in found)
        padded = (cells + [""] * width)[:width]
        sheet.append([*map(neutralise, padded), neutralise(reasons)])
        for error in found:
            _mark(sheet, place, table.header, error)
    sheet.column_dimensions[get_column_letter(width + 1)].width = 60
    return _workbook_bytes(book)


def _mark(sheet, place, header, error):
    index = header.index(error["column"]) if error["column"] in header else len(header)
    cell = sheet.cell(place, index + 1)
    cell.fill = PatternFill("solid", fgColor="FBEBE6")
    cell.font = Font(color="AB2F17")
    if index < len(header):
        cell.comment = Comment(error["reason"], "Manyi")


def _workbook_bytes(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
