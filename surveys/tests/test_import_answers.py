import csv
import io
import time
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.flow import Refused
from organization.models import Department
from surveys.models import Answer, Campaign
from surveys.services.importing import BadRows, import_answers
from surveys.verification import frozen_versions
from tests import factories

HERE = Path(__file__).resolve().parent
MONTHLY = HERE / "data" / "monthly.csv"
AIRPORT = HERE.parents[2] / "shared" / "data" / "sfo_2015_2018.csv"
MAP = tomllib.loads((HERE.parent / "maps" / "monthly.toml").read_text(encoding="utf-8"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def staffed(company):
    """Four consultants numbered M001–M004 and the two projects of the file."""
    department = factories.make_department(company)
    factories.make_site(company)
    factories.make_site(company, "donghu", "东湖印象")
    for number in range(1, 5):
        employee = factories.make_employee(department, f"顾问{number}")
        employee.number = f"M{number:03d}"
        employee.save()
    return company


def bring(company, content=None, raw_map=MAP):
    content = MONTHLY.read_bytes() if content is None else content
    return import_answers(
        company=company, code="monthly", content=content, raw_map=raw_map, by=None, at=factories.at()
    )


def changed(**cells):
    """The file with some cells of its first row changed."""
    lines = list(csv.reader(io.StringIO(MONTHLY.read_text(encoding="utf-8"))))
    for name, value in cells.items():
        lines[1][lines[0].index(name)] = value
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def test_a_month_of_answers_knows_its_employees(staffed):
    assert bring(staffed) == {"created": 60, "unchanged": 0}
    campaign = Campaign.objects.get()
    assert (campaign.kind, campaign.state) == ("external", "open")
    answer = Answer.objects.get(external_ref="2026-10-005")
    assert answer.employee.number == "M002" and answer.department.name == "销售一部"
    assert (answer.mode, answer.site.name) == ("phone", "东湖印象")
    assert str(answer.service_day) == "2026-10-06" and answer.number.startswith("A-2610-")
    assert len(set(Answer.objects.values_list("number", flat=True))) == 60
    assert not list(frozen_versions())


def test_missing_and_not_applicable_codes_are_honoured(staffed):
    bring(staffed)
    lines = list(csv.DictReader(io.StringIO(MONTHLY.read_text(encoding="utf-8"))))
    given = Counter(line["总体满意"] for line in lines)
    stored = Counter(str(answer.answers.get("overall", "")) for answer in Answer.objects.all())
    assert stored[""] == given["99"] and stored["na"] == given["0"]
    assert all(stored[code] == given[code] for code in "12345")


def test_the_same_file_twice_adds_nothing(staffed):
    bring(staffed)
    assert bring(staffed, raw_map=None) == {"created": 0, "unchanged": 60}
    assert Answer.objects.count() == 60


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"总体满意": "7"}, "总体满意", "不在这道题"),
        ({"总体满意": "NaN"}, "总体满意", "不在这道题"),
        ({"工号": "M999"}, "工号", "不认识"),
        ({"项目": "没有的项目"}, "项目", "不认识"),
        ({"服务日期": "2026-02-30"}, "服务日期", "读不出"),
        ({"方式": "梦里"}, "方式", "不是"),
        ({"答卷号": ""}, "答卷号", "80"),
        ({"答卷号": "2026-10-002"}, "答卷号", "相同"),
    ],
)
def test_one_bad_cell_keeps_all_rows_out_and_is_named(staffed, cells, column, words):
    with pytest.raises(BadRows) as refused:
        bring(staffed, changed(**cells))
    found = [(name, sentence) for row, name, sentence in refused.value.errors]
    assert any(name == column and words in sentence for name, sentence in found), found
    assert not Answer.objects.exists() and not Campaign.objects.exists()


def test_a_file_without_a_column_of_the_map_is_refused(staffed):
    with pytest.raises(Refused, match="工号"):
        bring(staffed, MONTHLY.read_bytes().replace("工号".encode(), b"X"))


def test_answers_are_not_imported_into_a_survey_that_asks_customers(staffed):
    from surveys.tests import make

    make.make_campaign(staffed, code="monthly")
    with pytest.raises(Refused):
        bring(staffed)


def test_the_command_prints_each_bad_cell(staffed, tmp_path, capsys):
    bad = tmp_path / "bad.csv"
    bad.write_bytes(changed(总体满意="8"))
    with pytest.raises(CommandError):
        call_command("import_answers", "monthly", str(bad), map="monthly")
    assert "总体满意" in capsys.readouterr().err
    call_command("import_answers", "monthly", str(MONTHLY), map="monthly", unit=staffed.code)
    assert "created 60" in capsys.readouterr().out


@pytest.mark.skipif(not AIRPORT.exists(), reason="the airport's data file is not here")
def test_the_airport_file_agrees_with_the_reference(company):
    began = time.perf_counter()
    call_command("import_answers", "airport", str(AIRPORT), map="sfo")
    assert time.perf_counter() - began < 60
    assert Answer.objects.count() == 11_685
    wave = Answer.objects.filter(submitted_at__year=2017)
    overall = Counter(answers.get("overall") for answers in wave.values_list("answers", flat=True))
    assert (overall[4] + overall[5], sum(overall[code] for code in (1, 2, 3, 4, 5))) == (2206, 2688)
    recommend = [
        answers["recommend"] for answers in wave.values_list("answers", flat=True) if "recommend" in answers
    ]
    scored = [value for value in recommend if value != "na"]
    assert (len(scored), recommend.count("na")) == (2746, 84)
    assert round(sum(value >= 9 for value in scored) / 2746, 6) == 0.522942
    area = Department.objects.get(name="D 登机区")
    assert Answer.objects.filter(department=area, submitted_at__year=2017).count() == 399
    call_command("import_answers", "airport", str(AIRPORT))
    assert Answer.objects.count() == 11_685
