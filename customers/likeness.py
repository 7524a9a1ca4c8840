"""Whether two files may be one person's, by what is written in them: pure, cautious, for a person to decide."""

import unicodedata

TITLES = ("先生", "女士", "小姐", "太太", "老师", "夫人", "mr", "mrs", "ms", "mr.", "mrs.", "ms.")


def bare(name):
    """The name as it is compared: one width, small letters, without blanks and form of address."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    for title in TITLES:
        if title.isascii():
            plain = plain.removeprefix(f"{title} ")
        else:
            plain = plain.removesuffix(title)
    return "".join(plain.split())


def names_alike(first, second):
    """林女士 and 林小雨, 林小雨 and 林晓雨; not 王伟 and 王芳, who share but the family name."""
    one, other = sorted((bare(first), bare(second)), key=len)
    if not one or one == other:
        return bool(one)
    if len(one) == 1:
        return other.startswith(one)
    return len(other) >= 3 and within_one(one, other)


def within_one(first, second):
    """At most one character typed wrongly, left out, added, or swapped with its neighbour."""
    if first == second:
        return True
    one, other = sorted((first, second), key=len)
    if len(other) - len(one) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) != len(other):
        return one[start:] == other[start + 1 :]
    if one[start + 1 :] == other[start + 1 :]:
        return True
    is_swapped = one[start : start + 2] == other[start : start + 2][::-1]
    return is_swapped and one[start + 2 :] == other[start + 2 :]
