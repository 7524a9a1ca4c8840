"""The staff list: dated assignments, logins, roles; all rows or none; the same file twice adds nothing."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from customers.models import Encounter
from organization.models import Assignment, Employee, Grant, Role
from tests import factories

HEADER = "工号,姓名,部门,岗位,项目,是否负责人,入职日期,离职日期,手机,邮箱,登录名,角色,生效日期"


@pytest.fixture
def house(company):
    """A company set up as a pack would."""
    factories.make_department(company)
    factories.make_department(company, "sales-2", "销售二部")
    factories.make_post(company)
    factories.make_site(company)
    for code, name, verbs in (
        ("employee", "员工", ["reports.my"]),
        ("staff", "全员", []),
        ("head", "负责人", []),
    ):
        reach = {"employee": Role.Reach.SELF, "head": Role.Reach.DEPARTMENT}.get(code, Role.Reach.COMPANY)
        Role.objects.create(company=company, code=code, name=name, reach=reach, verbs=["core.home", *verbs])
    Role.objects.create(
        company=company, code="hr", name="人事", reach=Role.Reach.COMPANY, verbs=["organization.view"]
    )
    return company


def bring_in(tmp_path, *lines, header=HEADER):
    path = tmp_path / "staff.csv"
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    call_command("import_staff", str(path), unit="qinghe")


WANG = "E01,王丽,销售一部,置业顾问,云栖里,否,2025-03-01,,13800000001,wang@example.com,wangli,,"
LI = "E02,李强,销售一部,置业顾问,,是,2024-01-02,,,,liqiang,人事,"


def test_a_new_list_makes_people_assignments_logins_and_roles(house, tmp_path):
    bring_in(tmp_path, WANG, LI)
    wang = Employee.objects.get(number="E01")
    place = wang.assignments.get()
    assert (place.department.name, place.site.name, place.starts_on) == (
        "销售一部",
        "云栖里",
        dt.date(2025, 3, 1),
    )
    assert not wang.user.has_usable_password()
    assert codes(wang) == {"employee", "staff"}
    assert codes(Employee.objects.get(number="E02")) == {"employee", "staff", "head", "hr"}


def codes(employee):
    return set(Grant.objects.filter(user=employee.user, ends_on=None).values_list("role__code", flat=True))


def test_the_same_file_twice_changes_nothing(house, tmp_path, capsys):
    bring_in(tmp_path, WANG, LI)
    before = list(Assignment.objects.values()), list(Grant.objects.values()), User.objects.count()
    capsys.readouterr()
    bring_in(tmp_path, WANG, LI)
    assert (list(Assignment.objects.values()), list(Grant.objects.values()), User.objects.count()) == before
    assert "created 0, changed 0, unchanged 2" in capsys.readouterr().out


def test_a_transfer_ends_one_assignment_and_begins_another(house, tmp_path):
    bring_in(tmp_path, WANG)
    bring_in(tmp_path, WANG.replace("销售一部", "销售二部") + "2026-10-01")
    old, new = Assignment.objects.order_by("starts_on")
    assert (old.department.name, old.ends_on) == ("销售一部", dt.date(2026, 9, 30))
    assert (new.department.name, new.starts_on, new.ends_on) == ("销售二部", dt.date(2026, 10, 1), None)


def test_a_transfer_leaves_old_encounters_where_they_were(house, tmp_path):
    bring_in(tmp_path, WANG)
    served = factories.make_encounter(Employee.objects.get(), day=dt.date(2026, 9, 12))
    bring_in(tmp_path, WANG.replace("销售一部", "销售二部") + "2026-10-01")
    assert Encounter.objects.get(pk=served.pk).department.name == "销售一部"


def test_a_transfer_without_a_day_is_refused_by_row_and_column(house, tmp_path):
    bring_in(tmp_path, WANG)
    with pytest.raises(CommandError, match="row 2, 生效日期"):
        bring_in(tmp_path, WANG.replace("销售一部", "销售二部"))
    assert Assignment.objects.count() == 1


def test_a_transfer_into_the_past_is_refused(house, tmp_path):
    bring_in(tmp_path, WANG)
    bring_in(tmp_path, WANG.replace("销售一部", "销售二部") + "2026-10-01")
    with pytest.raises(CommandError, match="生效日期"):
        bring_in(tmp_path, WANG + "2026-05-01")


def test_one_bad_row_keeps_all_rows_out_and_every_bad_cell_is_named(house, tmp_path):
    bad = "E03,赵敏,销售九部,置业顾问,,否,2025-13-01,,138,,,,"
    with pytest.raises(CommandError) as refusal:
        bring_in(tmp_path, WANG, bad)
    assert not Employee.objects.exists()
    assert "row 3, 入职日期" in str(refusal.value)
    assert "row 3, 手机" in str(refusal.value)


def test_names_that_are_not_set_up_are_refused_with_the_known_ones(house, tmp_path):
    with pytest.raises(CommandError, match="row 2, 部门: .*销售一部、销售二部"):
        bring_in(tmp_path, WANG.replace("销售一部", "销售九部"))


def test_the_same_number_twice_is_refused(house, tmp_path):
    with pytest.raises(CommandError, match="row 3, 工号"):
        bring_in(tmp_path, WANG, WANG.replace("wangli", "wangli2"))


def test_a_login_that_belongs_to_somebody_else_is_refused(house, tmp_path):
    factories.make_user("wangli")
    with pytest.raises(CommandError, match="row 2, 登录名"):
        bring_in(tmp_path, WANG)


def test_leaving_ends_assignment_roles_and_login(house, tmp_path):
    bring_in(tmp_path, WANG)
    gone = WANG.replace("2025-03-01,,", "2025-03-01,2026-06-30,")
    bring_in(tmp_path, gone)
    employee = Employee.objects.get()
    assert employee.assignments.get().ends_on == employee.left_on == dt.date(2026, 6, 30)
    assert codes(employee) == set()
    assert not employee.user.is_active


def test_who_heads_nothing_any_more_loses_the_heads_role_from_that_day(house, tmp_path):
    bring_in(tmp_path, LI)
    bring_in(tmp_path, LI.replace(",是,", ",否,") + "2026-10-01")
    assert "head" not in codes(Employee.objects.get())
    assert Grant.objects.get(role__code="head").ends_on == dt.date(2026, 9, 30)


def test_a_missing_column_is_named(house, tmp_path):
    with pytest.raises(CommandError, match="岗位"):
        bring_in(tmp_path, "E01,王丽,销售一部,2025-03-01", header="工号,姓名,部门,入职日期")


def test_headers_may_be_english(house, tmp_path):
    header = "number,name,department,post,joined_on"
    bring_in(tmp_path, "E01,王丽,销售一部,置业顾问,2025/3/1", header=header)
    assert Employee.objects.get().joined_on == dt.date(2025, 3, 1)


def test_an_unknown_company_is_refused(db, tmp_path):
    with pytest.raises(CommandError, match="no company"):
        bring_in(tmp_path, WANG)
