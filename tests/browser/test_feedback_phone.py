"""A customer complains on a phone, keeps number and code, follows the case, rates it; with and without JavaScript."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from complaints.models import Case, CaseFile
from complaints.services import closing, handling
from complaints.services.codes import make_code
from complaints.tests import build_public as make
from complaints.tests.build_b import CLASSES, Cast
from complaints.tracking_code import code_of

pytestmark = pytest.mark.django_db(transaction=True)
PHOTO = {"name": "取号单.png", "mimeType": "image/png", "buffer": make.png()}
TEXT = "等了一个半小时，两次问都说财务不在。"
PAYLOAD = "</textarea><script>document.title='hit'</script><img src=x onerror=\"document.title='hit'\">"


@pytest.fixture
def cast(live_server, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = Cast()
    make.factories.make_site(made.company, "yunqi", "云栖里")
    return made


def fill(page, *, phone="13800000001", text=TEXT):
    page.goto("/feedback/")
    page.get_by_label("发生了什么").fill(text)
    page.get_by_label("您的手机").fill(phone)


def answer(case, cast, text="已给您办好退款，并向您致歉。"):
    """From triage to the answer, by the shortest lawful way: nobody is named and the class is simple."""
    at, by = timezone.now(), cast.handler.user
    chosen = CLASSES | {"class_code": "simple", "department": cast.service, "handler": cast.handler}
    handling.accept(case, by=by, at=at, **chosen)
    closing.answer(Case.objects.get(pk=case.pk), text=text, by=by, at=at)


def rules_broken(page):
    """What axe finds, in short. Run by a script of ours: the page's own policy allows no other."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def enter(page, case):
    page.goto("/track/")
    page.get_by_label("编号").fill(case.number)
    page.get_by_label("查询码").fill(code_of(case))
    page.get_by_role("button", name="查询").click()
    page.wait_for_url(re.compile("/track/case/"))


def test_from_the_complaint_to_the_rating(phone_page, cast):
    page = phone_page
    fill(page, phone="1385712741")
    page.get_by_label("照片或录音").set_input_files([PHOTO])
    page.get_by_role("button", name="提交投诉").click()
    page.wait_for_selector("#errors")
    assert page.evaluate("document.activeElement.id") == "errors"
    assert "请重新选择文件，浏览器没有保留：取号单.png" in page.locator("main").inner_text()
    assert page.get_by_label("发生了什么").input_value() == TEXT
    page.locator("#errors a").click()
    assert page.evaluate("document.activeElement.id") == "id_phone"
    page.get_by_label("您的手机").fill("13857127410")
    page.get_by_label("照片或录音").set_input_files([PHOTO])
    page.get_by_role("button", name="提交投诉").dblclick()
    page.wait_for_url(re.compile("/feedback/receipt/"))
    case = Case.objects.get()
    assert CaseFile.objects.count() == 1
    receipt = page.locator("main").inner_text()
    assert case.number in receipt and code_of(case) in receipt
    page.reload()
    assert code_of(case) in page.locator("main").inner_text()
    page.get_by_role("link", name="查询进度").click()
    assert "已收到" in page.locator("h1").inner_text()
    answer(case, cast)
    page.reload()
    assert page.locator("h1").inner_text() == "已答复您，请您评价"
    assert "已给您办好退款" in page.locator("main").inner_text()
    page.get_by_role("button", name="5 很满意").click()
    page.wait_for_selector("text=谢谢，评价已记录")
    assert Case.objects.get().rating == 5
    page.get_by_role("button", name="退出查询").click()
    page.goto("/track/case/")
    assert page.url.endswith("/track/")


def test_it_works_without_javascript(open_page, cast):
    page = open_page(390, 844, java_script_enabled=False)
    fill(page)
    page.get_by_role("button", name="提交投诉").click()
    page.get_by_role("link", name="查询进度").click()
    page.get_by_text("补充照片或说明").click()
    page.get_by_label("您想说的").fill("还有一件事")
    page.get_by_role("button", name="提交补充").click()
    assert "还有一件事" in page.locator("main").inner_text()
    answer(Case.objects.get(), cast)
    page.goto("/track/case/")
    page.get_by_role("button", name="1 很不满意").click()
    assert Case.objects.get().rating == 1


def test_anonymous_needs_no_contact_and_the_fields_go_away(phone_page, cast):
    page = phone_page
    page.goto("/feedback/?kind=praise")
    page.get_by_label("发生了什么").fill("接待耐心")
    page.get_by_role("radio", name=re.compile("^匿名")).check(force=True)
    assert not page.get_by_label("您的手机").is_visible()
    page.get_by_role("button", name="提交表扬").click()
    page.wait_for_url(re.compile("/feedback/receipt/"))
    assert "匿名提交" in page.locator("main").inner_text()
    assert Case.objects.get().is_anonymous


@pytest.mark.layout
def test_pages_follow_the_rules_of_accessibility(phone_page, cast):
    page, broken = phone_page, {}
    fill(page, phone="1")
    broken["form"] = rules_broken(page)
    page.get_by_role("button", name="提交投诉").click()
    page.wait_for_selector("#errors")
    broken["form with errors"] = rules_broken(page)
    fill(page)
    page.get_by_role("button", name="提交投诉").click()
    page.wait_for_url(re.compile("/feedback/receipt/"))
    broken["receipt"] = rules_broken(page)
    case = Case.objects.get()
    page.goto("/feedback/privacy/")
    broken["privacy"] = rules_broken(page)
    page.goto(f"/track/?number={case.number}")
    broken["track"] = rules_broken(page)
    page.goto("/track/case/")
    broken["case"] = rules_broken(page)
    page.goto("/track/case/supervisor/")
    broken["supervisor"] = rules_broken(page)
    answer(case, cast)
    page.goto("/track/case/")
    broken["answered"] = rules_broken(page)
    page.goto("/f/nothing/")
    broken["dead code"] = rules_broken(page)
    assert {name: found for name, found in broken.items() if found} == {}


@pytest.mark.layout
@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_buttons_are_large_enough_and_nothing_runs_off_the_side(open_page, cast, width, language):
    page = open_page(width, 700)
    case = cast.receive(text=PAYLOAD + "很长的字" * 40 + "x" * 300)
    answer(case, cast, text="y" * 300)
    enter(page, case)
    for address in (f"/track/case/?lang={language}", f"/feedback/?lang={language}"):
        page.goto(address)
        small = page.evaluate(
            "[...document.querySelectorAll('button, .btn, .tap, summary, .choice label, input[type=text], select,"
            " textarea, input[type=file]')].filter(e => !e.closest('.hidden') && e.getClientRects().length)"
            ".map(e => [e.textContent.trim().slice(0, 20) || e.name, e.getBoundingClientRect().height])"
            ".filter(pair => pair[1] < 44)"
        )
        assert small == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_large_letters_keep_everything_on_the_page(open_page, cast):
    page = open_page(320, 700)
    enter(page, cast.receive())
    for address in ("/feedback/?lang=en", "/track/case/?lang=en", "/feedback/privacy/?lang=en"):
        page.goto(address)
        page.evaluate(
            """() => {
                const all = [...document.querySelectorAll("body *")];
                const sizes = all.map(one => parseFloat(getComputedStyle(one).fontSize));
                all.forEach((one, place) => { one.style.fontSize = `${sizes[place] * 1.3}px`; });
            }"""
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_words_of_customers_never_run(phone_page, cast):
    page = phone_page
    fill(page, text=PAYLOAD)
    page.get_by_role("textbox", name="涉及的人员").fill(PAYLOAD[:100])
    page.get_by_label("您的姓名").fill("<b onmouseover=alert(1)>林")
    page.get_by_role("button", name="提交投诉").click()
    page.wait_for_url(re.compile("/feedback/receipt/"))
    page.goto("/track/case/")
    page.get_by_text("您提交的内容").click()
    assert PAYLOAD[:20] in page.locator("main").inner_text()
    answer(Case.objects.get(), cast, text=PAYLOAD)
    page.goto("/track/case/")
    assert "hit" not in page.title() and page.locator("img").count() == 0


def test_a_poster_opens_the_form_about_a_person(phone_page, cast):
    code = make_code(
        cast.company, site=None, employee=cast.seller, label="", by=cast.handler.user, at=timezone.now()
    )
    page = phone_page
    page.goto(f"/f/{code.code}/")
    assert "关于：王丽" in page.locator("main").inner_text()
    page.get_by_label("发生了什么").fill(TEXT)
    page.get_by_label("您的手机").fill("13800000001")
    page.get_by_role("button", name="提交投诉").click()
    page.wait_for_url(re.compile("/feedback/receipt/"))
    assert Case.objects.get().allegations.get().employee == cast.seller


def test_the_first_view_weighs_little(phone_page, cast):
    sizes = []
    phone_page.on("response", lambda answer: sizes.append(len(answer.body())))
    phone_page.goto("/feedback/", wait_until="networkidle")
    assert sum(sizes) < 60_000


def test_too_large_a_file_is_named_when_it_is_chosen_and_nothing_is_sent(phone_page, cast):
    page = phone_page
    fill(page)
    page.evaluate("document.querySelector('[data-files]').dataset.each = '0.00001'")
    files = page.get_by_label("照片或录音")
    files.set_input_files([PHOTO])
    assert page.locator("[data-wrong=each]").is_visible()
    page.get_by_role("button", name="提交投诉").click()
    assert page.url.endswith("/feedback/") and not Case.objects.exists()
    files.set_input_files([])
    assert not page.locator("[data-wrong=each]").is_visible()
    said = page.locator("[data-sending]")
    assert not said.is_visible()
    page.evaluate(
        "document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())"
    )
    page.get_by_role("button", name="提交投诉").click()
    assert said.is_visible(), "while it is under way"
