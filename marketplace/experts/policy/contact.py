"""Contact details in text that companies read.  Pure."""

import re
import unicodedata

_MAIL = re.compile(r"[\w.+-]+\s*(@|\(at\)|\[at\])\s*[\w-]+\s*(\.|\(dot\)|\[dot\])\s*[a-z]{2,}", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b(https?://|www\.)\S+|\b(linkedin|facebook|instagram|t|wa|github)\.(com|me)/\S+", re.IGNORECASE
)
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d\s()./-]{7,}\d(?!\w)")
_HANDLE = re.compile(
    r"\b(what\W?s\s?app|telegram|skype|signal|wechat|discord)\b\s*[:@(]|(?<!\w)@\w{3,}", re.IGNORECASE
)
PHONE_DIGITS = 9


def contact_problem(text: str) -> str | None:
    """The sentence for a text that says how to reach its writer elsewhere; None when it does not."""
    text = _as_read(text)
    if _MAIL.search(text):
        return "Take the e-mail address out: companies see a code, and we pass messages on."
    if _ADDRESS.search(text):
        return "Take the link out: companies see a code, and a link would say who you are."
    if any(sum(sign.isdigit() for sign in match[0]) >= PHONE_DIGITS for match in _PHONE.finditer(text)):
        return "Take the phone number out: companies see a code, and we pass messages on."
    if _HANDLE.search(text):
        return "Take the name you have elsewhere out: companies see a code, not who you are."
    return None


def names_itself(text: str, name: str) -> bool:
    """Whether a text says both the first and the last part of its writer's name."""
    text, name = _as_read(text), _as_read(name)
    parts = [part for part in name.casefold().split() if len(part) > 1]
    words = set(re.findall(r"\w+", text.casefold()))
    return len(parts) > 1 and parts[0] in words and parts[-1] in words


def _as_read(text: str) -> str:
    """The text as eyes read it: wide letters as plain ones, nothing unseen between them."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")
