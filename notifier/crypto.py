"""The subscriber store's key: addresses and stored mails are sealed with it, and found by keyed hash."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
import zlib
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from notifier.errors import KeyTrouble

KEY_BYTES = 32
NONCE_BYTES = 12


class Vault:
    """Everything that is done with the key; each purpose has its own derived key, so none can stand for another."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise KeyTrouble(f"the key must be {KEY_BYTES} bytes long. Restore the key file from its backup")
        self._derive = cache(lambda purpose: derived_key(key, purpose))

    def __repr__(self) -> str:
        return "<Vault>"

    def subkey(self, purpose: str) -> bytes:
        """Return the 32-byte key of one purpose."""
        derived: bytes = self._derive(purpose)
        return derived

    def keyed_hash(self, purpose: str, text: str, length: int = 64) -> str:
        """Return the first `length` hexadecimal digits of the keyed hash of a text."""
        return hmac.new(self.subkey(purpose), text.encode(), hashlib.sha256).hexdigest()[:length]

    def seal(self, text: str, place: str) -> bytes:
        """Return the text compressed and encrypted; `place` (table and row) must be given again to open it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.subkey("seal")).encrypt(nonce, zlib.compress(text.encode()), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Return the sealed text; raises KeyTrouble when key or place are not the ones it was sealed with."""
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return zlib.decompress(AESGCM(self.subkey("seal")).decrypt(nonce, body, place.encode())).decode()
        except (InvalidTag, ValueError) as error:
            raise KeyTrouble(
                "a sealed value can't be opened: the key is another store's, or the row was altered"
            ) from error


def derived_key(key: bytes, purpose: str) -> bytes:
    """Return the key that HKDF derives for a purpose."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"watchbill {purpose}".encode()).derive(key)


def opaque_id(prefix: str) -> str:
    """Return a new random identifier that tells nothing about its subject."""
    return f"{prefix}_{secrets.token_hex(8)}"


def create_key_file(path: Path) -> bool:
    """Write a new key, readable by its owner alone, unless the file exists; says whether it was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # The mode is set by the call that creates the file: there is no moment at which others could read it.
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def open_vault(path: Path, text: str | None = None) -> Vault:
    """Return the vault of a key file, or of the key's text (from the environment) when given; raises KeyTrouble."""
    if text is None:
        text = read_key_file(path)
    try:
        return Vault(base64.urlsafe_b64decode(text.strip().encode()))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise KeyTrouble("the subscriber store's key is not base64. Restore it from its backup") from error


def read_key_file(path: Path) -> str:
    """Return the text of a key file; raises KeyTrouble when it is absent, or others may read it."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise KeyTrouble(
            f"there is no key file {path}. `watchbill subscribers add` makes one for a new store"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeyTrouble(f"the key file {path} can't be read: {type(error).__name__}") from error
    if stat.S_IMODE(mode) & 0o077:
        raise KeyTrouble(f"others may read the key file {path}. Run: chmod 600 {path}")
    return text
