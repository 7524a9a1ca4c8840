"""No gap in the Chinese catalogue: every string marked in code or templates has a translation."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {".venv", "build", "var", "node_modules", "tests"}
FUNCTIONS = {
    "_": (0,),
    "gettext": (0,),
    "gettext_lazy": (0,),
    "gettext_noop": (0,),
    "ngettext": (0, 1),
    "ngettext_lazy": (0, 1),
    "pgettext": (1,),
    "pgettext_lazy": (1,),
    "npgettext": (1, 2),
}
CALL = re.compile(r"\b(n?p?gettext)\(")


def files(suffix):
    return [path for path in ROOT.rglob(f"*{suffix}") if not SKIPPED & set(path.relative_to(ROOT).parts)]


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in FUNCTIONS and node.args:
                yield name, node


def constants(name, node):
    for place in FUNCTIONS[name][:1]:
        if len(node.args) > place and isinstance(node.args[place], ast.Constant):
            context = node.args[0].value + "\x04" if name.startswith(("p", "np")) else ""
            yield context + node.args[place].value


def marked_in_python(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {text for name, node in calls(tree) for text in constants(name, node)}


def marked_in_template(path):
    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    found = set()
    for match in CALL.finditer(code):
        call = first_call(code[match.start() :])
        found |= {text for text in constants(match.group(1), call) if text}
    return found


def first_call(code):
    """The call expression at the start of `code`; what follows it is other text."""
    end = code.index(")")
    while True:
        try:
            return ast.parse(code[: end + 1]).body[0].value
        except SyntaxError:
            end = code.index(")", end + 1)


def catalogue():
    return trans_real.translation("zh-hans")


def is_translated(text, known):
    return text in known or (text, 0) in known


@pytest.fixture(scope="module")
def known():
    merged = catalogue()._catalog
    keys = {}
    for layer in getattr(merged, "_catalogs", [merged]):
        keys.update(layer)
    return keys


def test_every_string_in_python_has_a_chinese_translation(known):
    gaps = [
        f"{path.relative_to(ROOT)}: {text!r}"
        for path in files(".py")
        for text in sorted(marked_in_python(path))
        if not is_translated(text, known)
    ]
    assert gaps == []


def test_every_string_in_templates_has_a_chinese_translation(known):
    gaps = [
        f"{path.relative_to(ROOT)}: {text!r}"
        for path in files(".html")
        for text in sorted(marked_in_template(path))
        if not is_translated(text, known)
    ]
    assert gaps == []


def test_no_entry_is_empty_or_fuzzy():
    gaps = []
    for path in files(".po"):
        for entry in polib.pofile(str(path)):
            if not entry.obsolete and (entry.fuzzy or not entry.translated()):
                gaps.append(f"{path.relative_to(ROOT)}: {entry.msgid!r}")
    assert gaps == []


def test_a_missing_translation_would_be_seen(known, tmp_path):
    page = tmp_path / "page.html"
    page.write_text('{% load i18n %}{% translate "A string nobody (ever) translated" %}', encoding="utf-8")
    (text,) = marked_in_template(page)
    assert not is_translated(text, known)
