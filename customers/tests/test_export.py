"""The list as a table: masked unless a reason is written; logged, and on every file that was in it (CC-4.4)."""

import pytest
from django.urls import reverse

from audit.models import AuditRow
from core.excel import read_table
from customers import services
from customers.models import Disclosure, Export
from customers.tests.build import give_policy, make_home, merge
from tests import factories
from tests.factories import at

PHONE = "13812340001"


@pytest.fixture
def lin(company):
    give_policy(company)
    customer = factories.make_customer(company, name="林女士", phone=PHONE, email="lin@example.com")
    services.add_contact(customer, kind="wechat", value="=cmd|lin", by=None, at=at())
    services.record_need(customer, home_type="flat", area_from=90, by=None, at=at())
    make_home(customer, unit="3-1-1202")
    return customer


@pytest.fixture
def liu(company, client):
    user = factories.user_with(company, "customers.view", "customers.export", "customers.unmask")
    client.force_login(user)
    return user


def rows(answer):
    return read_table(b"".join(answer.streaming_content))


def test_the_masked_table_holds_no_personal_data(lin, liu, client):
    answer = client.post(reverse("customers_export"), {"cover": "masked"})
    table = rows(answer)
    assert len(table.header) == 9
    (line,) = [cells for _number, cells in table.rows]
    assert line[:4] == [lin.number, "林**", "138****0001", "l***@example.com"]
    assert "准业主" in line
    assert not {PHONE, "林女士", "3-1-1202"} & set(map(str, line))
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_table_as_it_is_needs_a_reason(lin, liu, client):
    for reason in ("", "  ", "ok"):
        answer = client.post(reverse("customers_export"), {"cover": "open", "reason": reason})
        assert answer.status_code == 409
        assert "my-error" in answer.content.decode()
    assert not Export.objects.exists()
    table = rows(client.post(reverse("customers_export"), {"cover": "open", "reason": "邮寄交房通知"}))
    (line,) = [cells for _number, cells in table.rows]
    assert {PHONE, "林女士"} <= set(line)
    assert "云栖里 3-1-1202" in line
    assert any("=cmd|lin" in cell and not cell.startswith("=") for cell in line)


def test_who_may_not_unmask_one_person_exports_nobody_unmasked(lin, company, client):
    client.force_login(factories.user_with(company, "customers.view", "customers.export"))
    page = client.get(reverse("customers_export")).content.decode()
    assert 'value="masked"' in page and 'value="open"' not in page and 'name="reason"' not in page
    answer = client.post(reverse("customers_export"), {"cover": "open", "reason": "邮寄交房通知"})
    assert answer.status_code == 422 and not Export.objects.exists()
    table = rows(client.post(reverse("customers_export"), {"cover": "masked"}))
    assert PHONE not in str(table.rows)


def test_each_export_is_logged_and_stands_on_the_file(lin, liu, client):
    other = factories.make_customer(lin.company, name="周先生", is_prospect=True)
    client.post(reverse("customers_export"), {"cover": "masked"})
    client.post(f"{reverse('customers_export')}?q={lin.number}", {"cover": "open", "reason": "邮寄交房通知"})
    masked, as_it_is = Export.objects.order_by("pk")
    assert [(one.is_unmasked, one.count, one.by) for one in (masked, as_it_is)] == [
        (False, 2, liu),
        (True, 1, liu),
    ]
    assert set(Disclosure.objects.values_list("customer", "export")) == {
        (lin.pk, masked.pk), (other.pk, masked.pk), (lin.pk, as_it_is.pk),
    }  # fmt: skip
    trails = AuditRow.objects.filter(verb="customers.export.taken").order_by("pk")
    assert [row.data for row in trails] == [{"count": 2, "unmasked": False}, {"count": 1, "unmasked": True}]
    text = client.get(reverse("customer", args=[lin.pk])).content.decode()
    assert "邮寄交房通知" in text
    assert "完整导出" in text
    assert "脱敏导出" in text


def test_the_table_has_one_line_a_person(lin, liu, client):
    twin = factories.make_customer(lin.company, name="林小雨")
    make_home(twin, unit="9-9-909")
    merge(lin, twin)
    services.erase(factories.make_customer(lin.company), reason="request", by=None, at=at())
    table = rows(client.post(reverse("customers_export"), {"cover": "open", "reason": "邮寄交房通知"}))
    (line,) = [cells for _number, cells in table.rows]
    assert line[6] == "2"
    assert any("9-9-909" in cell for cell in line)


def test_an_empty_choice_is_no_table(lin, liu, client):
    answer = client.post(f"{reverse('customers_export')}?q=nobody", {"cover": "masked"})
    assert answer.status_code == 409
    assert not Export.objects.exists()


def test_exporting_by_get_or_without_the_verb_is_not_possible(lin, company, client):
    client.force_login(factories.user_with(company, "customers.view", "customers.export"))
    assert (
        client.get(reverse("customers_export"), {"cover": "masked"})
        .headers["Content-Type"]
        .startswith("text/html")
    )
    client.force_login(factories.user_with(company, "customers.view", "customers.unmask"))
    assert client.post(reverse("customers_export"), {"cover": "masked"}).status_code == 403
    assert not Export.objects.exists()


def test_many_lines_need_few_queries(lin, liu, client, django_assert_max_num_queries):
    for number in range(120):
        factories.make_customer(lin.company, name=f"客户{number}")
    with django_assert_max_num_queries(40):
        answer = client.post(reverse("customers_export"), {"cover": "open", "reason": "邮寄交房通知"})
    assert len(rows(answer).rows) == 121


def test_of_a_masked_table_no_reason_is_kept(lin, liu):
    """Words typed before the choice was changed back could name somebody."""
    services.record_export(lin.company, ids=[lin.pk], reason="给林女士邮寄", by=liu, at=at())
    assert (Export.objects.get().reason, Disclosure.objects.get().reason) == ("", "")
