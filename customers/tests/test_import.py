"""Customers with homes, and service encounters: row-by-row errors, all or none, twice adds nothing."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from customers.models import Consent, Contact, Customer, Encounter, Need, Preference, Purchase
from customers.selectors import timeline_of
from customers.tests.build import give_policy, merge
from tests import factories

HEADER = "客户编号,姓名,手机,邮箱,语言,是否意向客户,可否调查,项目,房号,签约日期,交付日期"
LIN = "C1,林女士,13800000001,lin@example.com,中文,,是,云栖里,3-1-1202,2026-03-18,2026-09-30"
LIN_AGAIN = "C1,林女士,13800000001,lin@example.com,中文,,是,云栖里,3-1-1203,2026-04-18,"
ZHOU = "C2,周先生,,,,,,,,,"
SERVED = "服务编号,客户编号,工号,项目,服务类型,服务日期"


@pytest.fixture
def house(company):
    factories.make_site(company)
    return company


def bring_in(tmp_path, kind, header, *lines):
    path = tmp_path / "table.csv"
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    call_command(f"import_{kind}", str(path), unit="qinghe")


def customers(tmp_path, *lines):
    bring_in(tmp_path, "customers", HEADER, *lines)


def test_a_customer_with_two_homes_is_one_file(house, tmp_path):
    customers(tmp_path, LIN, LIN_AGAIN, ZHOU)
    lin, zhou = Customer.objects.order_by("number")
    assert lin.purchases.count() == 2
    assert (lin.is_prospect, zhou.is_prospect) == (False, True)
    assert lin.history.count() == 1


def test_the_same_customers_twice_add_nothing(house, tmp_path, capsys):
    customers(tmp_path, LIN, LIN_AGAIN, ZHOU)
    before = list(Customer.objects.values()), list(Purchase.objects.values()), Consent.objects.count()
    capsys.readouterr()
    customers(tmp_path, LIN, LIN_AGAIN, ZHOU)
    assert (
        list(Customer.objects.values()),
        list(Purchase.objects.values()),
        Consent.objects.count(),
    ) == before
    assert "created 0, changed 0, unchanged 3" in capsys.readouterr().out


def test_an_empty_cell_leaves_what_is_on_file(house, tmp_path):
    customers(tmp_path, LIN)
    customers(tmp_path, "C1,林女士,,,,,,,,,")
    assert Customer.objects.get().phone == "13800000001"


def test_a_refusal_to_be_surveyed_is_kept_as_consent(house, tmp_path):
    customers(tmp_path, LIN)
    customers(tmp_path, "C1,林女士,,,,,否,,,,")
    assert not Customer.objects.get().may_be_surveyed
    assert [consent.is_given for consent in Consent.objects.all()] == [True, False]


def test_rows_that_contradict_each_other_are_named(house, tmp_path):
    with pytest.raises(CommandError, match="row 3, 手机"):
        customers(tmp_path, LIN, LIN_AGAIN.replace("13800000001", "13900000002"))
    assert not Customer.objects.exists()


def test_half_a_home_is_refused_with_what_is_missing(house, tmp_path):
    with pytest.raises(CommandError, match="row 2, 签约日期"):
        customers(tmp_path, "C1,林女士,,,,,,云栖里,3-1-1202,,")


def test_a_ten_digit_mobile_is_refused_in_words(house, tmp_path):
    with pytest.raises(CommandError, match="row 2, 手机: .*11.*10"):
        customers(tmp_path, "C1,林女士,1380000000,,,,,,,,")


@pytest.fixture
def served(house, tmp_path):
    """A customer, and 王丽 who moved from 销售一部 to 销售二部 on 1 October."""
    customers(tmp_path, LIN)
    first = factories.make_department(house)
    second = factories.make_department(house, "sales-2", "销售二部")
    employee = factories.make_employee(first, site=house.sites.get())
    place = employee.assignments.get()
    place.ends_on = dt.date(2026, 9, 30)
    place.save()
    employee.assignments.create(department=second, post=place.post, starts_on=dt.date(2026, 10, 1))
    return employee


def encounters(tmp_path, *lines):
    bring_in(tmp_path, "encounters", SERVED, *lines)


def test_an_encounter_belongs_to_where_the_employee_worked_on_that_day(served, tmp_path):
    encounters(
        tmp_path, f"S1,C1,{served.number},,看房,2026-09-30", f"S2,C1,{served.number},云栖里,签约,2026-10-01"
    )
    assert [one.department.name for one in Encounter.objects.order_by("day")] == ["销售一部", "销售二部"]
    assert Encounter.objects.get(reference="S1").site.name == "云栖里"


def test_the_same_encounters_twice_add_nothing(served, tmp_path, capsys):
    line = f"S1,C1,{served.number},,看房,2026-09-30"
    encounters(tmp_path, line)
    capsys.readouterr()
    encounters(tmp_path, line)
    assert Encounter.objects.count() == 1
    assert "created 0, changed 0, unchanged 1" in capsys.readouterr().out


def test_a_recorded_encounter_is_not_changed(served, tmp_path):
    encounters(tmp_path, f"S1,C1,{served.number},,看房,2026-09-30")
    with pytest.raises(CommandError, match="row 2, 服务编号"):
        encounters(tmp_path, f"S1,C1,{served.number},,签约,2026-09-30")
    assert Encounter.objects.get().kind == "viewing"


def test_unknown_people_and_days_to_come_are_named(served, tmp_path):
    with pytest.raises(CommandError) as refusal:
        encounters(tmp_path, "S1,C9,E999999,,看房,2099-01-01")
    for column in ("客户编号", "工号", "服务日期"):
        assert f"row 2, {column}" in str(refusal.value)


def test_a_day_without_a_post_is_refused(served, tmp_path):
    with pytest.raises(CommandError, match="row 2, 服务日期"):
        encounters(tmp_path, f"S1,C1,{served.number},,看房,2020-01-01")


WIDE = "客户编号,姓名,手机,生日,备用电话,微信,地址,意向户型,意向面积,预算（万元）,购房时间,需求备注,偏好,确认新客户"
WISHES = (
    "C1,林女士,+86 138-0000-0001,1990-05-01,13900000002,linhome,云栖路 8 号,高层住宅,90-120,150-205.5,"
    "开学前,要朝南,学校：步行可达；装修风格:现代,"
)


@pytest.fixture
def ruled(house):
    give_policy(house)
    return house


def wide(tmp_path, *lines):
    bring_in(tmp_path, "customers", WIDE, *lines)


def details():
    return [list(model.objects.order_by("pk").values()) for model in (Contact, Need, Preference)]


@pytest.mark.clause("CC-3.1")
def test_contacts_needs_and_preferences_come_with_the_table(ruled, tmp_path):
    wide(tmp_path, WISHES)
    lin = Customer.objects.get()
    assert (lin.phone, lin.birthday) == ("13800000001", dt.date(1990, 5, 1))
    contacts = set(lin.contacts.values_list("kind", "value", "is_primary"))
    assert contacts == {
        ("phone", "13900000002", False), ("wechat", "linhome", True), ("address", "云栖路 8 号", True),
    }  # fmt: skip
    need = lin.needs.get()
    assert (need.home_type, need.area_from, need.area_to) == ("flat", 90, 120)
    assert (need.budget_from, need.budget_to) == (150_000_000, 205_500_000)
    assert (need.wanted_by, need.note) == ("开学前", "要朝南")
    assert list(lin.preferences.values_list("topic", "words")) == [
        ("decoration", "现代"), ("school", "步行可达"),
    ]  # fmt: skip
    assert need.history.count() == 1


def test_the_same_wishes_twice_add_nothing(ruled, tmp_path, capsys):
    wide(tmp_path, WISHES)
    before = details()
    capsys.readouterr()
    wide(tmp_path, WISHES)
    assert details() == before
    assert "created 0, changed 0, unchanged 1" in capsys.readouterr().out
    wide(tmp_path, WISHES.replace("要朝南", "要朝东"))
    assert "created 0, changed 1, unchanged 0" in capsys.readouterr().out
    assert Need.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        (("高层住宅", "城堡"), "意向户型"),
        (("90-120", "120-90"), "意向面积"),
        (("90-120", "约一百"), "意向面积"),
        (("150-205.5", "150.12345"), "预算（万元）"),
        (("学校：步行可达", "天气：晴"), "偏好"),
        (("学校：步行可达", "学校"), "偏好"),
        (("1990-05-01", "五月"), "生日"),
        (("13900000002", "1390000"), "备用电话"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_comes_in(ruled, tmp_path, wrong, column):
    with pytest.raises(CommandError, match=f"row 2, {column}"):
        wide(tmp_path, WISHES.replace(*wrong))
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("area", "ends"), [("90", (90, 90)), ("90-", (90, None)), ("-120", (None, 120)), ("90～120", (90, 120))]
)
def test_areas_may_be_open(ruled, tmp_path, area, ends):
    wide(tmp_path, f"C1,林女士,,,,,,,{area},,,,,")
    assert (Need.objects.get().area_from, Need.objects.get().area_to) == ends


def test_somebody_who_has_a_file_is_reported_by_row_and_may_be_confirmed(ruled, tmp_path):
    customers(tmp_path, LIN)
    again = "C9,林 女士,138 0000 0001,,,,,,,,,,,"
    with pytest.raises(CommandError, match="row 2, 手机: .*C1"):
        wide(tmp_path, again)
    with pytest.raises(CommandError, match="row 3, 手机: .*2"):
        wide(tmp_path, "C7,周先生,13900000007,,,,,,,,,,,", "C8,周先生,13900000007,,,,,,,,,,,")
    assert Customer.objects.count() == 1
    wide(tmp_path, f"{again}是", "C10,周先生,13800000001,,,,,,,,,,,")
    assert Customer.objects.count() == 3
    wide(tmp_path, again)


def test_what_comes_for_a_joined_file_shows_in_the_one_that_leads(ruled, tmp_path):
    customers(tmp_path, LIN, ZHOU)
    lin, zhou = Customer.objects.order_by("number")
    merge(lin, zhou)
    customers(tmp_path, "C2,周先生,,,,,,云栖里,9-9-909,2026-03-18,")
    assert any("9-9-909" in line.title for line in timeline_of(lin))
