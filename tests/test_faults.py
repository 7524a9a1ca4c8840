"""A fault at each SQL statement in turn of every write path: whole or nothing, and trying again heals.

Rooms register their paths in `<room>/tests/write_paths.py`, or they stand in `tests/write_paths/`. A verb (a public
function of a `services` module that takes `at`) neither registered nor listed in EXEMPT with a reason fails by name.
"""

import importlib
import inspect
import pkgutil
import re

import pytest
from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection, models

from core.registries import write_paths
from tests import write_paths as others

MOST_STATEMENTS = 400
WRITES = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+"(?P<table>\w+)"')
ROOMS = [
    app.name
    for app in apps.get_app_configs()
    if str(app.path).startswith(str(settings.BASE_DIR)) and ".venv" not in app.path
]
#: room.verb -> why it is not swept by itself
EXEMPT = {
    "scoring.after_all": "reads",
    "scoring.close_due": "asks for one close after the other; each is scoring.request_close",
    "appeals.add_files": "attachments.keep_all and one insert inside one transaction; files without a row are swept",
    "appeals.correct": "part of decide, in its transaction",
    "appeals.refuse_barred": "reads",
    "appeals.refuse_barred_from_deciding": "reads",
    "appeals.is_chair": "reads",
    "appeals.tell_appellant": "one insert inside the caller's transaction",
    "appeals.tell_those_with": "one insert a person inside the caller's transaction",
    "appeals.tell_moved": "part of appeals.decide, one insert a person in its transaction",
    "improvements.counts_of": "reads",
    "improvements.refuse_barred": "reads",
    "improvements.tell_assessors": "one insert a person inside the caller's transaction",
    "improvements.tell_author": "one insert inside the caller's transaction",
    "improvements.tell_people": "one insert a person inside the caller's transaction",
    "incentives.suspend": "part of appeals.file, in its transaction",
    "incentives.suspend_admitted": "part of appeals.admit, in its transaction",
    "incentives.resume": "part of appeals.withdraw and dismiss, in their transaction",
    "incentives.uphold": "part of appeals.decide, in its transaction",
    "incentives.vary": "part of appeals.decide, in its transaction",
    "incentives.undo": "part of appeals.decide and settle, in their transaction",
    "incentives.take_from_vote": "part of undo and grade_anew, in their transaction",
    "incentives.regraded": "reads",
    "incentives.carry_out": "part of appeals.decide, in its transaction",
    "incentives.grade_anew": "part of appeals.decide, in its transaction",
    "incentives.find_after_appeal": "part of appeals.decide, in its transaction",
    "incentives.drop_case": "part of appeals.decide and settle, in their transaction",
    "scoring.adjudicate": "part of appeals.decide, in its transaction",
    "approvals.close_if_decided": "second half of cast_vote, recuse and name_stand_in, in their transaction",
    "customers.write_word": "part of give_consent, withdraw_consent and merge, in their transaction",
    "audit.anchor": "writes a file outside the database, after the commit",
    "audit.record": "one insert inside the caller's transaction",
    "complaints.adjudicate": "part of appeals.decide, in its transaction",
    "complaints.wanted_finding": "reads",
    "complaints.drop_proposed": "part of withdraw, in its transaction",
    "complaints.look": "one transaction a letter, each is read_letter",
    "complaints.look_due": "claims by one conditional UPDATE, then request_look",
    "complaints.look_up": "reads; each wrong try is counted by itself, so that a refusal does not undo the count",
    "complaints.note_repeats": "part of receive and accept, in their transaction",
    "complaints.notify_person": "part of tell_person, in its transaction",
    "complaints.pause_due": "one resume after the other",
    "complaints.readers_of": "reads",
    "complaints.reopen_findings": "part of reopen, in its transaction",
    "complaints.step_back": "part of name_person and merge, in their transaction",
    "complaints.tell_readers": "one insert inside the caller's transaction",
    "complaints.warn_due": "one escalate or warn after the other, both swept",
    "improvements.hindrance_to_confirm": "reads",
    "improvements.hindrance_to_verify": "reads",
    "improvements.close_if_settled": "part of the verbs that settle a finding, in their transaction",
    "improvements.keep_files": "part of mark_item and finish_measure, in their transaction",
    "improvements.recount": "part of withdraw_finding, in its transaction",
    "improvements.withdraw_fact": "part of withdraw_finding, in its transaction",
    "incentives.add_money": "effect carried out by post, in its transaction",
    "incentives.add_notice": "part of the effects that leave a document, in their transaction",
    "incentives.decline_report": "one conditional UPDATE with its audit row, as verify_report, which is swept",
    "incentives.find_due_facts": "one find_fact_cases after the other, which is swept",
    "incentives.keep_hits": "part of find_cases and find_fact_cases, in their transaction",
    "incentives.keep_unit_hits": "part of find_cases and find_fact_cases, in their transaction",
    "incentives.tell_of_unit_hits": "part of find_cases and find_fact_cases, in their transaction",
    "incentives.make_cases": "one company of resolve_unit_hits, which is swept",
    "incentives.works_in": "reads",
    "incentives.tell_hr": "part of find_cases and find_fact_cases, in their transaction",
    "incentives.fact_rules": "reads",
    "incentives.add_points": "effect carried out by post, in its transaction",
    "incentives.ask_explanation": "effect carried out by post, in its transaction",
    "incentives.award_certificate": "effect carried out by post, in its transaction",
    "incentives.call_off": "effect undone by reverse, in its transaction",
    "incentives.call_off_duties": "effect undone by reverse, in its transaction",
    "incentives.committee_for": "reads",
    "incentives.committee_of": "reads",
    "incentives.excluded_from": "reads",
    "incentives.give_warning": "effect carried out by post, in its transaction",
    "incentives.lift_marks": "effect undone by reverse, in its transaction",
    "incentives.lift_warnings": "effect undone by reverse, in its transaction",
    "incentives.order_training": "effect carried out by post, in its transaction",
    "incentives.pay_team_fund": "effect carried out by post, in its transaction",
    "incentives.publish_commendation": "effect carried out by post, in its transaction",
    "incentives.publish_notice": "part of issue and post, in their transaction",
    "incentives.refuse_concerned": "reads",
    "incentives.recommend": "effect carried out by post, in its transaction",
    "incentives.set_priority": "effect carried out by post, in its transaction",
    "incentives.schedule": "effect carried out by post, in its transaction",
    "incentives.unready": "reads",
    "incentives.tell": "one insert inside the caller's transaction",
    "jobs.claim": "one conditional UPDATE; a lapsed lease is claimed again (jobs/tests)",
    "jobs.due_count": "reads",
    "jobs.rerun": "one conditional UPDATE",
    "jobs.run_now": "each step is a transaction of its own and repeated by lease (tests/test_killed_worker.py)",
    "jobs.send_due": "wakes workers, writes nothing",
    "notifications.announce": "one insert inside the caller's transaction",
    "notifications.notify": "one insert inside the caller's transaction",
    "notifications.send_due": "claims, sends, marks: a message is sent again after a fault, with the same id",
    "notifications.write_to_customer": "one insert inside the caller's transaction",
    "policies.refuse_unready": "reads",
    "policies.run_loaders": "part of load_pack and put_in_force, in their transaction",
    "policies.refuse_taken_days": "reads",
    "policies.set_up": "open_company and load_pack in one transaction, both swept",
    "policies.try_loaders": "part of rewrite, in its transaction; undoes what it writes",
    "reports.run": "the close step, draft_report for months",
    "surveys.is_answerable": "reads",
    "surveys.load_questionnaires": "pack loader inside load_pack: publish_questionnaire per entry",
    "surveys.make_invitation": "part of invite_batch, in its transaction",
    "surveys.record_answer": "part of submit, in its transaction",
    "surveys.write_invitation": "part of invite_batch, in its transaction",
}


def modules_of(room):
    """The services module of a room, or every module of its services package."""
    try:
        services = importlib.import_module(f"{room}.services")
    except ModuleNotFoundError:
        return []
    inner = pkgutil.iter_modules(getattr(services, "__path__", []))
    return [services, *(importlib.import_module(f"{room}.services.{module.name}") for module in inner)]


def verbs():
    """'room.verb' of every public function that takes `at`, where it is defined."""
    found = set()
    for room in ROOMS:
        for module in modules_of(room):
            for name, function in inspect.getmembers(module, inspect.isfunction):
                is_own = function.__module__ == module.__name__ and not name.startswith("_")
                if is_own and "at" in inspect.signature(function).parameters:
                    found.add(f"{room}.{name}")
    return found


def load_paths():
    """What the rooms bring themselves, then what stands here for the others."""
    for room in ROOMS:
        name = f"{room}.tests.write_paths"
        if importlib.util.find_spec(f"{room}.tests") and importlib.util.find_spec(name):
            importlib.import_module(name)
    for module in pkgutil.iter_modules(others.__path__):
        importlib.import_module(f"{others.__name__}.{module.name}")
    return dict(write_paths.items())


PATHS = load_paths()


class FailAt:
    """Raises instead of running the given statement; savepoints are not statements of the verb.

    `written` collects the tables of all statements that came through and write.
    """

    def __init__(self, number, written):
        self.left = number
        self.written = written

    def __call__(self, execute, sql, params, many, context):
        if "SAVEPOINT" in sql:
            return execute(sql, params, many, context)
        self.left -= 1
        if self.left < 0:
            raise OperationalError("made to fail")
        if found := WRITES.match(sql):
            self.written.add(found["table"])
        return execute(sql, params, many, context)


def rows(tables):
    """{table: its rows}, as the database gives them."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
            found[table] = cursor.fetchall()
    return found


def fresh(arguments):
    """The arguments as the next request would read them."""
    return [
        type(one)._base_manager.get(pk=one.pk) if isinstance(one, models.Model) and one.pk else one
        for one in arguments
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(PATHS))
def test_a_fault_at_any_statement_leaves_all_or_nothing(name):
    path = PATHS[name]
    arguments = path.arrange()
    written, before, seen = set(), rows(connection.introspection.django_table_names()), observed(path)
    for number in range(MOST_STATEMENTS):
        fault = FailAt(number, written)
        ready = fresh(arguments)
        try:
            with connection.execute_wrapper(fault):
                path.act(*ready)
        except OperationalError:
            same = (
                all(before[table] == now for table, now in rows(written).items()) and observed(path) == seen
            )
            assert same, f"a fault at statement {number + 1} left something behind"
            continue
        assert fault.left >= 0, "the fault was swallowed"
        assert any(before[table] != now for table, now in rows(written).items()), "the path changed nothing"
        return
    pytest.fail(f"still failing after {MOST_STATEMENTS} statements")


def observed(path):
    return path.observe() if path.observe else None


@pytest.mark.django_db(transaction=True)
def test_the_sweep_finds_a_verb_without_a_transaction():
    """The control: what is written in two transactions leaves the first behind."""
    from core.models import Counter

    def act():
        Counter.objects.create(company_id=1, series="first")
        Counter.objects.create(company_id=1, series="second")

    with pytest.raises(OperationalError), connection.execute_wrapper(FailAt(1, set())):
        act()
    assert Counter.objects.count() == 1


def swept():
    """The verbs of the paths: 'incentives.post: every reward' is one of several of incentives.post."""
    return {name.split(":")[0] for name in PATHS}


def test_every_verb_is_swept_or_exempt_with_a_reason():
    assert sorted(verbs() - swept() - set(EXEMPT)) == []


def test_nothing_registered_or_exempt_has_gone():
    assert sorted((swept() | set(EXEMPT)) - verbs()) == []
