"""Chromium for the tests that act as a person does. Skipped where there is none, except in CI."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """The machine's Chromium, started once."""
    program = next((path for path in map(shutil.which, NAMES) if path), None)
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed; browser tests must run in CI.")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, live_server):
    """open_page(width, height, **context options) -> a page of its own; console errors fail the test."""
    contexts, complaints = [], []

    def make(width=1440, height=900, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url, locale="zh-CN", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: _note(line, complaints))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _note(line, complaints):
    """Scripts that broke or were stopped by the content security policy; answers of 4xx are part of some tests."""
    if line.type == "error" and "Failed to load resource" not in line.text:
        complaints.append(line.text)


@pytest.fixture
def browser_page(open_page):
    """A desktop page, 1440 px wide."""
    return open_page()


@pytest.fixture
def phone_page(open_page):
    """A phone, 390 × 844."""
    return open_page(390, 844, has_touch=True, is_mobile=True)


@pytest.fixture
def login(live_server):
    """login(page, user): a session as the sign-in page would make it."""

    def sign_in(page, user):
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url}]
        )

    return sign_in
