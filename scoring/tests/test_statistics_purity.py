"""The statistics touch nothing but numbers."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "statistics"
ALLOWED = {"collections", "dataclasses", "enum", "fractions", "functools", "hashlib", "itertools", "math",
           "numpy", "operator", "scipy", "typing"}  # fmt: skip
DATES = {"thresholds.py"}


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.name)
def test_a_module_imports_neither_django_nor_a_clock(path):
    allowed = ALLOWED | ({"datetime"} if path.name in DATES else set())
    assert set(imports_of(path)) <= allowed


def test_dates_are_compared_but_never_asked_for():
    for name in DATES:
        text = (PACKAGE / name).read_text(encoding="utf-8")
        assert "today(" not in text
        assert "now(" not in text
