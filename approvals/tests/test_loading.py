import pytest

from approvals.loading import checked, load_committees
from approvals.models import Committee
from audit.models import AuditRow
from policies.models import Document, Version
from tests.factories import at

ROW = {
    "code": "group",
    "name": "客户满意度管理小组",
    "quorum_bp": 6667,
    "approve_bp": 5000,
    "one_reject_ends": False,
    "one_return_ends": True,
    "is_blind": True,
    "voting_days": 3,
}


@pytest.fixture
def version(company):
    document = Document.objects.create(company=company, code="rewards", number="QH-01", title="办法")
    return Version.objects.create(document=document, company=company, label="1.0", effective_from=at().date())


def test_loading_twice_changes_nothing(company, version):
    for _time in range(2):
        load_committees({"committees": [ROW]}, version, company, at())
    assert Committee.objects.get().voting_days == 3
    assert AuditRow.objects.count() == 1


def test_a_changed_number_is_taken_over_and_recorded(company, version):
    load_committees({"committees": [ROW]}, version, company, at())
    load_committees({"committees": [ROW | {"voting_days": 5}]}, version, company, at())
    assert Committee.objects.get().voting_days == 5
    assert AuditRow.objects.order_by("pk").last().data == {"fields": ["voting_days"]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"quorum_bp": 10_001}, "quorum_bp"),
        ({"approve_bp": 10_000}, "approve_bp"),
        ({"approve_bp": -1}, "approve_bp"),
        ({"voting_days": 0}, "voting_days"),
    ],
)
def test_impossible_numbers_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        checked(ROW | change)


def test_a_missing_number_is_named():
    with pytest.raises(ValueError, match="group: missing quorum_bp"):
        checked({name: value for name, value in ROW.items() if name != "quorum_bp"})
