"""Import in the browser: upload, errors row by row, preview, confirm; nobody else's business."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from core import excel
from jobs import imports, services
from jobs.models import ImportBatch, Run
from organization.models import Employee
from tests import factories

HEADER = ["工号", "姓名", "部门", "岗位", "入职日期"]
GOOD = [
    ["E01", "王丽", "销售一部", "置业顾问", "2025-03-01"],
    ["E02", "李强", "销售一部", "置业顾问", "2025-03-01"],
]
BAD = [GOOD[0], ["E02", "李强", "销售九部", "置业顾问", "昨天"]]


@pytest.fixture
def hr(company, client):
    factories.make_department(company)
    factories.make_post(company)
    user = factories.user_with(company, "organization.import", "organization.view", "jobs.view")
    client.force_login(user)
    return user


def upload(client, rows):
    file = SimpleUploadedFile("人员.xlsx", excel.rows_as_xlsx(HEADER, rows))
    return client.post(reverse("import_staff"), {"file": file}, follow=True)


def work():
    for run in Run.objects.due(timezone.now()):
        services.run_now(run.pk)


def only_batch():
    return ImportBatch.objects.get()


def page(client, step="batch"):
    return client.get(reverse(f"import_staff_{step}", args=[only_batch().pk]))


def test_upload_answers_at_once_and_the_worker_checks(hr, client):
    assert "正在检查" in upload(client, GOOD).content.decode() or only_batch().state == "uploaded"
    work()
    assert only_batch().state == ImportBatch.State.PREVIEWED
    assert not Employee.objects.exists()


def test_bad_rows_are_named_with_row_column_and_reason_and_nothing_is_imported(hr, client):
    upload(client, BAD)
    work()
    batch = only_batch()
    assert batch.state == ImportBatch.State.REJECTED
    assert [(error["row"], error["column"]) for error in batch.errors] == [(3, "入职日期")]
    assert "2026-10-01" in page(client).content.decode()
    assert client.post(reverse("import_staff_confirm", args=[batch.pk])).status_code == 409
    assert not Employee.objects.exists()


def test_all_errors_of_a_table_are_named_at_once(hr, client):
    wrong = ["E02", "李强", "销售九部", "置业顾问", "2025-03-01"]
    upload(
        client,
        [GOOD[0], ["", "赵敏", "销售八部", "置业顾问", "2025-03-01"], wrong, ["E04", *wrong[1:4], "昨天"]],
    )
    work()
    named = [(error["row"], error["column"]) for error in only_batch().errors]
    assert named == [(3, "工号"), (4, "部门"), (5, "入职日期")]


def test_the_marked_file_says_what_to_correct(hr, client):
    upload(client, BAD)
    work()
    sheet = load_workbook(io.BytesIO(page(client, "corrections").content)).active
    assert sheet["E3"].comment is not None


def test_the_marked_file_marks_more_than_the_page_shows(hr, client, monkeypatch):
    monkeypatch.setattr(imports, "MOST_ERRORS", 2)
    upload(client, [[f"E{number}", "李强", "销售九部", "置业顾问", "2025-03-01"] for number in range(5)])
    work()
    assert len(only_batch().errors) == 2
    sheet = load_workbook(io.BytesIO(page(client, "corrections").content)).active
    assert all("销售九部" in row[-1] for row in sheet.iter_rows(min_row=2, values_only=True))
    assert sheet.max_row == 6


def test_what_was_quoted_of_a_table_goes_with_its_file(hr, client, django_capture_on_commit_callbacks):
    upload(client, GOOD)
    work()
    assert "王丽" not in str(only_batch().preview) and "销售一部" in str(only_batch().preview)
    imports.request_confirm(only_batch(), by=hr, at=timezone.now())
    work()
    assert only_batch().state == ImportBatch.State.CONFIRMED
    assert only_batch().preview == []


@pytest.mark.parametrize(("rows", "state"), [(GOOD, "cancelled"), (BAD, "rejected")])
def test_after_a_week_neither_file_nor_quotes_are_kept(
    hr, client, django_capture_on_commit_callbacks, rows, state
):
    upload(client, rows)
    work()
    with django_capture_on_commit_callbacks(execute=True):
        imports.forget_old_files(timezone.now() + timezone.timedelta(days=8))
    batch = only_batch()
    assert (batch.state, batch.errors, batch.preview, bool(batch.upload.file)) == (state, [], [], False)
    text = page(client).content.decode()
    assert ("不再保留" in text or "取消" in text) and client.post(
        reverse("import_staff_confirm", args=[batch.pk])
    ).status_code == 409


def test_confirming_imports_all_rows_and_lets_the_file_go(hr, client, django_capture_on_commit_callbacks):
    upload(client, GOOD)
    work()
    client.post(reverse("import_staff_confirm", args=[only_batch().pk]))
    with django_capture_on_commit_callbacks(execute=True):
        work()
    batch = only_batch()
    assert batch.result == {"created": 2, "changed": 0, "unchanged": 0}
    assert batch.confirmed_by == hr
    assert not batch.upload.file
    assert page(client).status_code == 200


def test_confirming_twice_imports_once(hr, client):
    upload(client, GOOD)
    work()
    run = imports.request_confirm(only_batch(), by=hr, at=timezone.now())
    assert imports.request_confirm(only_batch(), by=hr, at=timezone.now()) == run
    work()
    services.rerun(run, at=timezone.now())
    work()
    assert Employee.objects.count() == 2
    assert Run.objects.get(pk=run.pk).state == Run.State.DONE


def test_what_became_wrong_between_preview_and_confirm_is_found(hr, company, client):
    upload(client, GOOD)
    work()
    imports.request_confirm(only_batch(), by=hr, at=timezone.now())
    company.departments.update(name="销售三部", code="sales-3")
    work()
    assert only_batch().state == ImportBatch.State.REJECTED
    assert not Employee.objects.exists()


def test_the_preview_covers_personal_data(hr, client):
    header = [*HEADER, "手机"]
    file = SimpleUploadedFile("x.xlsx", excel.rows_as_xlsx(header, [[*GOOD[0], "13812340001"]]))
    client.post(reverse("import_staff"), {"file": file})
    work()
    text = page(client).content.decode()
    assert "13812340001" not in text
    assert "138****01" in text


def test_the_template_as_downloaded_imports_nothing(hr, client):
    content = client.get(reverse("import_staff_template")).content
    file = SimpleUploadedFile("t.xlsx", content)
    client.post(reverse("import_staff"), {"file": file})
    work()
    assert only_batch().state == ImportBatch.State.REJECTED
    assert [error["row"] for error in only_batch().errors] == [0]


def test_a_file_that_is_no_table_is_refused_on_the_form(hr, client):
    response = client.post(reverse("import_staff"), {"file": SimpleUploadedFile("x.xlsx", b"%PDF-1.7")})
    assert response.status_code == 422
    assert not ImportBatch.objects.exists()


def test_cancelling_lets_the_file_go(hr, client, django_capture_on_commit_callbacks):
    upload(client, GOOD)
    work()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("import_staff_cancel", args=[only_batch().pk]))
    assert only_batch().state == ImportBatch.State.CANCELLED
    assert not only_batch().upload.file


@pytest.mark.parametrize("name", ["import_staff", "import_staff_template"])
def test_without_the_verb_the_pages_are_closed(company, client, name):
    client.force_login(factories.user_with(company, "customers.import"))
    assert client.get(reverse(name)).status_code == 403


def test_a_batch_of_another_company_is_not_there(hr, client):
    upload(client, GOOD)
    stranger = factories.user_with(factories.make_company("other", "别家"), "organization.import")
    client.force_login(stranger)
    assert page(client).status_code == 404


def test_the_jobs_page_shows_what_failed_and_takes_it_up_again(hr, company, client):
    run = services.request_run(company=company, kind="nothing", key="1", by=hr, at=timezone.now())
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, error="云栖里的业绩表缺 10 月。")
    assert "云栖里的业绩表缺 10 月。" in client.get(reverse("jobs")).content.decode()
    client.post(reverse("job_retry", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == Run.State.QUEUED


def test_the_jobs_list_needs_few_queries(hr, company, client, django_assert_max_num_queries):
    for number in range(20):
        services.request_run(company=company, kind="close", key=str(number), by=hr, at=timezone.now())
    client.get(reverse("jobs"))
    with django_assert_max_num_queries(12):
        client.get(reverse("jobs"))
