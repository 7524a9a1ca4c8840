"""Customer files as customer service works with them: corrected, joined, read on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers import services
from customers.models import Consent, Customer
from customers.tests.build import give_policy, make_home
from notifications.forms import sentences
from notifications.models import Robot
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db(transaction=True)
VERBS = ("view", "edit", "merge", "export", "erase", "unmask", "import")


@pytest.fixture
def clerk(company, live_server):
    give_policy(company)
    return factories.user_with(company, *(f"customers.{verb}" for verb in VERBS), "notifications.manage")


@pytest.fixture
def lin(company, clerk):
    customer = factories.make_customer(company, name="林女士", phone="13812340001", email="lin@example.com")
    make_home(customer, unit="3-1-1202")
    return customer


@pytest.fixture
def twin(company, clerk, lin):
    """A second file of the same person, with things of its own."""
    customer = factories.make_customer(
        company, name="林女士", phone="13812340001", email="second@example.com"
    )
    make_home(customer, unit="5-2-301")
    services.withdraw_consent(customer, purpose=Consent.Purpose.SURVEYS, source="来电", by=clerk, at=at())
    services.record_need(customer, by=clerk, at=at(), area_from=90, area_to=120)
    return customer


def test_a_wrong_number_is_said_beside_its_field_and_the_right_one_is_kept(browser_page, login, clerk, lin):
    page = browser_page
    login(page, clerk)
    page.goto(reverse("customer", args=[lin.pk]))
    page.get_by_role("link", name="基本资料").click()
    assert "13812340001" not in page.content()
    page.get_by_label("姓名").fill("林敏")
    page.get_by_label("电话", exact=True).fill("1391234")
    page.get_by_role("button", name="保存基本资料").click()
    wrong = page.get_by_label("电话", exact=True)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"#{wrong.get_attribute('aria-describedby')}")).to_contain_text("位")
    expect(wrong).to_have_value("1391234")
    expect(page.get_by_label("姓名")).to_have_value("林敏")
    wrong.fill("13912345678")
    page.get_by_role("button", name="保存基本资料").click()
    expect(page.get_by_text("基本资料已更新")).to_be_visible()
    expect(page.get_by_text("139****5678")).to_be_visible()
    lin.refresh_from_db()
    assert (lin.name, lin.phone, lin.email) == ("林敏", "13912345678", "lin@example.com")


def timeline(page):
    return page.locator(".my-timeline").inner_text()


def test_two_files_are_joined_and_nothing_is_lost(browser_page, login, clerk, lin, twin):
    page = browser_page
    login(page, clerk)
    page.goto(reverse("customers_duplicates"))
    expect(page.get_by_role("heading", level=1)).to_have_text("1 对档案可能是同一个人")
    page.get_by_role("link", name="对比").click()
    expect(page.get_by_text("两份档案对以下内容的意愿不一致：调查。合并后以拒绝为准")).to_be_visible()
    page.get_by_role("button", name="合并档案").click()
    expect(page.get_by_label("依据什么判断是同一个人？")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("依据什么判断是同一个人？").fill("核对身份证后四位一致")
    page.get_by_role("button", name="合并档案").click()
    expect(page.get_by_text("档案已合并，可在本页撤销")).to_be_visible()
    joined = timeline(page)
    for words in (
        "签约：3-1-1202",
        "签约：5-2-301",
        "不再接受调查",
        "需求：90–120 m²",
        f"档案 {twin.number}",
    ):
        assert words in joined
    expect(page.get_by_text("s***@example.com").first).to_be_visible()
    page.get_by_role("button", name="撤销合并").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(twin.number)
    assert not Customer.objects.exclude(merged_into=None).exists()
    assert "5-2-301" in timeline(page)
    assert "3-1-1202" not in timeline(page)


def fits(page):
    """Compared with the screen: a phone's window.innerWidth grows with what overflows."""
    return page.evaluate("document.documentElement.scrollWidth <= screen.width")


@pytest.mark.layout
def test_customer_and_message_pages_fit_a_phone(phone_page, login, company, clerk, lin, twin):
    page = phone_page
    login(page, clerk)
    mail = "a.rather.long.address@an-even-longer-domain.example.com"
    services.add_contact(lin, kind="email", value=mail, label="办公室", by=clerk, at=at())
    robot = Robot.objects.create(
        company=company, kind="wecom", label="客服值班群", per_minute=20, created_at=at(),
        webhook_url="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0a1b2c3d",
        kinds=[kind for kind, _sentence in sentences()],
    )  # fmt: skip
    one = ("edit", "contacts", "needs", "preferences", "homes", "consent", "merge", "erase")
    addresses = [
        *(
            reverse(name)
            for name in ("customers", "customer_new", "customers_duplicates", "customers_export")
        ),
        reverse("customer", args=[lin.pk]),
        *(reverse(f"customer_{name}", args=[lin.pk]) for name in one),
        reverse("customer_merge", args=[lin.pk]) + f"?with={twin.pk}",
        *(reverse(name) for name in ("message_settings", "outbox", "robots", "robot_new")),
        reverse("robot", args=[robot.pk]),
    ]
    for address in addresses:
        assert page.goto(address).status == 200, address
        assert fits(page), address
