"""Each way of tampering with the log is found; an honest log is not accused."""

import pytest
from django.db import connection

from audit.models import AppendOnly, AuditRow, ChainHead, Seal
from audit.services import record, seal, violations
from tests.factories import at, make_company


@pytest.fixture(autouse=True)
def anchors(settings, tmp_path):
    settings.ANCHOR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def sealed(company, django_capture_on_commit_callbacks):
    """Five rows in a sealed and anchored chain."""
    for number in range(5):
        record(
            "tests.company.seen", company, by=None, at=at(), data={"number": number}, company_id=company.pk
        )
    with django_capture_on_commit_callbacks(execute=True):
        assert seal(at()) == 5
    return list(Seal.objects.order_by("seq"))


def raw(sql, *params):
    """What somebody with a database shell could do."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_an_honest_chain_verifies(sealed):
    assert list(violations()) == []


def test_sealing_again_adds_nothing(sealed):
    assert seal(at()) == 0
    assert Seal.objects.count() == 5


def test_rows_of_two_companies_have_chains_of_their_own(sealed):
    other = make_company("other", "别家")
    record("tests.company.seen", other, by=None, at=at(), company_id=other.pk)
    seal(at())
    assert sorted(Seal.objects.values_list("seq", flat=True)) == [1, 1, 2, 3, 4, 5]
    assert list(violations()) == []


def test_an_edited_row_is_found(sealed):
    raw("UPDATE audit_auditrow SET verb = 'tests.company.hidden' WHERE id = %s", sealed[2].row_id)
    assert any("was changed after sealing" in sentence for sentence in violations())


def test_a_deleted_link_is_found(sealed):
    raw("DELETE FROM audit_seal WHERE seq = 3")
    assert any("link 3 is missing" in sentence for sentence in violations())


def test_swapped_rows_are_found(sealed):
    raw("UPDATE audit_seal SET row_id = -1 WHERE seq = 2")
    raw("UPDATE audit_seal SET row_id = %s WHERE seq = 4", sealed[1].row_id)
    raw("UPDATE audit_seal SET row_id = %s WHERE seq = 2", sealed[3].row_id)
    assert list(violations())


def test_a_link_put_in_between_is_found(sealed, company):
    row = record("tests.company.forged", company, by=None, at=at(), company_id=company.pk)
    raw("UPDATE audit_seal SET seq = 6 WHERE seq = 5")
    Seal.objects.create(
        company_id=company.pk, seq=5, row=row, previous_hash=sealed[3].hash, hash="0" * 64, sealed_at=at()
    )
    assert list(violations())


def test_a_cut_tail_is_found(sealed):
    raw("DELETE FROM audit_seal WHERE seq = 5")
    assert any("tail was cut" in sentence for sentence in violations())


def test_a_tail_cut_together_with_its_head_is_found_by_the_anchor(sealed):
    raw("DELETE FROM audit_seal WHERE seq = 5")
    raw("UPDATE audit_chainhead SET seq = 4, hash = %s", sealed[3].hash)
    assert any("anchored link 5" in sentence for sentence in violations())


def test_a_chain_rewritten_from_the_start_is_found_by_the_anchor(sealed, company):
    raw("DELETE FROM audit_seal")
    raw("DELETE FROM audit_auditrow WHERE id = %s", sealed[0].row_id)
    raw("UPDATE audit_chainhead SET seq = 0, hash = ''")
    seal(at())
    assert ChainHead.objects.get(company_id=company.pk).seq == 4
    assert any("anchored link 5" in sentence for sentence in violations())


def test_the_orm_refuses_to_change_or_delete(sealed):
    row = AuditRow.objects.first()
    for attempt in (
        row.save,
        row.delete,
        AuditRow.objects.all().delete,
        lambda: AuditRow.objects.update(verb="x"),
    ):
        with pytest.raises(AppendOnly):
            attempt()


def test_an_audit_row_is_gone_when_its_transaction_fails(company, transactional_db):
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("tests.company.seen", company, by=None, at=at())
        raise ZeroDivisionError
    assert not AuditRow.objects.exists()
