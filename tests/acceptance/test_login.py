"""Signing in, as staff do it: names and passwords, limits that lock nobody out, second factor, end of sessions."""

import datetime as dt
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts import middleware
from tests import factories

PASSWORD = "a long enough phrase"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_memory_of_earlier_tries():
    cache.clear()


@pytest.fixture
def wang(company):
    user = factories.user_with(company)
    user.username = "wangli"
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, password=PASSWORD, login="wangli", **extra):
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


def is_inside(client):
    return client.get("/").status_code == 200


def test_name_and_password_open_the_inbox(wang, client):
    assert sign_in(client).url == reverse("home")
    assert is_inside(client)


def test_a_wrong_password_says_so_without_telling_which_was_wrong(wang, client):
    wrong_password = sign_in(client, "wrong").content.decode()
    wrong_name = sign_in(client, "wrong", "nobody").content.decode()
    assert not is_inside(client)
    assert ("不正确" in wrong_password) == ("不正确" in wrong_name) is True


def test_many_wrong_tries_from_one_address_are_slowed(wang, client):
    for _try in range(6):
        answer = sign_in(client, "wrong")
    assert "次数过多" in answer.content.decode()
    assert "次数过多" in sign_in(client).content.decode()


def test_wrong_tries_from_elsewhere_do_not_lock_the_owner_out(wang, client):
    for _try in range(8):
        sign_in(client, "wrong", REMOTE_ADDR="203.0.113.9")
    sign_in(client, REMOTE_ADDR="198.51.100.7")
    assert is_inside(client)


def test_an_office_of_forty_behind_one_address_gets_in(company, client):
    for number in range(40):
        user = factories.make_user(f"user-{number}", password=PASSWORD)
        assert sign_in(client, login=user.username).status_code == 302, number
        client.logout()


def test_nobody_signs_up(db, client):
    answer = client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 200
    assert "人员名单" in answer.content.decode()


def test_a_login_without_a_password_does_not_open(wang, client):
    wang.set_unusable_password()
    wang.save()
    sign_in(client, "")
    assert not is_inside(client)


def test_who_is_switched_off_does_not_get_in(wang, client):
    wang.is_active = False
    wang.save()
    sign_in(client)
    assert not is_inside(client)


def test_a_session_ends_after_twelve_hours_even_when_used(wang, client, monkeypatch):
    sign_in(client)
    client.get("/")
    start = time.time()
    for hour in range(1, 12):
        monkeypatch.setattr(middleware.time, "time", lambda hour=hour: start + hour * 3600)
        assert is_inside(client)
    monkeypatch.setattr(middleware.time, "time", lambda: start + 12 * 3600 + 60)
    client.get("/")
    assert not is_inside(client)


def test_a_session_ends_after_three_idle_hours(wang, client):
    sign_in(client)
    is_inside(client)
    ends = client.session.get_expiry_date()
    assert dt.timedelta(hours=2, minutes=55) < ends - timezone.now() <= dt.timedelta(hours=3)


def code_of(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def set_up_second_factor(client):
    ask_again = client.get("/accounts/2fa/totp/activate/").url
    client.post(ask_again, {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    return secret


def test_a_second_factor_can_be_set_up_and_is_asked_from_then_on(wang, client):
    sign_in(client)
    secret = set_up_second_factor(client)
    assert "第二重验证" in client.get("/accounts/2fa/").content.decode()
    client.logout()
    cache.clear()
    assert sign_in(client).url == "/accounts/2fa/authenticate/"
    assert not is_inside(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert is_inside(client)


def test_the_chosen_language_holds_on_the_login_page(db, client):
    assert "登录" in client.get(LOGIN).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": LOGIN})
    assert "Sign in" in client.get(LOGIN).content.decode()


def test_demo_logins_are_shown_only_where_the_demo_runs(db, client, settings):
    settings.DEMO = False
    assert "manyi-demo" not in client.get(LOGIN).content.decode()
    settings.DEMO = True
    text = client.get(LOGIN).content.decode()
    assert "manyi-demo" in text
    assert "chenjing" in text


def test_the_login_page_holds_no_inline_script_or_style(db, client, settings):
    settings.DEMO = True
    answer = client.get(LOGIN)
    text = answer.content.decode()
    assert "style=" not in text
    assert "<script>" not in text
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
