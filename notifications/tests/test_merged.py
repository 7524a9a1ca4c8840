"""A person with two files: what one of them stopped, both have stopped."""

from notifications.models import Message
from notifications.services import send_due
from notifications.tests.build import NOON, write
from notifications.tests.test_unsubscribe import ONE_CLICK, sent
from tests import factories


def merged(company):
    from customers.services import merge

    kept = factories.make_customer(company, email="kept@example.com")
    dropped = factories.make_customer(company, email="dropped@example.com")
    merge(kept, dropped, reason="同一人，同一电话", by=factories.make_user(), at=NOON)
    dropped.refresh_from_db()
    return kept, dropped


def test_stopped_by_the_link_of_the_dropped_file_the_kept_one_is_left_in_peace(company, client):
    kept, dropped = merged(company)
    token = sent(dropped, address="dropped@example.com")
    client.post(f"/unsubscribe/{token}/", ONE_CLICK)
    write(kept, key="invite:2", address="kept@example.com")
    send_due(NOON)
    assert Message.objects.get(key="invite:2").state == "suppressed"
    assert kept.consents.get().is_given is False


def test_a_link_of_before_the_merge_still_works(company, client):
    from customers.services import merge

    kept = factories.make_customer(company, email="kept@example.com")
    dropped = factories.make_customer(company, email="dropped@example.com")
    token = sent(dropped, address="dropped@example.com")
    merge(kept, dropped, reason="同一人，同一电话", by=factories.make_user(), at=NOON)
    client.post(f"/unsubscribe/{token}/", ONE_CLICK)
    write(kept, key="invite:2", address="kept@example.com")
    send_due(NOON)
    assert Message.objects.get(key="invite:2").state == "suppressed"


def test_an_erased_customer_leaves_no_address_and_no_word(company, client):
    from customers.services import erase

    customer = factories.make_customer(company, email="lin@example.com")
    token = sent(customer, subject="林女士，您好", body="林女士")
    write(customer, key="invite:2")
    erase(customer, reason="request", by=factories.make_user(), at=NOON)
    send_due(NOON)
    kept = list(Message.objects.values_list("address", "subject", "body"))
    assert kept == [("", "", "")] * 2
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "suppressed"]
    assert client.post(f"/unsubscribe/{token}/", ONE_CLICK).status_code == 200
    assert not customer.consents.exists(), "nothing new is written into an erased file"
