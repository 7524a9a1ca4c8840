import pytest
from django.contrib.staticfiles import finders

from core.models import Event
from customers.models import Consent
from surveys.models import Answer, Draft, Invitation
from surveys.tests import make
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(company):
    return make.make_campaign(company)


@pytest.fixture
def invited(campaign):
    return make.make_invitation(campaign)


def test_looking_writes_nothing(client, invited, django_assert_max_num_queries):
    invitation, token = invited
    client.get(f"/s/{token}/1/")
    with django_assert_max_num_queries(5) as seen:
        assert client.get(f"/s/{token}/").status_code == 200
    assert all(query["sql"].startswith("SELECT") for query in seen.captured_queries)
    with django_assert_max_num_queries(5) as seen:
        assert client.get(f"/s/{token}/1/").status_code == 200
    assert all(query["sql"].startswith("SELECT") for query in seen.captured_queries)
    invitation.refresh_from_db()
    assert invitation.state == "sent"


@pytest.mark.parametrize("count", [6, 24, 60])
def test_statements_do_not_grow_with_the_questions(client, company, count, django_assert_num_queries):
    campaign = make.make_campaign(company, make.many_questions(count))
    parts = len(campaign.version.parsed.sections)
    warm, token = make.make_invitation(campaign)
    pages = [
        {f"q-{question.code}": "4" for question in section.questions}
        for section in campaign.version.parsed.sections
    ]
    for number, page in enumerate(pages, 1):
        client.get(f"/s/{token}/{number}/")
        client.post(f"/s/{token}/{number}/", {**page, "go": "finish" if number == parts else "next"})
    other, token = make.make_invitation(campaign)
    with django_assert_num_queries(1):
        client.get(f"/s/{token}/1/")
    for number, page in enumerate(pages[:-1], 1):
        client.post(f"/s/{token}/{number}/", {**page, "go": "next"})
    with django_assert_num_queries(11):
        client.post(f"/s/{token}/{parts}/", {**pages[-1], "go": "finish"})
    assert Answer.objects.get(invitation=other).answers == {f"q{n}": 4 for n in range(1, count + 1)}


def test_handing_in_takes_at_most_twelve_statements_with_texts_and_a_listener(
    client, campaign, monkeypatch, django_assert_max_num_queries
):
    from core import events

    events.subscribe("surveys.answer_submitted", "test.listener", lambda event: None)
    try:
        make.fill(client, make.make_invitation(campaign)[1])
        _invitation, token = make.make_invitation(campaign)
        client.post(f"/s/{token}/1/", {**make.FIRST_PAGE, "go": "next"})
        with django_assert_max_num_queries(12):
            response = client.post(f"/s/{token}/2/", {**make.LAST_PAGE, "go": "finish"})
        assert response.status_code == 303
    finally:
        events.event_handlers["surveys.answer_submitted"]._entries.pop("test.listener")


def test_an_answer_knows_who_served_the_customer(client, invited):
    invitation, token = invited
    response = make.fill(client, token)
    assert response.status_code == 303
    answer = Answer.objects.get()
    assert answer.answers == {
        "overall": 5,
        "attitude": "na",
        "recommend": 9,
        "channel": "web",
        "wishes": ["wait", "papers"],
    }
    assert [(text.question, text.text) for text in answer.texts.all()] == [("words", "贷款资料一次说清。")]
    assert answer.employee == invitation.encounter.employee
    assert answer.department == invitation.encounter.department
    assert answer.site == invitation.encounter.site
    assert (answer.service_day, answer.segment, answer.mode) == (invitation.encounter.day, "viewing", "web")
    assert answer.number.startswith("A-") and answer.number.endswith("-000001")
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.SUBMITTED
    assert not Draft.objects.exists()
    assert Event.objects.get(name="surveys.answer_submitted").object_id == answer.pk


def test_a_second_visit_says_thanks(client, invited):
    _invitation, token = invited
    make.fill(client, token)
    page = client.get(f"/s/{token}/").content.decode()
    assert "您的回答已计入" in page and Answer.objects.get().number in page
    assert client.get(f"/s/{token}/1/")["Location"].startswith(f"/s/{token}/")


def test_a_double_tap_is_harmless(client, invited):
    _invitation, token = invited
    make.fill(client, token)
    again = client.post(f"/s/{token}/2/", {**make.LAST_PAGE, "go": "finish"})
    assert again.status_code == 303
    assert Answer.objects.count() == 1


def test_each_step_is_kept_and_going_back_loses_nothing(client, invited):
    invitation, token = invited
    client.post(f"/s/{token}/1/", {**make.FIRST_PAGE, "go": "next"})
    invitation.refresh_from_db()
    assert invitation.state == "started"
    back = client.post(f"/s/{token}/2/", {"q-words": "还没写完", "go": "back"})
    assert back["Location"].startswith(f"/s/{token}/1/")
    assert 'value="5" data-word="非常满意" checked' in client.get(f"/s/{token}/1/").content.decode()
    assert "还没写完" in client.get(f"/s/{token}/2/").content.decode()
    assert f"/s/{token}/2/" in client.get(f"/s/{token}/").content.decode()


def test_what_is_missing_is_said_on_top_and_beside_the_question(client, invited):
    _invitation, token = invited
    response = client.post(f"/s/{token}/1/", {"q-overall": "2", "go": "next"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "还有 1 题没有回答" in page and 'href="#q-attitude"' in page
    assert 'id="e-attitude"' in page and 'aria-invalid="true" aria-describedby="e-attitude"' in page
    assert 'value="2" data-word="不满意" checked' in page


def test_a_part_skipped_by_its_address_is_asked_for(client, invited):
    _invitation, token = invited
    response = client.post(f"/s/{token}/2/", {**make.LAST_PAGE, "go": "finish"})
    assert response.status_code == 422
    assert "销售服务" in response.content.decode()
    assert not Answer.objects.exists()


def test_wrong_expired_and_closed_links_look_the_same(client, campaign):
    _expired, old = make.make_invitation(campaign, expires_at=factories.at(2020))
    pages = [client.get(f"/s/{token}/") for token in (old, "x" * 22, "%00", "%ED%A0%80")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content.split(b"<main")[1] for page in pages}) == 1
    assert client.post(f"/s/{old}/1/", {"go": "next"}).status_code == 404


def test_declining_for_ever_withdraws_the_consent(client, invited):
    invitation, token = invited
    response = client.post(f"/s/{token}/decline/", {"go": "never"}, follow=True)
    assert "这次不参加" in response.content.decode()
    invitation.refresh_from_db()
    assert invitation.state == "refused"
    assert Consent.objects.get(customer=invitation.customer).is_given is False


def test_the_pages_speak_english_when_asked(client, invited):
    _invitation, token = invited
    page = client.get(f"/s/{token}/1/?lang=en").content.decode()
    assert "Part 1 of 2" in page and "Satisfied overall?" in page and 'action="/s/' in page
    assert not any(
        "\u4e00" <= char <= "\u9fff"
        for char in page.replace("王丽", "").replace("青禾房产销售", "").replace("云栖里", "")
    )
    sent = client.post(f"/s/{token}/1/?lang=en", {**make.FIRST_PAGE, "go": "next"})
    assert sent["Location"].endswith("?lang=en")


def test_a_page_weighs_less_than_50_kb_with_its_css_and_script(client, company):
    campaign = make.make_campaign(company, make.many_questions(6))
    _invitation, token = make.make_invitation(campaign)
    weight = len(client.get(f"/s/{token}/1/").content)
    for name in ("manyi/survey.css", "manyi/survey.js"):
        with open(finders.find(name), "rb") as file:
            weight += len(file.read())
    assert weight < 50_000


def test_words_of_customers_are_shown_as_words(client, invited):
    _invitation, token = invited
    client.post(f"/s/{token}/2/", {"q-words": "</textarea><script>alert(1)</script>", "go": "save"})
    page = client.get(f"/s/{token}/2/").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;" in page


def test_headers_keep_the_address_from_leaking(client, invited):
    response = client.get(f"/s/{invited[1]}/")
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


BAD = {
    "nan": {"q-overall": "NaN"},
    "huge number": {"q-overall": "1e309"},
    "unknown code": {"q-overall": "7"},
    "two answers": {"q-overall": ["1", "5"]},
    "foreign option": {"q-overall": "5", "q-attitude": "friend"},
    "NUL": {"q-overall": "\x00"},
    "surrogate": {"q-overall": "\ud800".encode("utf-8", "surrogatepass")},
    "sql": {"q-overall": "5' OR 1=1"},
    "not applicable where it is not offered": {"q-overall": "na"},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_a_sentence_and_counts_nothing(client, invited, name):
    _invitation, token = invited
    response = client.post(f"/s/{token}/1/", {**BAD[name], "go": "next"})
    assert response.status_code == 422
    assert 'class="my-error"' in response.content.decode()
    assert not Answer.objects.exists()


def test_a_body_of_ten_megabytes_is_refused_with_a_sentence(client, invited):
    _invitation, token = invited
    response = client.post(f"/s/{token}/2/", {"q-words": "满" * 3_500_000, "go": "next"})
    assert response.status_code == 413
    assert "写得太多" in response.content.decode()
    for body, kind in (
        (b"\xff" * 2_500_000, "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data; boundary=y"),
    ):
        assert client.post(f"/s/{token}/2/", body, content_type=kind).status_code in {413, 422}
    assert not Draft.objects.filter(texts__has_key="words").exists()


def test_a_text_that_is_too_long_is_shown_again_to_be_shortened(client, invited):
    _invitation, token = invited
    response = client.post(f"/s/{token}/2/", {**make.LAST_PAGE, "q-words": "满" * 2001, "go": "finish"})
    assert response.status_code == 422
    assert "满" * 2001 in response.content.decode()


def test_control_characters_are_taken_out_of_texts(client, invited):
    _invitation, token = invited
    make.fill(client, token, last={"q-words": "好\x00的\x07\r\n谢谢 👍🏽"})
    assert Answer.objects.get().texts.get().text == "好的\n谢谢 👍🏽"


def test_unknown_fields_are_ignored(client, invited):
    _invitation, token = invited
    make.fill(client, token, first={"q-evil": "5", "employee": "1"})
    assert "evil" not in Answer.objects.get().answers
