"""Which spider class reads which platform: the one list of names that rows, `parse` and docs share."""

from importlib import import_module

from pydantic import ValidationError

from config.errors import ConfigError
from config.sources import Source, Sources
from crawler.spiders.base import SourceSpider

SPIDERS: dict[str, str] = {
    "boarddocs": "crawler.spiders.platforms.boarddocs:BoardDocsSpider",
    "civicclerk": "crawler.spiders.platforms.civicclerk:CivicClerkSpider",
    "civicplus": "crawler.spiders.platforms.civicplus:CivicPlusSpider",
    "civicweb": "crawler.spiders.platforms.civicweb:CivicWebSpider",
    "ct": "crawler.spiders.states.ct:ConnecticutSpider",
    "escribe": "crawler.spiders.platforms.escribe:EscribeSpider",
    "legistar": "crawler.spiders.platforms.legistar:LegistarSpider",
    "ma": "crawler.spiders.states.ma:MassachusettsSpider",
    "primegov": "crawler.spiders.platforms.primegov:PrimeGovSpider",
    "simbli": "crawler.spiders.platforms.simbli:SimbliSpider",
}


def spider_class(platform: str) -> type[SourceSpider]:
    """Import and return the spider of a platform or state; ConfigError names those that exist."""
    try:
        module, name = SPIDERS[platform].split(":")
    except KeyError as error:
        raise ConfigError(
            f"there is no spider for {platform!r}", field="platform", remedy=f"There are {', '.join(sorted(SPIDERS))}"
        ) from error
    found = getattr(import_module(module), name)
    assert issubclass(found, SourceSpider)
    return found


def check_source(source: Source) -> None:
    """Check a row's platform and options; ConfigError names row, field and remedy."""
    try:
        cls = spider_class(source.platform)
    except ConfigError as error:
        raise ConfigError("no spider of that name", row=source.slug, field="platform", remedy=error.remedy) from error
    try:
        cls.Options.model_validate(source.options)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(["options", *(str(part) for part in first["loc"])])
        fields = ", ".join(cls.Options.model_fields) or "none"
        raise ConfigError(
            first["msg"], row=source.slug, field=field, remedy=f"{source.platform} has these options: {fields}"
        ) from error


def check_sources(sources: Sources) -> None:
    """Check every row; run at start-up, after load_sources."""
    for source in sources.rows:
        check_source(source)
