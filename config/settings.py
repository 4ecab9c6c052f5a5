"""The only reader of the environment: every setting with its default; docs/operations.md has the table."""

from functools import cached_property
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.errors import ConfigError

CONFIG_FOLDER = Path(__file__).parent


class Settings(BaseSettings):
    """Settings from WATCHBILL_… variables; command-line options override them."""

    model_config = SettingsConfigDict(env_prefix="WATCHBILL_", extra="ignore")

    data_dir: Path = Field(default=Path("var"), description="Where databases, captures and outbox live")
    config_dir: Path = Field(default=CONFIG_FOLDER, description="Folder with topics.toml and jurisdictions/")
    database_url: str | None = Field(default=None, description="Archive database; default SQLite in the data folder")
    subscribers_url: str | None = Field(
        default=None, description="Subscriber database; default SQLite in the data folder"
    )
    key_file: Path | None = Field(
        default=None, description="Key of the subscriber store; default <data-dir>/secret.key"
    )
    secret_key: SecretStr | None = Field(default=None, description="Key of the subscriber store, instead of the file")
    base_url: str = Field(default="http://127.0.0.1:8000", description="Public address of the pages and links in mails")
    contact: str = Field(
        default="https://watchbill.example/contact", description="Contact in the User-Agent and in every mail"
    )
    mail_from: str = Field(default="watchbill <digest@watchbill.example>", description="From of every mail")
    postal_line: str = Field(default="", description="Postal or contact line at the foot of every mail")
    smtp_host: str = Field(default="localhost", description="SMTP server")
    smtp_port: int = Field(default=25, ge=1, le=65535, description="SMTP port")
    smtp_username: str | None = Field(default=None, description="SMTP user; no login when absent")
    smtp_password: SecretStr | None = Field(default=None, description="SMTP password")
    smtp_security: str = Field(
        default="starttls",
        pattern="^(starttls|tls|none)$",
        description="starttls (required), tls, or none (loopback only)",
    )
    user_agent: str | None = Field(default=None, description="Overrides the whole User-Agent; must stay honest")
    download_delay: float = Field(default=1.0, ge=0, description="Seconds between requests to one host")
    crawl_timeout: int = Field(default=3600, ge=1, description="Seconds after which a crawl is ended")
    max_bytes: int = Field(default=10_000_000, ge=1, description="Largest response; a source's row may raise it")
    max_requests: int = Field(default=5000, ge=1, description="Most requests of one run; a source's row may change it")
    private_hosts: str = Field(
        default="",
        description="Hosts, with commas, that may be asked though their address is private: your own servers",
    )

    @property
    def archive_url(self) -> str:
        """SQLAlchemy address of the archive."""
        return self.database_url or f"sqlite:///{self.data_dir / 'archive.db'}"

    @property
    def private_url(self) -> str:
        """SQLAlchemy address of the subscriber store."""
        return self.subscribers_url or f"sqlite:///{self.data_dir / 'subscribers.db'}"

    @property
    def secret_path(self) -> Path:
        """File of the subscriber store's key."""
        return self.key_file or self.data_dir / "secret.key"

    @property
    def outbox(self) -> Path:
        """Folder of the .eml sender."""
        return self.data_dir / "outbox"

    @property
    def captures(self) -> Path:
        """Folder of the crawls' WARC files."""
        return self.data_dir / "captures"

    @cached_property
    def agent(self) -> str:
        """The User-Agent: who we are, and where to complain."""
        return self.user_agent or f"watchbill/0.1 (+{self.contact})"


def load_settings(data_dir: Path | None = None, config_dir: Path | None = None) -> Settings:
    """Read the environment once; the two common options override it. Raises ConfigError naming the variable."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "WATCHBILL_" + str(first["loc"][0]).upper() if first["loc"] else "WATCHBILL_…"
        raise ConfigError(first["msg"], field=name, remedy="docs/operations.md lists the settings") from error
    changes: dict[str, Path] = {}
    if data_dir is not None:
        changes["data_dir"] = data_dir
    if config_dir is not None:
        changes["config_dir"] = config_dir
    return settings.model_copy(update=changes)
