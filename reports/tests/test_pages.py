import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.period import Period
from organization.models import Role
from reports import services
from reports.models import MonthlyReport
from reports.selectors import dashboard, mine
from reports.selectors import report as report_selectors
from reports.tests.cast import COMPLAINT, PRAISE, Cast
from scoring.models import Close, Score, SubjectKind
from scoring.selectors import close_of
from scoring.tests import world
from tests import factories
from tests.factories import at

REPORT = "/reports/2026-10/"


def get(user, path, **more):
    client = Client()
    client.force_login(user)
    return client.get(path, **more)


def text_of(response):
    return response.content.decode()


def submitted(cast):
    services.submit_report(MonthlyReport.objects.get(), by=cast.writer, at=at(2026, 11, 3))


def test_a_draft_is_seen_by_its_writer_and_by_nobody_else(october):
    assert get(october.writer, REPORT).status_code == 200
    assert get(october.reader, REPORT).status_code == 404
    assert "还不能看" in text_of(get(october.reader, REPORT))
    submitted(october)
    assert get(october.reader, REPORT).status_code == 200


def test_the_report_says_its_conclusion_and_shows_no_employee(october):
    submitted(october)
    page = text_of(get(october.reader, REPORT))
    assert "总体 80.2%，明确低于目标" in page
    assert "7,700 &lt; 8,640" in page
    assert COMPLAINT in page
    assert "讲得很细" in page
    assert not [employee.name for employee in october.team if employee.name in page]
    assert "138 0000 0001" not in page


@pytest.mark.parametrize(
    ("metric", "said"), [("top_two", "4–5 分（5 分制）"), ("basic", "基本满意以上，3–5 分（5 分制）")]
)
def test_each_page_says_which_of_the_two_measures_it_shows(company, monkeypatch, metric, said):
    monkeypatch.setitem(world.CONTENT["scoring"], "metric", metric)
    cast = Cast(company)
    cast.close()
    submitted(cast)
    shown = said.removesuffix("（5 分制）")
    assert f"满意 = {said}" in text_of(get(cast.reader, REPORT))
    assert f"总体满意（{shown}）" in text_of(get(cast.head, "/dashboard/?month=2026-10"))
    assert f"总体满意（{shown}）" in text_of(get(cast.best.user, "/my/?month=2026-10"))
    score = Score.objects.get(period="2026-10", subject_kind="company", measure="overall")
    assert f"总体满意：{said}" in text_of(get(cast.hr, f"/why/score/{score.pk}/"))


def test_the_report_reads_in_english_too(october):
    submitted(october)
    client = Client()
    client.force_login(october.reader)
    client.cookies["django_language"] = "en"
    page = text_of(client.get(REPORT))
    assert "Overall 80.2%, clearly below target" in page
    assert "Can the data be trusted?" in page


def test_the_month_switcher_leads_to_another_months_report(cast):
    assert get(cast.reader, f"{REPORT}?month=2026-09").headers["Location"] == "/reports/2026-09/"
    assert get(cast.reader, "/reports/2026Q3/").status_code == 404
    assert get(cast.reader, "/reports/nothing/").status_code == 404


@pytest.mark.parametrize(("verb", "path"), [("submit", "submit"), ("review", "review")])
def test_a_change_needs_a_post_and_its_verb(october, verb, path):
    submitted(october)
    assert get(october.writer if verb == "submit" else october.chair, f"{REPORT}{path}/").status_code == 405
    client = Client()
    client.force_login(october.reader)
    assert client.post(f"{REPORT}{path}/").status_code == 403


def test_a_submitted_report_is_not_offered_for_editing(october):
    assert get(october.writer, f"{REPORT}edit/").status_code == 200
    submitted(october)
    assert get(october.writer, f"{REPORT}edit/").status_code == 409
    assert get(october.reader, f"{REPORT}edit/").status_code == 403


def test_the_excel_file_holds_the_same_counts(cast):
    import io

    from openpyxl import load_workbook

    cast.close()
    submitted(cast)
    book = load_workbook(io.BytesIO(get(cast.reader, f"{REPORT}excel/").content))
    assert [cell.value for cell in book["维度"][2]][:3] == ["青禾房产销售", 77, 96]
    assert book["部门"]["A2"].value == "销售一部"


def test_a_head_sees_the_own_department_and_no_other(october):
    page = get(october.head, "/dashboard/")
    assert page.status_code == 200
    assert "再多 8 位客户满意，就到目标 90%" in text_of(page)
    assert get(october.head, f"/dashboard/?department={october.second.pk}").status_code == 404
    assert get(october.other_head, f"/dashboard/?department={october.second.pk}").status_code == 200
    assert get(october.hr, f"/dashboard/?department={october.second.pk}").status_code == 200
    assert get(october.reader, "/dashboard/").status_code == 403


def test_the_funnel_names_nobody_of_another_department(cast):
    cast.close_three()
    page = text_of(get(cast.other_head, "/dashboard/"))
    assert "罗敏" in page
    assert not [name for name in ("王丽", "方磊", "沈佳", "周婷", "许诺") if name in page]
    own = text_of(get(cast.head, "/dashboard/"))
    assert '"name": "\\u65b9\\u78ca"' in own  # 方磊 is outside the limits
    assert '"name": "\\u6c88\\u4f73"' not in own  # 沈佳 is not


def test_comments_reach_a_head_without_names(october):
    page = text_of(get(october.head, "/dashboard/comments/"))
    assert COMPLAINT in page
    assert PRAISE not in page
    assert "（某同事）讲得很细" in page


def few_answers(cast):
    cast.close(satisfied=(7, 1, 5, 5, 5, 5, 5, 5), total=7)


def test_too_few_answers_are_hidden_from_the_employee_words_included(cast):
    few_answers(cast)
    page = text_of(get(cast.worst.user, "/my/"))
    assert "答卷不够" in page
    assert "1 / 7" not in page
    assert COMPLAINT not in page
    assert COMPLAINT not in text_of(get(cast.worst.user, "/my/comments/"))
    score = Score.objects.get(subject_kind=SubjectKind.EMPLOYEE, subject_id=cast.worst.pk, measure="overall")
    why = text_of(get(cast.worst.user, f"/why/score/{score.pk}/"))
    assert "为保护客户，暂不显示" in why
    assert COMPLAINT not in why


def test_too_few_answers_of_a_department_are_hidden_from_its_head(cast):
    cast.close(satisfied=(2, 1, 1, 1, 1, 1, 1, 1), total=3)
    page = text_of(get(cast.other_head, "/dashboard/"))
    assert "答卷不够" in page
    assert "3 / 9" not in page
    assert "暂不显示" in page


def test_an_employee_sees_the_own_month_with_rank_and_doubt(october):
    page = text_of(get(october.best.user, "/my/"))
    assert "12 位客户里，12 位对您满意" in page
    assert "同组 8 人中第" in page
    assert "已连续 1 个月名列前茅" in page
    assert "不可区分" in page
    assert "方磊" not in page


def test_own_scores_open_and_those_of_others_do_not(october):
    own = Score.objects.get(subject_kind=SubjectKind.EMPLOYEE, subject_id=october.best.pk, measure="overall")
    assert "12 份有效，12 份满意" in text_of(get(october.best.user, f"/why/score/{own.pk}/"))
    assert get(october.worst.user, f"/why/score/{own.pk}/").status_code == 404
    assert get(october.head, f"/why/score/{own.pk}/").status_code == 200
    assert get(october.other_head, f"/why/score/{own.pk}/").status_code == 404


def test_my_page_belongs_to_employees_with_the_verb(cast):
    assert get(cast.chair, "/my/").status_code == 403
    stranger = factories.user_with(cast.company, "reports.my", reach=Role.Reach.SELF)
    assert get(stranger, "/my/").status_code == 404


def queries(action):
    with CaptureQueriesContext(connection) as seen:
        action()
    return len(seen)


def test_the_report_page_reads_result_rows_in_few_statements_however_many_answers(october):
    report = report_selectors.report_of(october.writer, october.company, Period.parse("2026-10"))
    few = queries(lambda: report_selectors.page_of(report))
    for number in range(12):
        make_department_score(october, number)
    assert queries(lambda: report_selectors.page_of(report)) == few
    assert few <= 12


def make_department_score(cast, number):
    department = factories.make_department(cast.company, f"more-{number}", f"分部 {number}")
    score = Score.objects.get(subject_kind=SubjectKind.COMPANY, measure="overall")
    score.pk, score.subject_kind, score.subject_id = None, SubjectKind.DEPARTMENT, department.pk
    score.save()


def test_dashboard_and_own_page_need_a_constant_number_of_statements(cast):
    cast.close("2026-09")
    cast.close("2026-10")
    month = Period.parse("2026-10")
    close = close_of(cast.company, month)
    small = queries(lambda: dashboard.page_of(cast.second, month, close))
    assert queries(lambda: dashboard.page_of(cast.first, month, close)) == small
    assert small <= 20
    mine_now = queries(lambda: mine.page_of(cast.best, month, close, at=at(2026, 11, 4)))
    assert queries(lambda: mine.page_of(cast.worst, month, close, at=at(2026, 11, 4))) <= mine_now
    assert mine_now <= 32


def test_looking_at_pages_writes_nothing(october):
    before = Close.objects.values().get(kind="month")
    for user, path in ((october.writer, REPORT), (october.head, "/dashboard/"), (october.best.user, "/my/")):
        get(user, path)
        with CaptureQueriesContext(connection) as seen:
            get(user, path)
        writes = [
            one["sql"] for one in seen if one["sql"].lstrip().startswith(("INSERT", "UPDATE", "DELETE"))
        ]
        assert [sql for sql in writes if "session" not in sql and "accounts_user" not in sql] == []
    assert Close.objects.values().get(kind="month") == before


def test_the_dashboard_opens_on_a_department_that_was_answered_about(october):
    empty = factories.make_department(october.company, "archive", "档案室")
    page = text_of(get(october.hr, "/dashboard/?month=2026-10"))
    assert "销售一部 2026年10月" in page
    assert f'<option value="{empty.pk}">档案室' in page
    assert "档案室 2026年10月" in text_of(get(october.hr, f"/dashboard/?month=2026-10&department={empty.pk}"))
