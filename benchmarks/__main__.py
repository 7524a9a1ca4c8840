"""`make bench`: each product path beside its floor, interleaved in one process; a table and results.json.

A row's ratio is the product's cost over the floor's cost (lower is better); `goal` is the highest allowed.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = ("survey_pages", "close", "report_page", "case_board", "rank_rules")


def main():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=MODULES, help="one module only")
    parser.add_argument("--quick", action="store_true", help="smaller data, fewer rounds")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="manyi-bench-") as var:
        rows = measure(chosen, var)
    write(rows, is_partial=bool(chosen.only or chosen.quick))
    print(table(rows))
    missed = [row["name"] for row in rows if row["goal"] is not None and (row["ratio"] or 0) > row["goal"]]
    if missed:
        print("\nabove the goal: " + ", ".join(missed))
    return 0


def measure(chosen, var):
    """Rows of all chosen modules on a fresh database (SQLite, or DATABASE_URL's server: a test database there)."""
    os.environ["MANYI_VAR"] = var
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.test.utils import get_runner, setup_test_environment

    django.setup()
    from django.conf import settings

    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        rows = []
        for name in [chosen.only] if chosen.only else MODULES:
            print(f"measuring {name} …", file=sys.stderr)
            rows += importlib.import_module(f"benchmarks.{name}").rows(chosen.quick)
        return rows
    finally:
        runner.teardown_databases(databases)


def write(rows, *, is_partial):
    results = {"machine": machine(), "commit": commit(), "rows": rows}
    path = HERE / ("results-partial.json" if is_partial else "results.json")
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def machine():
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def commit():
    found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE)
    return found.stdout.strip() or "unknown"


def table(rows):
    lines = [f"{'what':52} {'product':>12} {'floor':>12} {'ratio':>7} {'goal':>6}"]
    for row in rows:
        goal = "" if row["goal"] is None else f"{row['goal']:.1f}"
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        floor = "" if row["floor"] is None else f"{row['floor']:.3f}"
        lines.append(
            f"{row['name'][:52]:52} {row['value']:>12.3f} {floor:>12} {ratio:>7} {goal:>6}  {row['unit']}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
