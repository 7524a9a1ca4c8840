"""Compile every translation catalogue (.po) to the .mo that Django reads; gettext is not needed.

Only catalogues that changed are compiled; with --check all are read and nothing is written.
An entry whose placeholders differ from its original is refused: it would break the page that shows it.
"""

import argparse
import os
import re
import sys
from collections import Counter
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SKIP = {".venv", ".git", "build", "var", "node_modules"}
NAMED = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[diouxXeEfFgGcrs]")
POSITIONAL = re.compile(r"(?<!%)(?:%%)*%[#0\- +]*\d*(?:\.\d+)?[diouxXeEfFgGcrs]")
BRACES = re.compile(r"(?<!\{)\{(\w*)[^{}]*\}(?!\})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="read all catalogues, write nothing")
    check = parser.parse_args().check
    faults = [fault for po in catalogues() if check or is_stale(po) for fault in compile_one(po, check)]
    if faults:
        sys.exit("\n".join(faults))


def catalogues():
    for folder, inside, names in os.walk(ROOT):
        inside[:] = sorted(set(inside) - SKIP)
        if Path(folder).name == "LC_MESSAGES":
            yield from (Path(folder) / name for name in sorted(names) if name.endswith(".po"))


def is_stale(po):
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime <= po.stat().st_mtime


def compile_one(po, check):
    """Faults found, as sentences; the .mo is written only when there are none."""
    name = po.relative_to(ROOT)
    try:
        catalogue = polib.pofile(str(po), check_for_duplicates=True)
    except (OSError, ValueError) as error:
        return [f"{name}: {error}"]
    entries = catalogue.translated_entries()
    faults = [f"{name}:{e.linenum}: placeholders differ: {e.msgid!r}" for e in entries if is_broken(e)]
    if not faults and not check:
        catalogue.save_as_mofile(str(po.with_suffix(".mo")))
        print(f"messages: {name}, {len(entries)} entries")
    return faults


def is_broken(entry):
    if not entry.msgid_plural:
        return placeholders(entry.msgstr, entry.flags) != placeholders(entry.msgid, entry.flags)
    allowed = [placeholders(text, entry.flags) for text in (entry.msgid, entry.msgid_plural)]
    return any(placeholders(text, entry.flags) not in allowed for text in entry.msgstr_plural.values())


def placeholders(text, flags):
    """What the text will be filled with; only texts that xgettext marked as formats have any."""
    if "python-format" in flags:
        return set(NAMED.findall(text)), Counter(POSITIONAL.findall(NAMED.sub("", text)))
    if "python-brace-format" in flags:
        return set(BRACES.findall(text))
    return None


if __name__ == "__main__":
    main()
