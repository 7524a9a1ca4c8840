"""Codes on posters: made, printed, searched and ended by whoever keeps them, in their own company only."""

import pytest
from django.urls import reverse

from audit.models import AuditRow
from complaints.models import FeedbackCode
from complaints.services.codes import end_code, make_code
from complaints.tests import build_public as make
from complaints.tests.build_public import words
from core.flow import Refused
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db):
    return make.open_company()


@pytest.fixture
def keeper(company, client):
    user = make.keeper(company)
    client.force_login(user)
    return user


def made(company, keeper, **fields):
    chosen = {"site": company.sites.get(), "employee": None, "label": "大厅"} | fields
    return make_code(company, **chosen, by=keeper, at=at())


def test_a_code_is_unguessable_and_says_who_made_it(company, keeper):
    first, second = made(company, keeper), made(company, keeper)
    assert len(first.code) == 22 and first.code != second.code
    assert AuditRow.objects.filter(verb="complaints.code.made", actor=keeper).count() == 2


def test_without_a_label_it_is_called_after_what_it_is_for(company, keeper):
    wang = make.make_consultant(company)
    assert made(company, keeper, employee=wang, label=" \x00").label == "云栖里 · 王丽"


def test_it_is_for_a_project_or_a_person(company, keeper):
    with pytest.raises(Refused) as refusal:
        made(company, keeper, site=None)
    assert refusal.value.field == "site"


def test_neither_project_nor_person_may_be_of_another_company(company, keeper):
    other = factories.make_company("other", "别的公司")
    stranger = factories.make_employee(factories.make_department(other), "外人")
    for fields in ({"site": factories.make_site(other)}, {"employee": stranger}):
        with pytest.raises(Refused):
            made(company, keeper, **fields)
    assert not FeedbackCode.objects.exists()


def test_who_has_left_gets_no_poster(company, keeper):
    wang = make.make_consultant(company)
    wang.left_on = at(2026, 10, 1).date()
    wang.save()
    with pytest.raises(Refused):
        made(company, keeper, employee=wang)


def test_each_project_and_each_person_of_a_department_gets_one_and_nobody_a_second(client, company, keeper):
    made(company, keeper, label="大厅")
    factories.make_site(company, "donghu", "东湖印象")
    wang = make.make_consultant(company)
    make.make_consultant(company, "周婷")
    gone = make.make_consultant(company, "许诺")
    gone.left_on = at(2026, 10, 1).date()
    gone.save()
    department = wang.assignments.get().department
    for _time in range(2):
        for each in ("sites", f"department:{department.pk}"):
            response = client.post(reverse("feedback_code_new"), {"each": each}, follow=True)
    assert "都已经有二维码" in words(response)
    assert sorted(FeedbackCode.objects.values_list("label", flat=True)) == sorted(
        ["大厅", "东湖印象", "王丽", "周婷"]
    )


def test_a_department_of_another_company_is_not_offered_nor_taken(client, company, keeper):
    there = factories.make_department(factories.make_company("other", "别的公司"), name="外部")
    assert "外部" not in words(client.get(reverse("feedback_code_new")))
    response = client.post(reverse("feedback_code_new"), {"each": f"department:{there.pk}"})
    assert response.status_code == 422 and not FeedbackCode.objects.exists()


def test_all_posters_are_printed_at_once_or_those_that_match(
    client, company, keeper, django_assert_max_num_queries
):
    for label in ("一号柜台", "二号柜台", "大厅"):
        made(company, keeper, label=label)
    end_code(made(company, keeper, label="三号柜台"), by=keeper, at=at())
    page = words(client.get(reverse("feedback_posters"), {"size": "a6"}))
    assert page.count('class="poster poster--a6"') == 3 and "3 张海报" in page
    page = words(client.get(reverse("feedback_posters"), {"within": "柜台"}))
    assert page.count('class="poster poster--a4"') == 2 and "三号" not in page
    assert "没有" in words(client.get(reverse("feedback_posters"), {"within": "没有的"}))
    with django_assert_max_num_queries(12):
        client.get(reverse("feedback_posters"))


def test_it_ends_once(company, keeper):
    code = made(company, keeper)
    end_code(code, by=keeper, at=at())
    with pytest.raises(Refused):
        end_code(code, by=keeper, at=at(2026, 11, 5))
    assert FeedbackCode.objects.get().ended_at == at()


def test_an_empty_list_says_what_to_do(client, keeper):
    page = words(client.get(reverse("feedback_codes")))
    assert "还没有二维码" in page and reverse("feedback_code_new") in page


def test_the_list_is_searched_and_hides_ended_ones(client, company, keeper):
    wang = make.make_consultant(company)
    made(company, keeper, site=None, employee=wang, label="前台")
    end_code(made(company, keeper, label="旧海报"), by=keeper, at=at())
    page = words(client.get(reverse("feedback_codes")))
    assert "前台" in page and "旧海报" not in page and "1 个二维码在用" in page
    assert "旧海报" in words(client.get(reverse("feedback_codes") + "?ended=yes"))
    assert "前台" in words(client.get(reverse("feedback_codes") + "?within=王丽"))
    assert "没有符合的二维码" in words(client.get(reverse("feedback_codes") + "?within=没有"))


def test_the_list_counts_what_came_in_few_queries(client, company, keeper, django_assert_max_num_queries):
    for number in range(5):
        made(company, keeper, label=f"海报 {number}")
    code = FeedbackCode.objects.first()
    make.send(client, f"/f/{code.code}/")
    client.get(reverse("feedback_codes"))
    with django_assert_max_num_queries(30) as seen:
        response = client.get(reverse("feedback_codes"))
    own = [query for query in seen.captured_queries if "complaints_feedbackcode" in query["sql"]]
    assert len(own) <= 3
    assert ">1<" in words(response)


def test_a_code_is_made_in_the_page_and_printed_in_two_sizes(client, company, keeper):
    wang = make.make_consultant(company)
    response = client.post(
        reverse("feedback_code_new"),
        {"site": "", "employee": f"王丽 · {wang.number}", "label": ""},
        follow=True,
    )
    code = FeedbackCode.objects.get()
    assert code.employee == wang
    page = words(response)
    assert f"/f/{code.code}/" in page and "data:image/svg+xml" in page and "王丽的服务，您满意吗" in page
    assert "poster--a4" in page
    assert "poster--a6" in words(client.get(reverse("feedback_code", args=[code.pk]) + "?size=a6"))
    assert "poster--a4" in words(client.get(reverse("feedback_code", args=[code.pk]) + "?size=%00"))


@pytest.mark.parametrize(
    "given",
    [{}, {"employee": "没有这个人"}, {"site": "NaN"}, {"site": "9" * 5000}, {"label": "长" * 81}],
)
def test_bad_input_is_said_beside_the_field(client, keeper, given):
    response = client.post(reverse("feedback_code_new"), {"site": "", "employee": "", "label": ""} | given)
    assert response.status_code == 422 and "my-error" in words(response)
    assert not FeedbackCode.objects.exists()


def test_ending_in_the_page(client, company, keeper):
    code = made(company, keeper)
    assert client.get(reverse("feedback_code_end", args=[code.pk])).status_code == 405
    response = client.post(reverse("feedback_code_end", args=[code.pk]), follow=True)
    assert "已停用，请撤下海报" in words(response)
    assert client.post(reverse("feedback_code_end", args=[code.pk])).status_code == 409


def test_codes_of_another_company_are_not_there(client, company, keeper):
    code = made(company, keeper, label="青禾前台")
    other = make.open_company("other", "另一家公司")
    client.force_login(make.keeper(other))
    assert client.get(reverse("feedback_code", args=[code.pk])).status_code == 404
    assert client.post(reverse("feedback_code_end", args=[code.pk])).status_code == 404
    assert "青禾前台" not in words(client.get(reverse("feedback_codes")))


def test_without_the_verb_the_pages_are_closed(client, company):
    client.force_login(factories.user_with(company, "complaints.view"))
    for name in ("feedback_codes", "feedback_code_new"):
        assert client.get(reverse(name)).status_code == 403


def test_words_of_colleagues_are_shown_as_words(client, company, keeper):
    code = made(company, keeper, label="<script>alert(1)</script>")
    for address in (reverse("feedback_codes"), reverse("feedback_code", args=[code.pk])):
        assert "<script>alert" not in words(client.get(address))
