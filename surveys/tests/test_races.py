"""Twenty at once on one link; the control shows that the guard is what holds."""

import threading

import pytest
from django.db import connection
from django.test import Client

from surveys.models import Answer, Invitation
from surveys.tests import make
from surveys.verification import one_answer_per_invitation

THREADS = 20
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def together(act, count=THREADS):
    """Results of `count` threads that start `act(number, barrier)` at the same moment."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(number):
        try:
            results[number] = act(number, barrier)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_twenty_taps_on_one_link_make_one_answer(company):
    _invitation, token = make.make_invitation(make.make_campaign(company))
    Client().post(f"/s/{token}/1/", {**make.FIRST_PAGE, "go": "next"})

    def tap(number, barrier):
        client = Client(raise_request_exception=False)
        barrier.wait()
        return client.post(f"/s/{token}/2/", {**make.LAST_PAGE, "go": "finish"}).status_code

    assert set(together(tap)) == {303}
    assert Answer.objects.count() == 1
    assert not list(one_answer_per_invitation())


def test_twenty_first_saves_behind_one_qr_page_make_one_invitation(company):
    from surveys.services.campaigns import create_open_link
    from tests import factories

    link = create_open_link(make.make_campaign(company), label="门口", by=None, at=factories.at())

    def tap(number, barrier):
        client = Client(raise_request_exception=False)
        barrier.wait()
        return client.post(
            f"/q/{link.code}/1/", {**make.FIRST_PAGE, "nonce": "n" * 22, "go": "next"}
        ).status_code

    assert set(together(tap)) == {303}
    assert Invitation.objects.count() == 1


def test_the_control_without_the_guard_doubles(company):
    """The same taps as check-then-insert, the way it is usually written: several get through."""
    invitation, _token = make.make_invitation(make.make_campaign(company))

    def careless(number, barrier):
        found = Invitation.objects.select_related("campaign").get(pk=invitation.pk)
        may = found.state != Invitation.State.SUBMITTED
        barrier.wait()
        if may:
            found.state = Invitation.State.SUBMITTED
            found.save(update_fields=["state"])
            Answer.objects.create(
                company_id=company.pk,
                campaign=found.campaign,
                version_id=found.campaign.version_id,
                external_ref=f"tap-{number}",
                number=f"X-{number}",
                mode="web",
                submitted_at=found.made_at,
            )

    together(careless)
    assert Answer.objects.count() > 1
