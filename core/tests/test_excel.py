"""Tables in and out: bombs refused, formulas neutralised, honest values unchanged."""

import datetime as dt
import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core import excel
from core.flow import Refused


def workbook(*rows):
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def packed(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


def texts(content):
    table = excel.read_table(content)
    return [table.header, *(cells for number, cells in table.rows)]


def test_cells_are_read_as_a_person_would_type_them():
    moment = dt.datetime(2026, 10, 1)
    rows = texts(
        workbook(["a", "b", "c", "d", "e"], [13800138000, 86.5, moment, True, None], ["", "", "", "", "x"])
    )
    assert rows[1] == ["13800138000", "86.5", "2026-10-01", "1", ""]


def test_row_numbers_are_those_the_spreadsheet_shows():
    table = excel.read_table(workbook(["a"], [None], ["x"]))
    assert table.rows == [(3, ["x"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_excel_writes(encoding):
    assert texts("工号,姓名\nE01,王丽\n".encode(encoding)) == [["工号", "姓名"], ["E01", "王丽"]]


def test_csv_may_be_separated_by_semicolons_or_tabs():
    assert texts(b"a;b\n1;2\n") == texts(b"a\tb\n1\t2\n") == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 broken", b"%PDF-1.7", b"\xd0\xcf\x11\xe0old xls", b"\xff\xff\xfe", b"a\x00b"],
)
def test_what_is_no_table_is_refused_with_a_sentence(content):
    with pytest.raises(Refused):
        excel.read_table(content)


def test_a_zip_that_is_no_workbook_is_refused():
    with pytest.raises(Refused, match="Excel"):
        excel.read_table(packed(word__document="<a/>"))


def quickly_refused(content):
    begun = time.monotonic()
    with pytest.raises(Refused):
        excel.read_table(content)
    return time.monotonic() - begun < 2


def test_a_bomb_of_many_equal_bytes_is_refused_at_once():
    bomb = packed(xl__workbook="<a/>", xl__worksheets__sheet1=b" " * 100_000_000)
    assert len(bomb) < 200_000
    assert quickly_refused(bomb)


def test_a_bomb_whose_directory_lies_about_its_size_is_refused():
    bomb = bytearray(packed(xl__workbook="<a/>", xl__worksheets__sheet1=b" " * 60_000_000))
    size = (60_000_000).to_bytes(4, "little")
    while (place := bomb.find(size)) >= 0:
        bomb[place : place + 4] = (1000).to_bytes(4, "little")
    assert quickly_refused(bytes(bomb))


def test_a_cell_at_the_far_corner_is_refused_before_anything_is_laid_out():
    sheet = (
        '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    assert quickly_refused(packed(xl__workbook="<a/>", xl__worksheets__sheet1=sheet))


def test_entities_are_refused():
    sheet = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
    assert quickly_refused(packed(xl__workbook="<a/>", xl__worksheets__sheet1=sheet))


def test_more_columns_than_allowed_are_refused():
    with pytest.raises(Refused):
        excel.read_table((",".join(["a"] * 500) + "\n" + ",".join(["1"] * 500)).encode())


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_text_that_would_start_a_formula_is_neutralised(text):
    assert excel.neutralise(text).startswith("'")


@pytest.mark.parametrize("export", ["csv", "xlsx"])
def test_honest_values_survive_export_and_import(export):
    row = ["-5", "+86 13800138000", "@home", "'quoted'", "王丽", "=待定", -5, 86.5]
    if export == "csv":
        content = "".join(excel.rows_as_csv(["h"] * 8, [row])).encode()
    else:
        content = excel.rows_as_xlsx(list("abcdefgh"), [row])
    assert texts(content)[1] == ["-5", "+86 13800138000", "@home", "'quoted'", "王丽", "=待定", "-5", "86.5"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), max_size=20))
def test_neutralising_is_undone_by_reading(text):
    assert excel.restore(excel.neutralise(text)) == excel._UNPRINTABLE.sub("", text)


@given(st.text(max_size=20))
def test_nothing_exported_starts_a_formula(text):
    assert not excel.neutralise(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_no_cell_of_an_export_is_a_formula():
    sheet = load_workbook(io.BytesIO(excel.rows_as_xlsx(["a"], [["=1+1"], ["@x"]]))).active
    assert [cell.data_type for (cell,) in sheet] == ["s", "s", "s"]


def test_an_export_without_rows_has_its_header():
    assert texts(excel.rows_as_xlsx(["工号", "姓名"], [])) == [["工号", "姓名"]]


def test_a_template_names_needed_columns_on_its_second_sheet():
    content = excel.template_workbook([("工号", "number", "E0001", True)], title="人员")
    book = load_workbook(io.BytesIO(content))
    assert book.worksheets[0]["A1"].value == "工号"
    assert book.worksheets[1]["A2"].value == "工号"


def test_the_annotated_file_marks_the_bad_cell_and_says_what_to_correct():
    table = excel.Table(["工号", "业绩"], [(2, ["E01", "1"]), (4, ["E02", "一百二"])])
    errors = [{"row": 4, "column": "业绩", "reason": "请填数字"}]
    sheet = load_workbook(io.BytesIO(excel.annotated_workbook(table, errors, title="x"))).active
    assert sheet["C3"].value == "业绩：请填数字"
    assert sheet["B3"].comment.text == "请填数字"
    assert sheet["C2"].value in ("", None)
