"""Which topics of the lexicon a text speaks of. Pure.

Chinese words are looked for as plain substrings, not as tokens: a segmenter cuts 等了, 认购金, 没人接待 and 不一样
into pieces, and cuts them otherwise beside other words; whether a topic is found would hang on its dictionary. The
words of a lexicon are chosen long enough to mean what they say. Words in Latin letters are looked for as whole words
with their common endings: a fee is not in “coffee”, a leak is in “leaking”.
"""

import functools
import re
import unicodedata

ENDINGS = "(?:s|es|ed|ing)?"


def tidy(text):
    """Full-width and half-width, large and small letters become the same; blanks of any length one."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).lower()


def topics_in(text, lexicon):
    """Codes of the topics that the text mentions, in the lexicon's order. `lexicon` holds policy.Topic."""
    plain = tidy(text)
    return [topic.code for topic in lexicon if any(_mentions(plain, word) for word in topic.words)]


def _mentions(plain, word):
    word = tidy(word)
    return bool(_shape(word).search(plain)) if word.isascii() else word in plain


@functools.lru_cache(maxsize=4096)
def _shape(word):
    return re.compile(rf"(?<![a-z0-9]){re.escape(word)}{ENDINGS}(?![a-z0-9])")
