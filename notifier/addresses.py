"""Addresses as people type them: checked without the network, and made one form per mailbox."""

from email_validator import EmailNotValidError, validate_email

from notifier.crypto import Vault
from notifier.errors import AddressRefused


def clean_address(text: str) -> str:
    """Return the address as it goes on the wire, its domain in ASCII; raises AddressRefused, which never repeats it."""
    # The library accepts blanks around an address; a newline there is an attempt at another header.
    if text != text.strip() or not text.isprintable():
        raise AddressRefused("that is not an address: it has blanks or control characters around it")
    try:
        checked = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        # The part after the colon quotes what was typed; it must not reach a log.
        raise AddressRefused(f"that is not an address that can be mailed: {str(error).split(':')[0]}") from None
    assert checked.ascii_email is not None  # allow_smtputf8=False lets no other through
    return checked.ascii_email


def address_hash(vault: Vault, address: str) -> str:
    """Return what the store finds an address by; capitals make no difference, as in every mailbox in use."""
    return vault.keyed_hash("address lookup", address.casefold())
