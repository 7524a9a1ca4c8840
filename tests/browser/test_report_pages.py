"""Report, dashboard, own page and evidence chain as a person sees them: drawn charts, tables, no sideways scrolling."""

import pytest

from reports.models import MonthlyReport
from reports.tests.cast import Cast
from scoring.models import Score, SubjectKind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(company, live_server):
    made = Cast(company)
    made.close("2026-09")
    made.close("2026-10")
    return made


def is_drawn(page, chart):
    """The canvas has ink on it."""
    return page.evaluate(
        """name => {
            const canvas = document.querySelector(`[data-chart=${name}] canvas`);
            if (!canvas) return false;
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            return pixels.some(value => value > 0);
        }""",
        chart,
    )


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_customer_service_completes_and_submits_the_report(browser_page, login, cast):
    page = browser_page
    login(page, cast.writer)
    page.goto("/reports/2026-10/")
    assert page.locator("h1").inner_text().startswith("总体 80.2%，明确低于目标")
    assert is_drawn(page, "trend")
    page.get_by_role("link", name="补充文字与意见").click()
    page.locator("textarea").fill("等待太久，正在加派人手。")
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_selector("text=已保存，报告仍是草稿")
    page.get_by_role("button", name="提交管理小组").click()
    page.wait_for_selector("text=已提交管理小组")
    assert page.get_by_text("等待太久，正在加派人手。").is_visible()
    assert MonthlyReport.objects.get(period="2026-10").state == "submitted"


@pytest.mark.clause("DC-4")
def test_the_trend_says_the_same_as_a_table(browser_page, login, cast):
    login(browser_page, cast.head)
    browser_page.goto("/dashboard/")
    assert browser_page.locator("h1").inner_text() == "再多 8 位客户满意，就到目标 90%"
    assert is_drawn(browser_page, "trend")
    assert is_drawn(browser_page, "funnel")
    table = browser_page.locator("figure:has([data-chart=trend]) details")
    table.locator("summary").click()
    assert "46 / 60" in table.inner_text()


@pytest.mark.layout
@pytest.mark.parametrize("width", [320, 390])
def test_all_pages_fit_a_phone(open_page, login, cast, width):
    page = open_page(width, 844)
    score = Score.objects.get(
        subject_kind=SubjectKind.EMPLOYEE, subject_id=cast.best.pk, measure="overall", period="2026-10"
    )
    for user, path in (
        (cast.writer, "/reports/2026-10/"),
        (cast.head, "/dashboard/"),
        (cast.best.user, "/my/"),
        (cast.best.user, f"/why/score/{score.pk}/"),
    ):
        login(page, user)
        page.goto(path)
        assert fits(page), path


def test_pages_say_everything_without_javascript(open_page, login, cast):
    page = open_page(java_script_enabled=False)
    login(page, cast.best.user)
    page.goto("/my/")
    assert page.locator("h1").inner_text() == "12 位客户里，12 位对您满意"
    page.get_by_role("link", name="看背后的答卷").click()
    assert page.get_by_text("12 份，隐去客户身份").is_visible()
