"""Many taps on one form at once; that the key is what holds is shown by the control in test_intake_races.py."""

import pytest
from django.test import Client

from complaints.models import Case, CaseFile
from complaints.tests import build_public as make
from complaints.tests.build_public import COMPLAINT, words
from complaints.tracking_code import code_of
from jobs.models import Attachment
from tests.racing import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
THREADS = 8


def test_many_taps_make_one_case_and_each_gets_the_same_code(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make.open_company()
    key = make.key_of(Client().get("/feedback/"))

    def tap():
        given = {**COMPLAINT, "key": key, "files": [make.photo()]}
        return Client(raise_request_exception=False).post("/feedback/", given)

    pages = at_once([tap] * THREADS)
    case = Case.objects.get()
    assert {page.status_code for page in pages} == {200}
    assert all(code_of(case) in words(page) for page in pages)
    assert CaseFile.objects.count() == Attachment.objects.exclude(file="").count() == 1
    assert len(list((tmp_path / "attachments").iterdir())) == 1, "the files of the other taps are gone"
