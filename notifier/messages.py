"""A digest as an RFC 5322 message: headers that receivers ask for, text first, then HTML."""

from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from notifier.crypto import Vault
from notifier.letterhead import Letterhead
from notifier.render import Rendered
from notifier.tokens import message_id, timed_token, unsubscribe_token

LONG_LINES = policy.SMTP.clone(max_line_length=998)


class WirePolicy(policy.EmailPolicy):
    """SMTP's rules, with two of Python's foldings replaced.

    A long address in List-Unsubscribe would become an encoded word, which no mailbox provider follows. A subject
    with a dash would gain a blank wherever a line ends before an encoded word.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower().startswith("list-") or name.lower() == "message-id":
            return LONG_LINES.fold_binary(name, value)
        if name.lower() == "subject":
            charset = "us-ascii" if str(value).isascii() else "utf-8"
            folded = Header(str(value), charset, maxlinelen=76, header_name=name).encode(linesep="\r\n")
            return f"{name}: {folded}\r\n".encode("ascii")
        return super().fold_binary(name, value)


WIRE = WirePolicy(linesep="\r\n", cte_type="7bit")


def links_of(vault: Vault, letterhead: Letterhead, subscriber_id: str, now: datetime) -> tuple[str, str]:
    """Return a reader's own unsubscribe and manage addresses."""
    return (
        letterhead.link(f"unsubscribe/{unsubscribe_token(vault, subscriber_id)}"),
        letterhead.link(f"manage/{timed_token(vault, 'manage', subscriber_id, now)}"),
    )


def message_of(
    rendered: Rendered,
    letterhead: Letterhead,
    *,
    vault: Vault,
    digest_id: str,
    to: str,
    unsubscribe: str,
    now: datetime,
) -> bytes:
    """Return the message on the wire; everything but To and Date is the same for every attempt."""
    mail = EmailMessage(policy=WIRE)
    mail["From"] = Address(display_name=letterhead.name, addr_spec=letterhead.address)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = rendered.subject
    mail["Date"] = now
    mail["Message-ID"] = message_id(vault, digest_id, letterhead.domain)
    mail["List-Id"] = (
        f"{letterhead.name.encode('ascii', 'ignore').decode() or 'watchbill'} <digest.{letterhead.domain}>"
    )
    mail["List-Unsubscribe"] = f"<{unsubscribe}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(rendered.text, cte="quoted-printable")
    mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    # The boundary is drawn at random otherwise, and two attempts at one mail would differ.
    mail.set_boundary(f"part-{vault.keyed_hash('boundary', digest_id, 32)}")
    return mail.as_bytes(policy=WIRE)
