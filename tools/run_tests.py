"""Run every test on SQLite, then on PostgreSQL and Redis, and close with one verdict.

PostgreSQL and Redis are those of DATABASE_URL and REDIS_URL, or throw-away servers of our own where their
programs are installed. What is missing is left out with a line that says so; with CI=true it is a failure.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import throwaway_servers as servers

ROOT = Path(__file__).resolve().parent.parent
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# One more than there are cores: a test often waits for a browser or a process it started.
WORKERS = os.environ.get("TEST_WORKERS") or str((os.cpu_count() or 1) + 1)
TITLES = {"sqlite": "SQLite, without Redis", "postgres": "PostgreSQL and Redis"}
WITHOUT = {
    "PostgreSQL": "the second run, on PostgreSQL and Redis",
    "Redis": "the tests that need Redis",
    "Chromium": "the tests in a browser",
}
NO_TESTS = 5  # pytest's exit status when nothing was selected
PATIENCE_SECONDS = 30


def main():
    options, pytest_args = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    lanes = [options.db] if options.db else list(TITLES)
    missing = missing_programs(lanes)
    if missing and must_run_all():
        return f"Every test must run here, but there is no {' and no '.join(missing)}."
    if "PostgreSQL" in missing:
        lanes.remove("postgres")
    results = {}
    for lane in lanes:
        markers = marker_expression(lane, missing, options.markers)
        results[lane] = run_lane(lane, ["-m", markers, *pytest_args], is_second=bool(results))
    return verdict(results, missing)


def parse(args):
    """Our own options; everything else is pytest's."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--db", choices=list(TITLES), help="run on this one only")
    parser.add_argument("-m", dest="markers", help="marker expression, as pytest's")
    return parser.parse_known_args([arg for arg in args if arg != "--"])


def must_run_all():
    return os.environ.get("CI", "").lower() in {"1", "true"}


def missing_programs(lanes):
    found = {
        "PostgreSQL": os.environ.get("DATABASE_URL") or servers.postgres_programs(),
        "Redis": os.environ.get("REDIS_URL") or servers.redis_program(),
        "Chromium": any(map(shutil.which, CHROMIUMS)),
    }
    needed = set(found) if "postgres" in lanes else {"Chromium"}
    return [name for name, where in found.items() if name in needed and not where]


def marker_expression(lane, missing, asked):
    without = {"Redis": "redis", "Chromium": "browser"}
    left_out = [without[name] for name in missing if name in without]
    if lane == "sqlite":
        left_out += ["postgres", "redis"]
    parts = [f"({asked})"] if asked else []
    return " and ".join(parts + [f"not {marker}" for marker in sorted(set(left_out))])


def run_lane(lane, pytest_args, *, is_second):
    """pytest's exit status and the seconds it took. The second lane leaves out what asks no database."""
    print(f"\n######## {TITLES[lane]} ########", flush=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-n", WORKERS, "--dist", "worksteal", *pytest_args]
    with ExitStack() as stack:
        env = environment(lane, stack) | ({"MANYI_DATABASE_TESTS_ONLY": "1"} if is_second else {})
        status = run_to_the_end(command, env)
    return status, time.monotonic() - started


def environment(lane, stack):
    """The machine's environment with the addresses of this lane's servers, started here if not given."""
    # Without kept bytecode each of the many processes that tests start would compile every library anew.
    left_out = {"DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE"}
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    if lane == "postgres":
        env["DATABASE_URL"] = os.environ.get("DATABASE_URL") or stack.enter_context(servers.postgres())
        if os.environ.get("REDIS_URL") or servers.redis_program():
            env["REDIS_URL"] = os.environ.get("REDIS_URL") or stack.enter_context(servers.redis())
    return env


def run_to_the_end(command, env):
    """Wait for the command, and on Ctrl-C let it close what it opened before its servers are stopped."""
    child = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        return child.wait()
    except (KeyboardInterrupt, SystemExit):
        child.send_signal(signal.SIGINT)
        try:
            child.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
        raise


def verdict(results, missing):
    print("\n######## verdict ########")
    for name in missing:
        print(f"left out, as there is no {name}: {WITHOUT[name]}")
    for lane, (status, seconds) in results.items():
        words = {0: "passed", NO_TESTS: "no tests selected"}.get(status, f"FAILED (pytest's status {status})")
        print(f"{TITLES[lane]}: {words}, {seconds:.0f} s")
    statuses = {status for status, _ in results.values()}
    failed = not statuses <= {0, NO_TESTS} or 0 not in statuses
    print("FAILED" if failed else "all passed", flush=True)
    return int(failed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
