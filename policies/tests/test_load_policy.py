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
