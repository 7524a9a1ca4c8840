"""A company is set up: rule book, staff and customers from Excel, one file per customer, its data protected."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditRow
from core import excel
from customers.models import Customer, Encounter
from jobs import services
from jobs.models import ImportBatch, Run
from organization.models import Company, Employee, Role
from tests import factories

STAFF = ["工号", "姓名", "部门", "岗位", "是否负责人", "入职日期", "登录名", "角色"]
PEOPLE = [
    ["E01", "王丽", "销售一部", "置业顾问", "否", "2025-03-01", "wangli", ""],
    ["E02", "李强", "销售一部", "部门负责人", "是", "2024-01-02", "liqiang", ""],
]
CUSTOMERS = ["客户编号", "姓名", "手机", "邮箱", "项目", "房号", "签约日期"]
LIN = ["C1", "林女士", "13812340001", "lin@example.com", "云栖里", "3-1-1202", "2026-03-18"]


@pytest.fixture
def house(db):
    call_command("load_policy", "realestate_rewards", unit="qinghe", name="青禾房产销售", verbosity=0)
    company = Company.objects.get()
    factories.make_site(company)
    return company


def sign_in(client, company, role):
    user = factories.make_user(employee=None)
    factories.grant(user, Role.objects.get(company=company, code=role))
    client.force_login(user)
    return user


def upload(client, kind, header, rows):
    """Choose the file on the page and let the worker check it."""
    file = SimpleUploadedFile("table.xlsx", excel.rows_as_xlsx(header, rows))
    answer = client.post(reverse(f"import_{kind}"), {"file": file})
    work()
    return answer.url


def work():
    for run in Run.objects.due(timezone.now()):
        services.run_now(run.pk)


def confirm(client, url):
    client.post(f"{url}confirm/")
    work()


def text(client, url):
    return client.get(url).content.decode()


@pytest.mark.clause("RE-1")
def test_hr_brings_all_staff_in_from_excel_with_preview_and_confirmation(house, client):
    sign_in(client, house, "hr")
    url = upload(client, "staff", STAFF, PEOPLE)
    assert "2 行都可以导入" in text(client, url)
    assert not Employee.objects.exists()
    confirm(client, url)
    assert "新增 2 行" in text(client, url)
    assert "王丽" in text(client, reverse("staff"))
    roles = set(Employee.objects.get(number="E02").user.grants.values_list("role__code", flat=True))
    assert roles == {"employee", "staff", "head"}


def test_bad_rows_are_named_in_chinese_and_nothing_gets_in(house, client):
    sign_in(client, house, "hr")
    bad = [PEOPLE[0], ["E02", "", "销售一部", "部门负责人", "也许", "昨天", "", ""]]
    page = text(client, upload(client, "staff", STAFF, bad))
    assert "没有导入：2 行里有 1 行要改" in page
    assert all(column in page for column in ("姓名", "是否负责人", "入职日期"))
    assert "请按年-月-日填写" in page
    assert not Employee.objects.exists()


def test_a_file_imported_twice_adds_nothing(house, client):
    sign_in(client, house, "hr")
    for _time in range(2):
        confirm(client, upload(client, "staff", STAFF, PEOPLE))
    newest, first = ImportBatch.objects.all()
    assert first.result == {"created": 2, "changed": 0, "unchanged": 0}
    assert newest.result == {"created": 0, "changed": 0, "unchanged": 2}


def test_every_customer_has_one_file_with_one_timeline(house, client):
    sign_in(client, house, "hr")
    confirm(client, upload(client, "staff", STAFF, PEOPLE))
    sign_in(client, house, "service")
    confirm(client, upload(client, "customers", CUSTOMERS, [LIN, [*LIN[:5], "3-1-1203", "2026-04-01"]]))
    served = [["S1", "C1", "E01", "云栖里", "看房", "2026-02-01"]]
    header = ["服务编号", "客户编号", "工号", "项目", "服务类型", "服务日期"]
    confirm(client, upload(client, "encounters", header, served))
    assert Encounter.objects.get().department.name == "销售一部"
    page = text(client, reverse("customer", args=[Customer.objects.get().pk]))
    places = [page.index(words) for words in ("签约：3-1-1203", "签约：3-1-1202", "看房")]
    assert places == sorted(places)


def test_personal_data_is_masked_and_each_look_is_logged(house, client):
    user = sign_in(client, house, "service")
    confirm(client, upload(client, "customers", CUSTOMERS, [LIN]))
    customer = Customer.objects.get()
    for url in (reverse("customers"), reverse("customer", args=[customer.pk])):
        page = text(client, url)
        assert "138****0001" in page
        assert "13812340001" not in page
    answer = client.post(reverse("customer_unmask", args=[customer.pk]), {"reason": "客户要求回电"})
    assert "13812340001" in answer.content.decode()
    row = AuditRow.objects.get(verb="customers.customer.unmasked")
    assert (row.actor, row.object_id) == (user, customer.pk)


def test_the_uploaded_table_is_not_kept_after_the_import(house, client, django_capture_on_commit_callbacks):
    sign_in(client, house, "service")
    with django_capture_on_commit_callbacks(execute=True):
        confirm(client, upload(client, "customers", CUSTOMERS, [LIN]))
    assert not ImportBatch.objects.get().upload.file


def test_what_nobody_confirms_goes_after_a_week(house, client):
    from jobs.imports import forget_old_files

    sign_in(client, house, "service")
    upload(client, "customers", CUSTOMERS, [LIN])
    forget_old_files(timezone.now())
    assert ImportBatch.objects.get().upload.file
    forget_old_files(timezone.now() + dt.timedelta(days=8))
    assert not ImportBatch.objects.get().upload.file
