"""The house has floors; a room imports from below only (docs/architecture.md)."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {
    "core": 0,
    "audit": 1,
    "accounts": 2,
    "organization": 3,
    "jobs": 4,
    "policies": 5,
    "customers": 5,
    "notifications": 6,
    "approvals": 7,
    "surveys": 8,
    "complaints": 9,
    "scoring": 10,
    "improvements": 11,
    "incentives": 12,
    "appeals": 13,
    "reports": 14,
    "config": 15,
    "demo": 15,
}
LONGEST_FILE = 400


def source_files(room):
    return [path for path in (ROOT / room).rglob("*.py") if not {"tests", "migrations"} & set(path.parts)]


def imported_rooms(path):
    """(room, line) of every import of one of our rooms."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module]
        for name in names:
            if name.split(".")[0] in FLOORS:
                yield name.split(".")[0], node.lineno


def offences(room):
    for path in source_files(room):
        for other, line in imported_rooms(path):
            if other != room and FLOORS[other] >= FLOORS[room]:
                yield f"{path.relative_to(ROOT)}:{line} imports {other}"


@pytest.mark.parametrize("room", FLOORS)
def test_a_room_imports_only_from_lower_floors(room):
    assert list(offences(room)) == []


def test_every_room_with_models_has_a_floor():
    rooms = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert rooms - set(FLOORS) == set()


def test_rules_know_neither_database_nor_clock():
    forbidden = {"django.db", "django.utils.timezone", "django.conf"}
    found = []
    for room in FLOORS:
        files = [path for path in source_files(room) if path.name == "rules.py" or "statistics" in path.parts]
        for path in files:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module in forbidden:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.module}")
    assert found == []


def test_no_file_grew_beyond_400_lines():
    suffixes = (".py", ".html", ".css", ".js")
    long = []
    for room in [*FLOORS, "templates", "static", "tests", "benchmarks", "tools"]:
        for path in (ROOT / room).rglob("*"):
            if path.suffix in suffixes and "migrations" not in path.parts:
                lines = path.read_text(encoding="utf-8").count("\n")
                if lines > LONGEST_FILE:
                    long.append(f"{path.relative_to(ROOT)}: {lines}")
    assert long == []


def test_the_check_would_see_an_import_upwards(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from reports.models import MonthlyReport\nimport scoring.models\n", encoding="utf-8")
    assert [room for room, line in imported_rooms(wrong)] == ["reports", "scoring"]
