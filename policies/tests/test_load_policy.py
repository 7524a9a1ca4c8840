"""The command: what it prints, and that it says no in words."""

import io

import pytest
from django.core.management import CommandError, call_command

from organization.models import Company
from policies.models import Version


def run(*args):
    out = io.StringIO()
    call_command("load_policy", *args, stdout=out)
    return out.getvalue()


def test_it_opens_the_company_and_names_our_defaults(db):
    text = run("realestate_rewards", "--unit", "qinghe", "--name", "青禾房产销售")
    assert "已建立公司：青禾房产销售" in text
    assert "[ranking.rank_min_n]" in text
    assert "[ranking.streak_length]" not in text
    assert Company.objects.get(code="qinghe").name == "青禾房产销售"


def test_the_second_time_it_says_that_nothing_changed(db):
    run("realestate_rewards", "--unit", "qinghe")
    assert "没有变化" in run("realestate_rewards", "--unit", "qinghe")
    assert Version.objects.count() == 1


def test_it_says_whose_signatures_are_missing(db):
    assert "管理者代表" in run("developer_iso", "--unit", "yuanqing")


def test_it_loads_a_file_by_its_path(db, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        '[document]\ncode="a"\nnumber="N-1"\ntitle="自订办法"\nversion="1"\neffective_from=2026-01-01\n'
        '[[clauses]]\ncode="A-1"\nnumber="第 1 条"\ntext="条文"\n',
        encoding="utf-8",
    )
    assert "自订办法" in run(str(path), "--unit", "qinghe", "--language", "zh-hans")
    assert "nothing has changed" in run(str(path), "--unit", "qinghe", "--language", "en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[document", "TOML"),
        ('[document]\ncode="a"\n', "number"),
        ("", "document"),
    ],
)
def test_a_broken_file_is_refused_and_no_company_stays(db, tmp_path, text, said):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        run(str(path), "--unit", "qinghe")
    assert not Company.objects.exists()


def test_an_unknown_pack_is_refused(db):
    with pytest.raises(CommandError, match="developer_iso"):
        run("nothing", "--unit", "qinghe")


WITH_RULES = """
[document]
code="a"
number="N-1"
title="自订办法"
version="1"
effective_from=2026-01-01

[[clauses]]
code="A-1"
number="第 1 条"
text="条文"

[[departments]]
code="peony"
name="牡丹处"

[[rules]]
code="A-1"
clause="A-1"
title="未达目标"
direction="penalty"
trigger="target_missed"
params={{ quarters = 2, units = [{units}] }}
evidence="required"
effects=[{{ kind = "points", amount = -1, least = -1, most = -1 }}]
"""


@pytest.fixture
def own_file(tmp_path):
    def write(units, **changed):
        text = WITH_RULES.format(units=", ".join(f'"{unit}"' for unit in units))
        for old, new in changed.items():
            text = text.replace(f'{old}="a"', f'{old}="{new}"')
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_what_a_room_finds_wrong_with_the_whole_is_refused_as_in_the_browser(db, own_file):
    with pytest.raises(CommandError) as refusal:
        run(own_file(["peony", "rose", "lily"]), "--unit", "qinghe")
    sentences = str(refusal.value).splitlines()
    assert len(sentences) == 3
    assert "rose" in sentences[1] and "lily" in sentences[2]
    assert not Company.objects.exists() and not Version.objects.exists()


def test_a_code_that_another_book_has_is_refused_and_the_books_stay_as_they_were(db, own_file):
    run(own_file(["peony"]), "--unit", "qinghe")
    with pytest.raises(CommandError, match="A-1"):
        run(own_file(["peony"], code="b"), "--unit", "qinghe")
    assert Version.objects.get().document.code == "a"
    assert "没有变化" in run(own_file(["peony"]), "--unit", "qinghe")
