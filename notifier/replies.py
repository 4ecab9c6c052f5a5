"""Reads SMTP replies: what each means for the mail, for its reader, and for the run."""

import re
from enum import Enum

from notifier.plain import one_line
from notifier.senders import Outcome

ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")
NO_SUCH_MAILBOX = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}
"""Second and third number of the enhanced codes that mean that the address is dead (RFC 3463, RFC 7505)."""
FULL = {(2, 2), (3, 1)}
"""Mailbox or system full: worth another try."""
ABOUT_US = re.compile(r"block|black|spam|reputation|rbl|dnsbl|policy|denied|not authorized|relay", re.IGNORECASE)
NO_USER = re.compile(r"no such|unknown|does ?n.t exist|not exist|invalid|no mailbox|not found|disabled", re.IGNORECASE)
MOST_REPLY = 200


class Stage(Enum):
    """Where in the conversation a reply came."""

    GREETING = "greeting"
    SENDER = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    DATA = "DATA"
    BODY = "after the mail"


def plain_reply(code: int, text: bytes | str, to: str = "") -> str:
    """Return a server's reply as one line to keep; servers quote addresses, which must not be kept here."""
    raw = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    words = ADDRESS.sub("<address>", one_line(raw, 2000))
    for part in (to, to.partition("@")[0]):
        if len(part) > 2:
            words = re.sub(re.escape(part), "<address>", words, flags=re.IGNORECASE)
    return one_line(f"{code} {words}" if code > 0 else f"no SMTP reply: {words}", MOST_REPLY)


def outcome_of(stage: Stage, code: int, text: bytes, to: str) -> Outcome:
    """Return what a reply at a stage means."""
    reply = plain_reply(code, text, to)
    words = text.decode("utf-8", "replace")
    if stage is Stage.BODY and 200 <= code < 300:
        return Outcome("sent", reply)
    if 400 <= code < 500:
        # 421 closes the connection whoever was being mailed; the whole batch waits.
        return Outcome("deferred", reply, stop=code == 421)
    if not 500 <= code < 600:
        # Not a reply at all, or one that has no meaning here. After the last dot the mail may have been taken.
        return Outcome("uncertain" if stage is Stage.BODY else "deferred", reply)
    return refused(stage, code, words, reply)


def refused(stage: Stage, code: int, words: str, reply: str) -> Outcome:
    """Return what a permanent refusal means: it is about the mailbox, this mail, or us."""
    found = ENHANCED.search(words)
    detail = (int(found[2]), int(found[3])) if found and found[1] == "5" else None
    if stage in (Stage.GREETING, Stage.SENDER):
        return Outcome("deferred", reply, stop=True)
    if detail is not None and detail[0] == 7:
        # "You are blocked": every further mail would make it worse, and no reader is at fault.
        return Outcome("deferred", reply, stop=True)
    if code in (530, 535, 538) or (detail is None and ABOUT_US.search(words) and not NO_USER.search(words)):
        return Outcome("deferred", reply, stop=True)
    if detail in FULL or (detail is None and code == 552 and stage is Stage.RECIPIENT):
        return Outcome("deferred", reply)
    if stage is not Stage.RECIPIENT:
        return Outcome("failed", reply)
    if detail is not None:
        return Outcome("failed", reply, suppress=detail in NO_SUCH_MAILBOX)
    if code == 554:
        # Without a detail, servers say it to senders they do not want.
        return Outcome("deferred", reply, stop=True)
    return Outcome("failed", reply, suppress=code == 550 and bool(NO_USER.search(words)))
