"""Pages of praise: who sees and does what, what is refused beside its field, without a script."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints import sharing
from complaints.models import Case, Praise, State
from complaints.services import praise as verbs
from complaints.tests.build_praise import Stage, fresh
from core.tokens import new_token
from jobs.tests import samples
from tests import factories
from tests.factories import at

PAYLOAD = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


@pytest.fixture
def stage(db):
    return Stage()


def shares_posted(stage, *pairs, step="propose", rows=3, **more):
    data = {"step": step, "rows": rows, **more}
    for place, (employee, percent) in enumerate(pairs):
        name = employee if isinstance(employee, str) else f"{employee.name} · {employee.number}"
        data |= {f"person_{place}": name, f"percent_{place}": percent}
    return data


# ---- the list


def test_the_list_says_in_its_title_what_waits_and_shows_it_by_tab(stage):
    waiting, shared = stage.praise(), stage.attributed()
    page = stage.client(stage.liuyang).get("/praises/").content.decode()
    assert "1 件表扬待核实，1 件待复核" in page
    assert waiting.number in page and shared.number in page
    tab = stage.client(stage.liuyang).get("/praises/?stage=to_confirm").content.decode()
    assert shared.number in tab and waiting.number not in tab


def test_the_list_is_searched_by_number_and_by_the_name_of_a_colleague(stage):
    first, second = stage.confirmed(shares={stage.wangli: 10000}), stage.praise(people_named="周婷")
    client = stage.client(stage.liuyang)
    by_share = client.get("/praises/?within=王丽").content.decode()
    assert first.number in by_share and second.number not in by_share
    assert second.number in client.get("/praises/?within=周婷").content.decode()
    assert "没有符合" in client.get("/praises/?within=无此人").content.decode()
    assert client.get("/praises/?stage=x&site=x&form_=x&page=x").status_code == 200


def test_an_empty_list_says_what_appears_here(stage):
    assert "没有要处理的表扬" in stage.client(stage.liuyang).get("/praises/").content.decode()


def test_the_list_costs_the_same_however_long(stage):
    client = stage.client(stage.liuyang)

    def cost():
        client.get("/praises/")
        with CaptureQueriesContext(connection) as made:
            client.get("/praises/")
        own = [one["sql"] for one in made.captured_queries if "complaints_praise" in one["sql"]]
        return len(made), len(own)

    stage.attributed()
    first = cost()
    for _time in range(5):
        stage.attributed()
    assert cost() == first and first[0] <= 21 and first[1] <= 4


# ---- who sees what


def test_a_head_sees_whose_praise_it_is_but_not_the_customers_words(stage):
    case = stage.confirmed(text="暗号甲，谢谢", site=None)
    Case.objects.filter(pk=case.pk).update(department=stage.sales)
    client = stage.client(stage.liqiang)
    page = client.get(f"/praises/{case.pk}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "王丽" in text and "60 %" in text
    assert "暗号甲" not in text and "林" not in text and "<img" not in text
    file = case.files.get()
    assert client.get(f"/praises/{case.pk}/files/{file.pk}/").status_code == 404


def test_the_customer_is_masked_and_the_photo_is_shown(stage):
    case = stage.praise()
    page = stage.client(stage.liuyang).get(f"/praises/{case.pk}/").content.decode()
    assert "林**" in page and "138****1234" in page and "林小雅" not in page
    file = case.files.get()
    response = stage.client(stage.liuyang).get(f"/praises/{case.pk}/files/{file.pk}/")
    assert response.status_code == 200 and response["Content-Type"] == "image/jpeg"
    assert f"/praises/{case.pk}/files/{file.pk}/" in page


@pytest.mark.parametrize(
    ("step", "may"),
    [
        ("prove", "liuyang"),
        ("shares", "liuyang"),
        ("thank", "liuyang"),
        ("confirm", "chenjing"),
        ("return", "chenjing"),
    ],
)
def test_each_step_is_for_those_who_hold_its_verb(stage, step, may):
    case = stage.praise()
    for who in ("liuyang", "chenjing", "wangli", "zhengjie"):
        code = stage.client(getattr(stage, who)).post(f"/praises/{case.pk}/{step}/", {}).status_code
        assert (code == 403) == (who != may), (who, code)
    assert stage.client(stage.liuyang).get(f"/praises/{case.pk}/{step}/").status_code in (403, 405)


def test_praise_of_another_company_does_not_exist_here(stage):
    other = Stage("other")
    case = other.praise()
    client = stage.client(stage.liuyang)
    assert client.get(f"/praises/{case.pk}/").status_code == 404
    assert client.post(f"/praises/{case.pk}/prove/", {"proof": "photo"}).status_code == 404


def test_the_words_of_a_customer_are_shown_as_words(stage):
    case = stage.attributed(text=PAYLOAD, people_named=PAYLOAD[:100])
    verbs.return_shares(case, reason=PAYLOAD, by=stage.chenjing.user, at=at(2026, 11, 5, 16))
    for path in (f"/praises/{case.pk}/", "/praises/"):
        page = stage.client(stage.liuyang).get(path).content.decode()
        assert "<script>alert" not in page and "onerror=alert(2)>" not in page.replace("&gt;", "")
        assert "&lt;script&gt;" in page


# ---- the steps


def test_proof_is_kept_and_the_next_form_is_there(stage):
    case, client = stage.praise(), stage.client(stage.liuyang)
    response = client.post(f"/praises/{case.pk}/prove/", {"proof": "photo"}, follow=True)
    assert fresh(case).state == State.PROVED
    assert 'name="person_0"' in response.content.decode()


def test_a_call_without_outcome_or_note_is_refused_beside_both_fields(stage):
    case = stage.praise()
    response = stage.client(stage.liuyang).post(f"/praises/{case.pk}/prove/", {"proof": "call"})
    page = response.content.decode()
    assert response.status_code == 422 and "选择回访结果" in page and "写明什么时候打的" in page
    assert fresh(case).state == State.RECEIVED


def test_a_photo_may_come_with_the_proof_and_is_kept_only_with_it(stage):
    case, client = stage.praise(photo=False), stage.client(stage.liuyang)
    photo = SimpleUploadedFile("锦旗.png", samples.png(), "image/png")
    refused = {"proof": "call", "call_outcome": "genuine", "note": "x" * 501, "files": photo}
    assert client.post(f"/praises/{case.pk}/prove/", refused).status_code == 422
    assert not case.files.exists()
    photo.seek(0)
    assert client.post(f"/praises/{case.pk}/prove/", {"proof": "photo", "files": photo}).status_code == 302
    assert case.files.count() == 1 and fresh(case).state == State.PROVED


def test_spoken_praise_is_offered_the_call_only(stage):
    case = stage.praise(form="oral", photo=False)
    page = stage.client(stage.liuyang).get(f"/praises/{case.pk}/").content.decode()
    assert 'value="call"' in page and 'value="photo"' not in page


def test_a_photo_that_is_not_there_is_refused_beside_the_choice(stage):
    case = stage.praise(photo=False)
    response = stage.client(stage.liuyang).post(f"/praises/{case.pk}/prove/", {"proof": "photo"})
    assert response.status_code == 409 and "还没有照片" in response.content.decode()


def test_shares_are_typed_in_percent_and_kept_in_basis_points(stage):
    case = stage.proved()
    data = shares_posted(stage, (stage.wangli, "66.67"), (stage.zhouting, "33.33 %"))
    assert stage.client(stage.gaoyuan).post(f"/praises/{case.pk}/shares/", data).status_code == 302
    assert {one.employee.name: one.share_bp for one in case.praise.shares.all()} == {
        "王丽": 6667,
        "周婷": 3333,
    }


def test_shares_that_do_not_add_up_come_back_with_the_sum_and_what_was_typed(stage):
    case = stage.proved()
    data = shares_posted(stage, (stage.wangli, "60"), (stage.zhouting, "30"))
    response = stage.client(stage.liuyang).post(f"/praises/{case.pk}/shares/", data)
    page = response.content.decode()
    assert response.status_code == 409 and "合计 90%" in page and 'value="60"' in page
    assert fresh(case).state == State.PROVED


@pytest.mark.parametrize(
    "percent", ["abc", "-5", "0", "101", "33.333", "1e9", "NaN", "９９９", "", "Infinity"]
)
def test_an_odd_percentage_is_refused_beside_its_row(stage, percent):
    case = stage.proved()
    data = shares_posted(stage, (stage.wangli, percent))
    response = stage.client(stage.liuyang).post(f"/praises/{case.pk}/shares/", data)
    assert response.status_code == 422 and not case.praise.shares.exists()


def test_a_name_that_nobody_has_and_a_name_twice_are_refused(stage):
    case, client = stage.proved(), stage.client(stage.liuyang)
    for pairs in ([("某某", "100")], [(stage.wangli, "50"), (stage.wangli, "50")], [("", "100")]):
        assert client.post(f"/praises/{case.pk}/shares/", shares_posted(stage, *pairs)).status_code == 422
    assert fresh(case).state == State.PROVED


def test_more_rows_and_an_even_split_change_the_form_and_nothing_else(stage):
    case, client = stage.proved(), stage.client(stage.liuyang)
    typed = [(stage.wangli, ""), (stage.zhouting, ""), (stage.sunyue, "")]
    page = client.post(
        f"/praises/{case.pk}/shares/", shares_posted(stage, *typed, step="more")
    ).content.decode()
    assert 'name="person_5"' in page and stage.wangli.number in page
    page = client.post(
        f"/praises/{case.pk}/shares/", shares_posted(stage, *typed, step="even")
    ).content.decode()
    assert page.count('value="33.33"') == 2 and page.count('value="33.34"') == 1
    assert fresh(case).state == State.PROVED and not case.praise.shares.exists()


@pytest.mark.parametrize("rows", ["-1", "x", "99999999999", "", "31"])
def test_an_odd_number_of_rows_is_no_error(stage, rows):
    case = stage.proved()
    for step in ("more", "even", "propose"):
        data = shares_posted(stage, (stage.wangli, "100"), step=step, rows=rows) | {"person_40": "x"}
        assert stage.client(stage.liuyang).post(f"/praises/{case.pk}/shares/", data).status_code in (
            200,
            302,
            409,
        )


def test_those_whom_the_customer_names_stand_in_the_form_already(stage):
    case = stage.proved(people_named=f"王丽 {stage.wangli.number}、周婷")
    page = stage.client(stage.liuyang).get(f"/praises/{case.pk}/").content.decode()
    assert page.count('value="50"') == 2
    assert re.search(rf'name="person_0" value="王丽 · {stage.wangli.number}"', page)


def test_confirming_is_offered_to_a_second_person_only(stage):
    case = stage.attributed(shares={stage.wangli: 5000, stage.sunyue: 5000})
    assert "/confirm/" in stage.client(stage.chenjing).get(f"/praises/{case.pk}/").content.decode()
    page = stage.client(stage.sunyue).get(f"/praises/{case.pk}/").content.decode()
    assert "/confirm/" not in page and "您在分摊名单里" in page
    assert stage.client(stage.sunyue).post(f"/praises/{case.pk}/confirm/").status_code == 409
    assert stage.client(stage.chenjing).post(f"/praises/{case.pk}/confirm/").status_code == 302
    page = stage.client(stage.liqiang).get(f"/praises/{case.pk}/").content.decode()
    assert fresh(case).state == State.CONFIRMED


def test_the_thanks_are_written_already_and_can_be_sent(stage):
    case, client = stage.confirmed(), stage.client(stage.liuyang)
    page = client.get(f"/praises/{case.pk}/").content.decode()
    assert "已转达给王丽、周婷" in page
    client.post(f"/praises/{case.pk}/thank/", {"text": "谢谢您"})
    assert fresh(case).state == State.RESPONDED


# ---- entry


def test_a_pennant_is_entered_with_its_photo_and_whom_it_thanks(stage):
    photo = SimpleUploadedFile("锦旗.jpg", samples.jpeg(), "image/jpeg")
    data = {
        "key": new_token(), "form": "pennant", "files": photo, "text": "热心服务",
        "thanked_0": f"王丽 · {stage.wangli.number}", "thanked_1": "前台的女士",
        "name": "林小雅", "phone": "13800001234",
    }  # fmt: skip
    response = stage.client(stage.liuyang).post("/praises/new/", data)
    case = Case.objects.get()
    assert response.status_code == 200 and case.people_named == f"王丽 {stage.wangli.number}、前台的女士"
    assert (case.praise.form, case.files.count(), case.received_by) == ("pennant", 1, stage.liuyang.user)


def test_an_entry_without_anything_or_with_a_bad_file_is_refused_and_nothing_is_kept(stage):
    client = stage.client(stage.liuyang)
    bad = SimpleUploadedFile("锦旗.jpg", b"MZ" + b"x" * 100, "image/jpeg")
    for more in ({}, {"files": bad}, {"text": "好", "phone": "12"}):
        response = client.post("/praises/new/", {"key": new_token(), "form": "written", **more})
        assert response.status_code in (409, 422), more
    assert not Case.objects.exists() and not Praise.objects.exists()


def test_the_same_entry_sent_twice_is_one_praise(stage):
    data, client = {"key": new_token(), "form": "oral", "text": "客户夸王丽"}, stage.client(stage.liuyang)
    assert [client.post("/praises/new/", data).status_code for _time in range(2)] == [200, 200]
    assert Case.objects.count() == 1


# ---- pure rules


def test_even_shares_are_whole_and_sum_to_everything():
    for count in range(1, 40):
        shares = sharing.even_shares(count)
        assert sum(shares) == sharing.WHOLE and max(shares) - min(shares) <= 1


def test_a_percentage_reads_back_as_it_was_written():
    for share in (1, 50, 100, 3333, 3334, 9999, 10000, 6670):
        assert sharing.share_of_percent(sharing.percent_of_share(share)) == share
    for text in ("0", "-1", "100.01", "0.001", "", "一半", "1e400", "nan"):
        assert sharing.share_of_percent(text) is None


def test_named_colleagues_are_found_by_number_first_and_namesakes_are_left_to_a_person(stage):
    from complaints.pages.praise import named_among

    namesake = factories.make_employee(stage.sales, "王丽")
    staff = [stage.wangli, stage.zhouting, namesake]
    assert named_among("王丽和周婷", staff) == [stage.zhouting]
    assert named_among(f"王丽 {namesake.number}", staff) == [namesake]
