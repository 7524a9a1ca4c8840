"""One customer goes through all rooms and is erased: no trace of them in any table, file, letter or line of a log."""

import datetime as dt
import logging
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from complaints.services.intake import Contact
from complaints.tests.build_intake import Desk, company_with_rules
from complaints.tests.canary import tables
from core import excel
from customers import services
from customers.models import Customer
from jobs import services as jobs
from jobs.models import Run
from notifications.services import send_due, write_to_customer
from surveys.tests import make
from tests import factories
from tests.factories import at

CANARY = "canary8254"
PHONE, OTHER_PHONE = "13788254001", "13788254002"
WORDS = (CANARY, CANARY.upper(), "1378825", "8254路")
HEADER = [
    "客户编号", "姓名", "手机", "邮箱", "生日", "备用电话", "微信", "地址", "需求备注", "偏好", "可否调查",
    "项目", "房号", "签约日期",
]  # fmt: skip
ROW = [
    f"K{CANARY}", f"林{CANARY}", PHONE, f"{CANARY}@example.com", "1991-07-03", OTHER_PHONE, CANARY, "8254路 3 号",
    f"找{CANARY}", f"学校：{CANARY}", "是", "云栖里", f"3-{CANARY}", "2026-03-18",
]  # fmt: skip


@pytest.fixture
def folders(settings, tmp_path):
    """Everything that is written as a file goes below here, letters and text messages too."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.SMS_BACKEND, settings.SMS_FILE_PATH = "file", tmp_path / "sms"
    return tmp_path


def traces_in_tables():
    return [
        f"{table}.{field}: {value}"
        for (table, _key), row in tables().items()
        for field, value in row.items()
        if any(word in str(value) for word in WORDS)
    ]


def traces_in_files(folder):
    return [
        path.relative_to(folder).as_posix()
        for path in Path(folder).rglob("*")
        if path.is_file() and any(word.encode() in path.read_bytes() or word in path.name for word in WORDS)
    ]


def work():
    for run in Run.objects.due(timezone.now()):
        jobs.run_now(run.pk)


def imported(client, row):
    """By the pages: first with a wrong day, which is refused, then as it is."""
    wrong = [*row[:-1], "昨天"]
    for cells in (wrong, row):
        file = SimpleUploadedFile("客户.xlsx", excel.rows_as_xlsx(HEADER, [cells]))
        client.post(reverse("import_customers"), {"file": file})
        work()
    batches = client.get(reverse("import_customers")).context["recent"]
    client.post(reverse("import_customers_cancel", args=[batches[1].pk]))
    client.post(reverse("import_customers_confirm", args=[batches[0].pk]))
    work()
    return Customer.objects.get(number=row[0])


def lived(desk, client, lin, user):
    """Cases, surveys, messages that went out and one that could not, a merge, views and exports."""
    desk.answered(
        customer=lin, text=f"我是{CANARY}，电话 {PHONE}。", contact=Contact(f"林{CANARY}", PHONE, "")
    )
    _invitation, token = make.make_invitation(make.make_campaign(desk.company), customer=lin)
    make.fill(client, token, last={"q-words": f"{CANARY}等太久。"})
    for number, fields in enumerate(
        ({"channel": "sms", "address": PHONE}, {}, {"address": f"{CANARY} no address"})
    ):
        write_to_customer(
            company=desk.company, kind="surveys.invitation", key=f"canary:{number}", subject=f"{CANARY}，您好",
            body=f"{CANARY}，请评价", at=at(), customer_id=lin.pk, **fields,
        )  # fmt: skip
    send_due(timezone.now())
    twin = factories.make_customer(desk.company, name=f"林小{CANARY}", phone=OTHER_PHONE)
    services.merge(lin, twin, reason=f"{CANARY}本人说明", take=["name"], by=user, at=at())
    client.post(reverse("customer_unmask", args=[lin.pk]), {"reason": f"给{CANARY}回电"})
    open_table = {"cover": "open", "reason": f"{CANARY}要求提供"}
    assert b"".join(client.post(reverse("customers_export"), open_table).streaming_content)


@pytest.mark.clause("CC-4.4")
def test_an_erased_person_left_no_trace_anywhere(
    db, client, folders, caplog, capsys, django_capture_on_commit_callbacks
):
    caplog.set_level(logging.DEBUG)
    desk = Desk(company_with_rules())
    factories.make_site(desk.company)
    verbs = ("view", "import", "export", "unmask", "merge", "erase", "edit")
    user = factories.user_with(desk.company, *(f"customers.{verb}" for verb in verbs))
    client.force_login(user)
    with django_capture_on_commit_callbacks(execute=True):
        lin = imported(client, ROW)
        lived(desk, client, lin, user)
    assert len(traces_in_tables()) > 30
    assert len(traces_in_files(folders)) >= 2
    with django_capture_on_commit_callbacks(execute=True):
        services.erase(lin, reason="request", by=user, at=at() + dt.timedelta(days=1))
    send_due(timezone.now() + dt.timedelta(days=1))
    assert traces_in_tables() == []
    assert traces_in_files(folders) == []
    said = caplog.text + "".join(capsys.readouterr())
    assert [word for word in WORDS if word in said] == []
