"""Whatever somebody changes by hand in the books is found, and the database itself refuses most of it."""

import pytest
from django.db import DatabaseError, connection, models, transaction

from core.registries import verifications
from incentives import fingerprints, guards, services
from incentives.models import LedgerLine, Notice, PayrollBatch, PayrollLine
from incentives.tests.effects_stage import BONUS, EffectsStage, points
from tests.factories import at


@pytest.fixture
def books(company):
    """A month in its payroll file, a reversal after it, letters of both."""
    stage = EffectsStage(company, limits={"points_cap": 4})
    first = stage.posted_with(points(5), BONUS)
    services.make_payroll(company, month="2026-10", by=stage.hr, at=at(2026, 11, 20))
    services.reverse(first, reason="申诉成立", by=stage.members[0], at=at(2026, 12, 1))
    stage.posted_with(points(2), employee=stage.worst)
    return stage


def plain(model):
    """Past the guard of the model, as SQL by hand would go."""
    return models.QuerySet(model)


def test_books_as_they_were_written_are_in_order(books):
    assert LedgerLine.objects.count() == 7
    assert list(fingerprints.fact_5_fingerprints()) == []
    assert "5 fingerprints" in dict(verifications.items())


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 1},
        {"counts_for": "2027-01"},
        {"unit": "fen"},
        {"money_class": "team_fund"},
        {"part": 7},
        {"posted_at": at(2027, 1, 1)},
        {"number": "ZM-X"},
    ],
)
def test_any_change_of_a_line_is_found(books, change):
    line = LedgerLine.objects.order_by("pk").last()
    plain(LedgerLine).filter(pk=line.pk).update(**change)
    assert [sentence for sentence in fingerprints.fact_5_fingerprints() if "not what was written" in sentence]


def test_a_line_moved_to_another_department_or_effect_is_found(books):
    plain(LedgerLine).filter(unit="points").update(department=books.office)
    assert len(list(fingerprints.fact_5_fingerprints())) == LedgerLine.objects.filter(unit="points").count()


def test_lines_added_and_taken_away_by_hand_are_found(books):
    line = LedgerLine.objects.order_by("pk").last()
    old = line.pk
    line.pk, line.number, line.effect = None, "ZM-X", 9
    LedgerLine.objects.bulk_create([line])
    plain(LedgerLine).filter(pk=old)._raw_delete("default")
    found = "\n".join(fingerprints.fact_5_fingerprints())
    assert "ZM-X was never written" in found and f"{old} was written and is gone" in found


@pytest.mark.parametrize("fault", ["both checksums", "workbook", "membership", "maker"])
def test_a_payroll_file_changed_with_its_checksums_is_found(books, fault):
    batch = PayrollBatch.objects.get()
    if fault == "both checksums":
        content = bytes(batch.csv).replace("王丽".encode(), "方磊".encode())
        plain(PayrollBatch).update(csv=content, csv_checksum=fingerprints.hashlib.sha256(content).hexdigest())
    if fault == "workbook":
        plain(PayrollBatch).update(xlsx=b"PK", xlsx_checksum=fingerprints.hashlib.sha256(b"PK").hexdigest())
    if fault == "membership":
        other = LedgerLine.objects.filter(payroll_line=None).first()
        plain(PayrollLine).filter(pk=PayrollLine.objects.first().pk).update(line=other)
    if fault == "maker":
        plain(PayrollBatch).update(made_by=books.members[0])
    assert "payroll batch GZ-2611-01 is not what was written" in list(fingerprints.fact_5_fingerprints())


@pytest.mark.parametrize(
    "change", [{"body": "另一份决定"}, {"title": "x"}, {"number": "x"}, {"kind": "certificate"}]
)
def test_a_served_document_changed_by_hand_is_found(books, change):
    letter = Notice.objects.order_by("pk").first()
    Notice.objects.filter(pk=letter.pk).update(**change)
    assert len(list(fingerprints.fact_5_fingerprints())) == 1


def test_how_a_letter_arrived_is_no_change_of_it(books):
    letter = Notice.objects.to_serve().first()
    services.record_service(
        letter, how="paper", served_on=at(2026, 11, 6).date(), note="", by=books.hr, at=at(2026, 12, 2)
    )
    assert list(fingerprints.fact_5_fingerprints()) == []


@pytest.fixture
def guarded(books):
    """As the migration leaves the tables; undone with the test's transaction."""
    assert guards.missing()
    guards.install(connection)
    assert guards.missing() == []
    return books


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incentives_ledgerline SET amount = 9",
        "DELETE FROM incentives_ledgerline",
        "UPDATE incentives_payrollbatch SET total_fen = 1",
        "DELETE FROM incentives_payrollbatch",
        "UPDATE incentives_payrollline SET line_id = 0",
        "DELETE FROM incentives_payrollline",
    ],
)
def test_the_database_refuses_to_change_the_books(guarded, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert list(fingerprints.fact_5_fingerprints()) == []


def test_guarded_books_take_new_lines_files_and_reversals(guarded):
    decision = guarded.posted_with(points(3), BONUS, month="2026-11")
    services.make_payroll(guarded.company, month="2026-11", by=guarded.hr, at=at(2026, 12, 20))
    decision.refresh_from_db()
    services.reverse(decision, reason="申诉成立", by=guarded.members[0], at=at(2026, 12, 21))
    assert list(fingerprints.fact_5_fingerprints()) == []
