"""Files handed in: with a statement by who is heard, with the record of service by HR; who may open them."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from approvals import services as approvals
from core.flow import Refused
from incentives import services
from incentives.models import Decision, Hearing, HearingFile, Notice, ReceiptFile
from incentives.tests.effects_stage import EffectsStage, points
from incentives.tests.pages import NOON, browse
from jobs.models import Attachment
from jobs.tests import samples
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db
PHOTO = ("现场.jpg", samples.jpeg())


@pytest.fixture
def hearing(page_stage):
    decision = page_stage.proposed(page_stage.worst)
    services.call_hearing(decision, by=page_stage.hr, at=at(2026, 11, 2))
    return Hearing.objects.get()


def text(response):
    return response.content.decode()


def stated(stage, *files):
    hearing = Hearing.objects.get()
    services.state_case(
        hearing, statement="见照片", files=files or [PHOTO], by=stage.worst.user, at=at(2026, 11, 3)
    )
    return reverse("hearing_file", args=[HearingFile.objects.get().pk])


def test_a_statement_takes_photos_that_its_writer_and_hr_read_beside_it(page_stage, hearing):
    with time_machine.travel(NOON, tick=False):
        me, hr = browse(page_stage.worst.user), browse(page_stage.hr)
        sent = {"statement": "见照片", "files": SimpleUploadedFile(*PHOTO)}
        assert me.post(reverse("my_statement", args=[hearing.pk]), sent).status_code == 302
        place = reverse("hearing_file", args=[HearingFile.objects.get().pk])
        for client, page in (
            (me, reverse("my_hearing", args=[hearing.pk])),
            (hr, reverse("incentives_case", args=[hearing.decision.case_id])),
        ):
            assert place in text(client.get(page))
            answer = client.get(place)
            assert answer.status_code == 200
            assert b"".join(answer.streaming_content) == PHOTO[1]
            assert answer["Cache-Control"] == "private, no-store"


def test_voters_read_it_on_the_ballot_and_a_colleague_does_not(page_stage, hearing):
    place = stated(page_stage)
    services.waive_hearing(hearing, by=page_stage.worst.user, at=at(2026, 11, 3))
    services.write_opinion(hearing.decision, opinion="照片属实", by=page_stage.hr, at=at(2026, 11, 4))
    decision = Decision.objects.get()
    services.submit_batch([decision], by=page_stage.hr, at=at(2026, 11, 4))
    motion = Decision.objects.get().motion
    voter, colleague = browse(page_stage.members[0]), browse(page_stage.best.user)
    with time_machine.travel(at(2026, 11, 4, 12), tick=False):
        assert place in text(voter.get(motion.get_absolute_url()))
        assert voter.get(place).status_code == 200
        assert colleague.get(place).status_code == 404


def test_a_voter_without_sight_of_decisions_reads_it_by_their_seat_only(page_stage, hearing):
    place = stated(page_stage)
    services.waive_hearing(hearing, by=page_stage.worst.user, at=at(2026, 11, 3))
    services.write_opinion(hearing.decision, opinion="照片属实", by=page_stage.hr, at=at(2026, 11, 4))
    member = factories.user_with(
        page_stage.company, "approvals.vote", employee=factories.make_employee(page_stage.office, "顾问")
    )
    assert browse(member).get(place).status_code == 404
    approvals.start_membership(
        page_stage.group, employee=member.employee, starts_on=dt.date(2026, 1, 1), is_chair=False,
        by=page_stage.members[0], at=at(2026, 11, 3),
    )  # fmt: skip
    services.submit_batch([Decision.objects.get()], by=page_stage.hr, at=at(2026, 11, 4))
    assert browse(member).get(place).status_code == 200


@pytest.mark.parametrize("files", [[("病毒.exe", b"MZ\x90\x00" * 9)], [PHOTO] * 7])
def test_a_bad_file_hands_nothing_in(page_stage, hearing, files):
    with pytest.raises(Refused) as refusal:
        stated(page_stage, *files)
    assert refusal.value.field == "files"
    hearing.refresh_from_db()
    assert (hearing.statement, hearing.stated_at) == ("", None)
    assert not Attachment.objects.exists()


def test_a_bad_file_is_named_beside_its_field_and_the_words_stay(page_stage, hearing):
    with time_machine.travel(NOON, tick=False):
        sent = {"statement": "见照片", "files": SimpleUploadedFile("x.exe", b"MZ\x90\x00" * 9)}
        answer = browse(page_stage.worst.user).post(reverse("my_statement", args=[hearing.pk]), sent)
    assert answer.status_code == 409
    assert "x.exe" in text(answer)
    assert "见照片" in text(answer)


# ---- the signed receipt


@pytest.fixture
def office(company):
    stage = EffectsStage(company)
    factories.grant(stage.hr, factories.make_role(company, "hr-reads", ["incentives.view"]))
    return stage


def test_hr_keeps_a_scan_of_the_signed_receipt_beside_the_letter(office):
    decision = office.issued_with(points(-2), employee=office.worst)
    letter = Notice.objects.get(kind="letter")
    hr, me = browse(office.hr), browse(office.worst.user)
    with time_machine.travel(at(2026, 11, 9), tick=False):
        sent = {
            "how": "paper",
            "served_on": "2026-11-06",
            "files": SimpleUploadedFile("签收.pdf", samples.pdf()),
        }
        assert hr.post(reverse("letter_service", args=[letter.pk]), sent).status_code == 302
        place = reverse("receipt_file", args=[ReceiptFile.objects.get().pk])
        for client, page in (
            (hr, reverse("incentives_case", args=[decision.case_id])),
            (me, reverse("my_decision", args=[decision.pk])),
        ):
            assert place in text(client.get(page))
            assert client.get(place).status_code == 200
        assert browse(office.best.user).get(place).status_code == 404


def test_a_record_without_a_scan_is_good_and_a_bad_scan_records_nothing(office):
    office.issued_with(points(2))
    letter = Notice.objects.get()
    given = {
        "how": "paper",
        "served_on": dt.date(2026, 11, 6),
        "note": "",
        "by": office.hr,
        "at": at(2026, 11, 10),
    }
    with pytest.raises(Refused) as refusal:
        services.record_service(letter, files=[("签收.jpg", b"not a photo")], **given)
    assert refusal.value.field == "files"
    letter.refresh_from_db()
    assert letter.served_as == ""
    services.record_service(letter, **given)
    assert not ReceiptFile.objects.exists()
