"""The words of a letter: from HTML to text, and where the new part ends and the quoted history begins."""

import re
import unicodedata
from html.parser import HTMLParser

#: more than this nobody writes by hand
MOST_HTML = 300_000
MOST_TEXT = 50_000
SILENT = {
    "script",
    "style",
    "head",
    "title",
    "template",
    "noscript",
    "svg",
    "math",
    "iframe",
    "object",
    "select",
}
BLOCKS = {
    "p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "pre",
    "section", "article", "header", "footer", "dt", "dd",
}  # fmt: skip
INVISIBLE = {"\u200b", "\u200c", "\u2060", "\ufeff", "\u00ad"}
#: turn the reading direction around: a sentence may then look as if it said something else
DIRECTIONS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class _Reader(HTMLParser):
    """Collects what a reader of the page would see, line by line; quoted history becomes lines with '>'."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.lines, self.silent, self.quotes = [""], [], 0

    def handle_starttag(self, tag, attrs):
        if self.silent:
            if tag == self.silent[-1]:
                self.silent.append(tag)
        elif tag in SILENT:
            self.silent.append(tag)
        else:
            self._break(tag)
            self.quotes += tag == "blockquote"

    def handle_startendtag(self, tag, attrs):
        if not self.silent:
            self._break(tag)

    def handle_endtag(self, tag):
        if self.silent:
            if tag == self.silent[-1]:
                self.silent.pop()
            return
        if tag == "blockquote":
            self.quotes = max(0, self.quotes - 1)
        self._break(tag)

    def handle_data(self, data):
        if not self.silent:
            words = re.sub(r"\s+", " ", data)
            self.lines[-1] += words

    def _break(self, tag):
        if tag in BLOCKS:
            self._quote()
            self.lines.append("")
        elif tag in {"td", "th"} and self.lines[-1]:
            self.lines[-1] += " "

    def _quote(self):
        if self.quotes and self.lines[-1].strip() and not self.lines[-1].startswith(">"):
            self.lines[-1] = "> " + self.lines[-1].strip()


def text_of_html(page):
    """What the page says. No tag, script, style or link address survives."""
    reader = _Reader()
    reader.feed(_plain_tags(page[:MOST_HTML]))
    reader.close()
    reader._quote()
    return tidy("\n".join(reader.lines))


DECLARATION = re.compile(r"<[!?][^<>]*>")
LONE_BRACKET = re.compile(r"<(?![/a-zA-Z][^<>]{0,5000}>)")


def _plain_tags(page):
    """Only whole tags are left. Comments and declarations make the standard parser raise, or take minutes."""
    pieces, place = [], 0
    while (begin := page.find("<!--", place)) >= 0 and (end := page.find("-->", begin + 4)) >= 0:
        pieces.append(page[place:begin])
        place = end + 3
    pieces.append(page[place:])
    return LONE_BRACKET.sub("&lt;", DECLARATION.sub("", "".join(pieces)))


def tidy(text):
    """One kind of line end, no control or invisible characters, no walls of blank lines."""
    text = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", text[: 4 * MOST_TEXT])
    kept = "".join(
        letter
        for letter in text.replace("\xa0", " ").replace("\t", " ")
        if letter == "\n"
        or (unicodedata.category(letter) not in {"Cc", "Cs"} and letter not in INVISIBLE | DIRECTIONS)
    )
    lines = [line.strip() for line in kept.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:MOST_TEXT]


#: a line after which only history follows
HISTORY = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^[-_—=\s]{2,}\s*(original message|original email|forwarded message|forwarded by .*)\s*[-_—=\s]{2,}.*$",
        r"^[-_—=\s]{2,}\s*(原始邮件|原邮件|回复的原邮件|邮件原件|转发的邮件|转发邮件信息|原始郵件)\s*[-_—=\s]*.*$",
        r"^on\s.{4,200}\swrote\s*[:：]$",
        r"^.{2,200}(写道|寫道)\s*[:：]$",
        r"^at \d{4}-\d\d-\d\d[ \d:]+, .{1,200} wrote\s*[:：]$",
    )
)
#: the block of headers that Outlook puts above history: a sender line and, close below it, a date or subject line
SENDER_LINE = re.compile(r"^\**(from|发件人|寄件者)\**\s*[:：]", re.IGNORECASE)
DATE_LINE = re.compile(
    r"^\**(sent|date|to|subject|发送时间|发送日期|日期|时间|收件人|主题|收件者)\**\s*[:：]", re.IGNORECASE
)
#: a line after which only the signature follows
SIGNATURE = re.compile(
    r"^(--|—— ?|发自我的.{1,30}|发自.{0,10}(iphone|手机|邮箱).{0,20}|从我的.{1,20}发送|sent from my .{1,40}"
    r"|获取 ?outlook.{0,40}|get outlook for .{1,20})$",
    re.IGNORECASE,
)


def split(text):
    """(what is new, what is quoted history and signature). Cuts only at marks that programs write themselves.

    Whoever writes below or between the quoted lines keeps those lines; where nothing else is left the whole is new.
    """
    lines = text.split("\n")
    place = next((number for number, line in enumerate(lines) if _is_history(lines, number)), len(lines))
    new = _without_quotes(lines[:place])
    below = [line for line in lines[place + 1 :] if line and not line.startswith(">")]
    is_quoted_by_marks = any(line.startswith(">") for line in lines[place + 1 :])
    if is_quoted_by_marks and below:  # written below or between the quotes
        new = _without_quotes([*lines[:place], *lines[place + 1 :]])
    new, signature = _sign_off(new)
    words = "\n".join(new).strip()
    if not words:
        return text, ""
    rest = [line for line in signature if line] + lines[place:]
    return words, "\n".join(rest).strip()


def _is_history(lines, number):
    line = lines[number].lstrip("> ")
    if any(pattern.match(line) for pattern in HISTORY):
        return True
    if not SENDER_LINE.match(line):
        return False
    return (
        sum(bool(DATE_LINE.match(next_line.lstrip("> "))) for next_line in lines[number + 1 : number + 6])
        >= 2
    )


def _without_quotes(lines):
    return [line for line in lines if not line.startswith(">")]


def _sign_off(lines):
    """Cuts at the last signature mark, when what follows is short."""
    for number in range(len(lines) - 1, -1, -1):
        if SIGNATURE.match(lines[number]) and len("".join(lines[number:])) <= 300:
            return lines[:number], lines[number:]
    return lines, []
