"""Pages of the suggestion box: what is typed stays, who sees what, lists, figures, exports, statements counted."""

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from audit.models import AuditRow
from core.navigation import inbox_for
from core.registries import searches
from improvements.models import Suggestion
from improvements.selectors.suggestions import course_of
from improvements.services.suggestion_assessment import ask_opinion, decline_suggestion
from improvements.services.suggestion_effect import measure_effect
from improvements.tests.build_suggestions import (
    ASSESSED,
    EXPECTED,
    MEASURED,
    PROBLEM,
    PROPOSAL,
    REASON,
    SUBMITTED,
    Box,
    again,
)
from jobs.tests import samples
from organization.models import Role
from policies.models import Version
from scoring.models import Rating
from surveys.models import Answer
from tests import factories
from tests.factories import at

WORDS = {"problem": PROBLEM, "proposal": PROPOSAL, "expected": EXPECTED, "key": "form1"}


@pytest.fixture
def box(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Box()


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(ASSESSED, tick=False):
        yield


def browse(user):
    client = Client()
    client.force_login(user)
    return client


def text(response):
    return response.content.decode()


def get(user, name, *numbers, **query):
    return browse(user).get(reverse(name, args=numbers), query)


# ---- the author


def test_what_was_typed_is_still_there_after_an_error(box):
    page = browse(box.author.user).post(reverse("my_suggestion_new"), WORDS | {"expected": ""})
    assert page.status_code == 422
    assert PROBLEM in text(page) and PROPOSAL in text(page) and "请写明预期效果。" in text(page)
    short = browse(box.author.user).post(reverse("my_suggestion_new"), WORDS | {"expected": "更好"})
    assert short.status_code == 409 and "请至少写 10 个字" in text(short) and PROBLEM in text(short)
    assert not Suggestion.objects.exists()


def test_what_is_alike_is_shown_before_anything_is_sent(box):
    box.submit(by=box.cast.colleague.user)
    files = {"files": SimpleUploadedFile("前台.jpg", samples.jpeg())}
    page = browse(box.author.user).post(reverse("my_suggestion_new"), WORDS | files)
    assert page.status_code == 200 and "YG-2606-0001" in text(page) and "请重新选择文件" in text(page)
    assert PROBLEM in text(page) and "许诺" not in text(page)
    assert Suggestion.objects.count() == 1
    sent = browse(box.author.user).post(reverse("my_suggestion_new"), WORDS | {"seen": "1"})
    assert sent.status_code == 302 and Suggestion.objects.count() == 2


def test_the_same_page_sent_twice_is_one_suggestion_and_other_words_are_another(box):
    client = browse(box.author.user)
    for _time in range(2):
        assert client.post(reverse("my_suggestion_new"), WORDS | {"seen": "1"}).status_code == 302
    assert Suggestion.objects.count() == 1
    other = WORDS | {"seen": "1", "problem": "停车场晚上太暗，客户找不到车。"}
    client.post(reverse("my_suggestion_new"), other)
    assert Suggestion.objects.count() == 2


def test_without_the_section_the_page_says_what_is_missing(box):
    version = Version.objects.get()
    Version.objects.update(content={k: v for k, v in version.content.items() if k != "suggestions"})
    assert "还没有建议箱" in text(get(box.author.user, "my_suggestion_new"))
    assert "还没有建议箱" in text(get(box.author.user, "my_suggestions"))


def test_one_s_own_is_seen_on_one_s_own_page_alone(box):
    own = box.submit(by=box.hr)
    assert get(box.hr, "my_suggestion", own.pk).status_code == 200
    assert get(box.hr, "suggestion", own.pk).status_code == 404
    assert get(box.cast.colleague.user, "my_suggestion", own.pk).status_code == 404
    assert get(box.cast.colleague.user, "suggestion", own.pk).status_code == 404
    assert own.number not in text(get(box.hr, "suggestions"))
    assert own.number in text(get(box.second, "suggestions"))


def test_files_open_for_those_who_may_see_the_suggestion(box):
    found = box.submit(files=[("前台.jpg", samples.jpeg())])
    file = found.files.get()
    assert get(box.author.user, "my_suggestion_file", found.pk, file.pk).status_code == 200
    assert get(box.hr, "suggestion_file", found.pk, file.pk).status_code == 200
    assert get(box.cast.other_head.user, "suggestion_file", found.pk, file.pk).status_code == 404


def test_who_assesses_enters_one_from_paper(box):
    sent = browse(box.hr).post(reverse("suggestion_new"), WORDS | {"author": "王丽"})
    assert sent.status_code == 302
    found = Suggestion.objects.get()
    assert (found.author, found.entered_by) == (box.author, box.hr)
    nobody = browse(box.hr).post(reverse("suggestion_new"), WORDS | {"author": "没有这个人", "key": "form2"})
    assert nobody.status_code == 422 and PROBLEM in text(nobody)


# ---- the other side of the desk


def test_the_head_who_is_asked_answers_on_the_page_and_sees_nothing_else(box):
    first, other = box.submit(), box.submit(by=box.cast.colleague.user)
    opinion = ask_opinion(first, department=box.cast.other, question="行吗", by=box.hr, at=SUBMITTED)
    head = box.cast.other_head.user
    listed = text(get(head, "suggestions"))
    assert first.number in listed and other.number not in listed
    page = text(get(head, "suggestion", first.pk))
    assert "提交意见" in page and 'name="step"' not in page
    wrong = browse(head).post(reverse("suggestion_opinion", args=[first.pk, opinion.pk]), {"text": REASON})
    assert wrong.status_code == 422
    given = {"stance": "changed", "text": "赞成，但号牌要分新老客户。"}
    assert (
        browse(head).post(reverse("suggestion_opinion", args=[first.pk, opinion.pk]), given).status_code
        == 302
    )
    assert "号牌要分新老客户" in text(get(box.hr, "suggestion", first.pk))
    assert "号牌要分新老客户" not in text(get(box.author.user, "my_suggestion", first.pk))


def test_whoever_carries_it_out_sees_it_and_may_not_act_on_it(box):
    found = box.adopted()
    owner = box.cast.head.user
    page = text(get(owner, "suggestion", found.pk))
    assert found.number in page and "从这一天起施行" not in page
    refused = browse(owner).post(reverse("suggestion_implement", args=[found.pk]), {})
    assert refused.status_code == 403


def test_the_list_is_searched_filtered_and_counts_what_is_overdue(box):
    first = box.submit()
    box.declined(problem="停车场晚上太暗，客户找不到车。", proposal="入口加两盏灯，写上车位号。")
    page = get(box.hr, "suggestions", within="扫码")
    assert [one.pk for one in page.context["page"].object_list] == [first.pk]
    page = get(box.hr, "suggestions", state="declined")
    assert [one.state for one in page.context["page"].object_list] == ["declined"]
    assert {code: count for code, _label, count, _on in page.context["tabs"]}["submitted"] == 1
    none = get(box.hr, "suggestions", within="没有这个词")
    assert not none.context["page"].object_list and reverse("suggestions") in text(none)
    with time_machine.travel(first.due_at, tick=False):
        late = get(box.hr, "suggestions")
        assert late.context["late"] == 1 and "my-pill--late" in text(late)


def test_errors_of_an_assessment_stand_beside_their_fields(box):
    found = box.submit()
    page = browse(box.hr).post(
        reverse("suggestion_assess", args=[found.pk]), {"step": "adopt", "reason": REASON, "benefit": 4}
    )
    assert page.status_code == 409 and list(page.context["assess_form"].errors) == ["effort"]
    assert REASON in text(page)
    none = browse(box.hr).post(reverse("suggestion_assess", args=[found.pk]), {"reason": REASON})
    assert none.status_code == 409 and list(none.context["assess_form"].errors) == ["reason"]
    assert again(found).state == "submitted"


def test_the_export_is_the_filtered_list_and_is_logged(box):
    box.submit()
    box.declined(problem="停车场晚上太暗，客户找不到车。", proposal="入口加两盏灯，写上车位号。")
    response = browse(box.hr).get(reverse("suggestions_export"), {"format": "csv", "state": "declined"})
    rows = b"".join(response.streaming_content).decode("utf-8-sig").strip().splitlines()
    assert len(rows) == 2 and "停车场" in rows[1]
    assert get(box.hr, "suggestions_export")["Content-Type"].endswith("sheet")
    box.confirmed(by=box.cast.other_head.user, before=(31, 40), after=(37, 40))
    told = {}
    for user in (box.hr, box.cast.handler.user):
        response = browse(user).get(reverse("suggestions_export"), {"format": "csv", "state": "confirmed"})
        told[user] = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "31,40,37,40" in told[box.hr] and "31,40" not in told[box.cast.handler.user]
    logged = AuditRow.objects.filter(verb="improvements.suggestions.exported_csv").earliest("pk")
    assert logged.data == {"suggestions": 1}


def test_the_log_holds_ids_and_codes_alone(box):
    box.confirmed()
    rows = AuditRow.objects.filter(verb__startswith="improvements.")
    told = " ".join(str(row.data) + row.reason_code + row.to_state for row in rows)
    assert rows.count() >= 5
    assert not any(word in told for word in ("排队", "王丽", "扫码", REASON))


# ---- what an effect rests on, and how it goes


def test_the_answers_behind_an_effect_open_for_who_sees_surveys(box):
    found = box.measured(before=(20, 40), after=(35, 40))
    page = get(box.second, "suggestion_answers", found.pk, when="after")
    assert page.context["total"] == 40 and page.context["page"].paginator.count == 40
    assert get(box.cast.head.user, "suggestion_answers", found.pk).status_code == 403
    unmeasured = box.submit(by=box.cast.colleague.user)
    assert get(box.hr, "suggestion_answers", unmeasured.pk).status_code == 404


def test_figures_of_so_few_answers_are_hidden_from_who_does_not_see_all_scores(box):
    version = Version.objects.get()
    content = version.content | {"suggestions": version.content["suggestions"] | {"least_n": 5}}
    Version.objects.update(content=content)
    found = box.measured(before=(2, 6), after=(7, 8))
    own = text(get(box.author.user, "my_suggestion", found.pk))
    assert "答卷太少，不予显示" in own and "7 / 8" not in own
    assert "57.5" not in own and "87.5" not in own
    assert "答卷太少，不予显示" not in text(get(box.hr, "suggestion", found.pk))
    service = box.cast.handler.user
    assert "7 / 8" not in text(get(service, "suggestion", found.pk))
    assert get(service, "suggestion_answers", found.pk).status_code == 404
    assert get(box.hr, "suggestion_answers", found.pk).status_code == 200


def test_the_figures_say_how_many_how_fast_and_how_many_taken_up(box):
    empty = text(get(box.hr, "suggestion_figures"))
    assert "还没有人提建议" in empty
    box.adopted()
    box.declined(by=box.cast.colleague.user)
    box.submit(by=box.cast.other_head.user)
    course = course_of(Suggestion.objects.filter(company=box.company))
    assert (course.whole.total, course.whole.adopted.k, course.whole.judged) == (3, 1, 2)
    assert course.median_days == pytest.approx(4.0) and (course.in_time.k, course.in_time.n) == (2, 2)
    assert [(line.name, line.total, line.judged) for line in course.lines] == [
        ("销售一部", 2, 2),
        ("销售二部", 1, 0),
    ]
    page = text(get(box.hr, "suggestion_figures"))
    assert "评审过的 2 条建议中，1 条被采用" in page and "1 / 2" in page


# ---- inbox and search


def test_the_inbox_asks_those_who_may_act_and_nobody_else(box):
    def asked(user, moment):
        for name in ("_reaches", "_grants_today", "_verbs"):
            user.__dict__.pop(name, None)
        items = inbox_for(user, box.company, moment)
        return [item.action for item in items if "suggestion" in item.kind]

    with translation.override("en"):
        found = box.submit()
        assert asked(box.hr, ASSESSED) == ["Assess it"]
        assert asked(box.author.user, ASSESSED) == []
        ask_opinion(found, department=box.cast.other, question="", by=box.hr, at=ASSESSED)
        assert asked(box.cast.other_head.user, ASSESSED) == ["Give your opinion"]
        decline_suggestion(found, reason="去年试过，客户觉得更麻烦。", by=box.hr, at=ASSESSED)
        assert asked(box.author.user, ASSESSED) == ["Read why"] and asked(box.hr, ASSESSED) == []
        planned = box.implemented(suggestion=box.adopted(by=box.cast.colleague.user))
        assert asked(box.hr, at(2026, 8, 29)) == [] and asked(box.hr, MEASURED) == ["Measure the effect"]
        box.before(120, 200)
        box.after(170, 200)
        measure_effect(planned, by=box.hr, at=MEASURED)
        assert asked(box.hr, MEASURED) == [] and asked(box.second, MEASURED) == ["Confirm the effect"]


def test_the_search_finds_what_the_reader_may_see(box):
    found = box.submit()
    search = searches["improvements.suggestions"]
    assert [hit.url for hit in search(box.author.user, box.company, "扫码")] == [found.get_own_url()]
    assert [hit.url for hit in search(box.hr, box.company, found.number)] == [found.get_absolute_url()]
    assert search(box.cast.colleague.user, box.company, "扫码") == []


# ---- cost


def statements(user, name, *numbers):
    client = browse(user)
    client.get(reverse(name, args=numbers))
    with CaptureQueriesContext(connection) as seen:
        assert client.get(reverse(name, args=numbers)).status_code == 200
    return len(seen)


@pytest.mark.parametrize("name", ["suggestions", "my_suggestions", "suggestion_figures"])
def test_a_list_asks_no_more_statements_for_more_rows(box, name):
    for role in Role.objects.filter(company=box.company, code__in=["hr"]):
        factories.grant(box.author.user, role)
    reader = box.author.user if name == "my_suggestions" else box.hr
    box.submit()
    box.adopted(by=box.cast.colleague.user)
    few = statements(reader, name)
    for number in range(6):
        author = factories.make_employee(box.sales, f"同事{number}")
        box.submit(by=box.second, author=author, problem=f"第 {number} 件事做得不好，客户不满意。")
        box.submit(problem=f"第 {number} 件小事做得不好，客户不满意。")
    assert statements(reader, name) == few


def test_the_inbox_leaves_out_whom_one_heads(box):
    factories.grant(box.cast.head.user, Role.objects.get(company=box.company, code="hr"))
    of_own_team, of_other = box.submit(), box.submit(by=box.cast.other_head.user)
    items = inbox_for(box.cast.head.user, box.company, ASSESSED)
    urls = {item.url for item in items if item.kind == "improvements.suggestion"}
    assert urls == {of_other.get_absolute_url()} and of_own_team.author == box.author


def test_the_page_of_a_measured_one_costs_the_same_however_many_answered(box):
    found = box.measured(before=(20, 30), after=(25, 30))
    few = statements(box.second, "suggestion", found.pk)
    assert few < 60
    more = box.after(60, 60)
    assert Rating.objects.filter(answer__in=more).exists() and Answer.objects.count() == 120
    assert statements(box.second, "suggestion", found.pk) == few
