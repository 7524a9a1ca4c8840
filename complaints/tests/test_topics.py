"""Topics by the words of the lexicon. Pure."""

import pytest

from complaints.policy import Topic
from complaints.topics import topics_in

LEXICON = (
    Topic("waiting", "等候", words=("等了", "没人接待", "queue")),
    Topic("price", "价格", words=("收费", "fee")),
    Topic("callback", "没有回音", words=("no reply",)),
    Topic("repair", "报修", words=("漏水", "leak")),
)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("我等了一个小时", ["waiting"]),
        ("售楼处没人接待，还乱收费", ["waiting", "price"]),
        ("The FEES were high, no  reply since", ["price", "callback"]),
        ("ＦＥＥ", ["price"]),
        ("I had coffee and a feeling", []),
        ("the pipe is leaking, long queues", ["waiting", "repair"]),
        ("no\nreply", ["callback"]),
        ("", []),
    ],
)
def test_topics_are_found_by_their_words(text, codes):
    assert topics_in(text, LEXICON) == codes


def test_a_word_of_signs_is_no_pattern():
    assert topics_in("50% (off) a.c", (Topic("sale", "优惠", words=("(off)", "a.c")),)) == ["sale"]
    assert topics_in("abc", (Topic("sale", "优惠", words=("a.c",)),)) == []
