"""Topics are data: loads topics.toml into checked phrases, context words, terms and rules, and says what is wrong."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from config.errors import ConfigError
from config.phrases import parse_phrases
from config.sources import read_toml

Case = Literal["any", "capital", "upper"]
Purpose = Literal[
    "authorize",
    "contract",
    "restrict",
    "ban",
    "moratorium",
    "sharing",
    "retention",
    "warrant",
    "audit",
    "study",
    "private_right_of_action",
    "end",
]
R = TypeVar("R", bound=BaseModel)


class Table(BaseModel):
    """Base of the tables: an unknown field is a typing mistake and is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Signal(Table):
    """Words that matter as context: rules name it. `case` asks for capitals where small letters mean another thing."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    phrases: tuple[str, ...] = Field(min_length=1)
    case: Case = "any"
    unless_inside: tuple[str, ...] = ()


class Rule(Table):
    """One line of a term: if all its conditions hold, the mention gets this strength for this reason.

    `near` lists signals of which each must stand within `words`; "a|b" means one of the two. `sentence`, `record` and
    `title` ask the same of the sentence, of the whole record and of its title, summary or subject.
    """

    strength: Literal["strong", "possible", "ignore"]
    reason: str = Field(min_length=1)
    words: int = Field(default=12, ge=1, le=60)
    near: tuple[str, ...] = ()
    not_near: tuple[str, ...] = ()
    sentence: tuple[str, ...] = ()
    not_sentence: tuple[str, ...] = ()
    record: tuple[str, ...] = ()
    not_record: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    not_title: tuple[str, ...] = ()
    in_title: bool | None = None

    def names(self) -> set[str]:
        """The signals that the rule asks for."""
        lists = (*self.near, *self.not_near, *self.sentence, *self.not_sentence)
        return {name for entry in (*lists, *self.titled(), *self.recorded()) for name in entry.split("|")}

    def titled(self) -> tuple[str, ...]:
        """The entries that are looked for in the title."""
        return (*self.title, *self.not_title)

    def recorded(self) -> tuple[str, ...]:
        """The entries that are looked for in the whole record."""
        return (*self.record, *self.not_record)


class Term(Table):
    """Phrases of one meaning, and the rules that decide what one is worth; the first that holds counts."""

    name: str = Field(min_length=1)
    phrases: tuple[str, ...] = Field(min_length=1)
    case: Case = "any"
    unless_inside: tuple[str, ...] = ()
    rule: tuple[Rule, ...] = Field(min_length=1)


class Passing(Table):
    """When one mention in a long text is passing: the text has more words, the mention has none of these near it."""

    text_words: int = Field(ge=1)
    mentions: int = Field(ge=1)
    operative: tuple[str, ...] = Field(min_length=1)
    words: int = Field(ge=1, le=60)


class Topic(Table):
    """A thing watched: its terms and when a mention of them is only passing."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    name: str = Field(min_length=1)
    passing: Passing
    term: tuple[Term, ...] = Field(min_length=1)


class Aspect(Table):
    """What a record does, read near its mentions: a purpose, or one of the three kinds of access."""

    name: Purpose | Literal["out_of_state", "federal", "immigration"]
    phrases: tuple[str, ...] = Field(min_length=1)
    unless_inside: tuple[str, ...] = ()


class Vendor(Table):
    """A vendor's trade name and every legal and product name that stands for it."""

    name: str = Field(min_length=1)
    phrases: tuple[str, ...] = Field(min_length=1)
    case: Case = "capital"
    alone: bool = False
    """Whether the name says plate readers by itself; others are only told as vendors beside another mention."""


class Topics(Table):
    """The whole file: named groups of phrases, context signals, topics, aspects and vendors."""

    group: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    signal: tuple[Signal, ...] = ()
    topic: tuple[Topic, ...] = Field(min_length=1)
    aspect: tuple[Aspect, ...] = ()
    vendor: tuple[Vendor, ...] = ()

    @field_validator("group")
    @classmethod
    def groups_are_not_empty(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, phrases in value.items():
            if not phrases:
                raise ValueError(f"the group {name!r} has no phrases")
        return value

    @model_validator(mode="after")
    def every_topic_has_its_own_slug(self) -> Self:
        slugs = [topic.slug for topic in self.topic]
        if len(set(slugs)) != len(slugs):
            raise ValueError("two topics have the same slug")
        return self


def load_topics(folder: Path) -> Topics:
    """Load `folder`/topics.toml; raises ConfigError with file, row, field and remedy."""
    path = folder / "topics.toml"
    if not path.is_file():
        raise ConfigError("there is no such file", file=str(path), remedy="Give --config a folder that has it")
    document = read_toml(path)
    unknown = sorted(set(document) - set(Topics.model_fields))
    if unknown:
        raise ConfigError(
            "is not a table of this file",
            file=path.name,
            field=unknown[0],
            remedy=f"Use {', '.join(Topics.model_fields)}",
        )
    topics = _checked(Topics, document, path.name)
    _check_phrases(topics, path.name)
    _check_names(topics, path.name)
    return topics


def _checked(model: type[R], document: dict[str, Any], file: str) -> R:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        row, field = _place(document, first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        remedy = f"Found {first['input']!r:.80}"
        if first["type"] == "extra_forbidden":
            message, remedy = "is not a field of this table", "Remove it, or mend its spelling"
        elif first["type"] == "missing":
            message, remedy = "is missing", "Add it"
        raise ConfigError(message, file=file, row=row, field=field, remedy=remedy) from error


def _place(document: Any, loc: tuple[int | str, ...]) -> tuple[str | None, str | None]:
    """Name the table by its slugs and names, and the field inside it, from pydantic's path."""
    labels: list[str] = []
    field: list[str] = []
    node = document
    for part in loc:
        if isinstance(part, int):
            node = node[part] if isinstance(node, list) and part < len(node) else None
            label = (node.get("slug") or node.get("name")) if isinstance(node, dict) else None
            labels.append(f"{field.pop() if field else ''} {label or part + 1}".strip())
        elif isinstance(node, dict):
            node = node.get(part)
            field.append(part)
        # What follows a plain value is pydantic's name for one of the types it tried, which is in nobody's file.
    return " / ".join(labels) or None, ".".join(field) or None


def _tables(topics: Topics) -> Iterable[tuple[str, Signal | Term | Aspect | Vendor]]:
    for signal in topics.signal:
        yield f"signal {signal.name}", signal
    for topic in topics.topic:
        for term in topic.term:
            yield f"topic {topic.slug} / term {term.name}", term
    for aspect in topics.aspect:
        yield f"aspect {aspect.name}", aspect
    for vendor in topics.vendor:
        yield f"vendor {vendor.name}", vendor


def _check_phrases(topics: Topics, file: str) -> None:
    rows = [(f"group {name}", "group", phrases) for name, phrases in topics.group.items()]
    rows += [(row, "phrases", table.phrases) for row, table in _tables(topics)]
    for row, field, phrases in rows:
        try:
            parse_phrases(phrases, topics.group)
        except ConfigError as error:
            raise ConfigError(
                error.message, file=file, row=row, field=field, remedy="docs/matching.md tells how phrases are written"
            ) from error


def _check_names(topics: Topics, file: str) -> None:
    names = [signal.name for signal in topics.signal]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError("is there twice", file=file, row=f"signal {name}", remedy="Join the two tables")
    asked: list[tuple[str, str, Iterable[str]]] = []
    for row, table in _tables(topics):
        if not isinstance(table, Vendor):
            asked.append((row, "unless_inside", table.unless_inside))
        if isinstance(table, Term):
            asked += [(f"{row} / rule {n}", "near", rule.names()) for n, rule in enumerate(table.rule, start=1)]
    asked += [(f"topic {topic.slug}", "passing.operative", topic.passing.operative) for topic in topics.topic]
    for row, field, wanted in asked:
        for name in sorted(wanted):
            if name not in names:
                raise ConfigError(
                    f"there is no signal {name!r}",
                    file=file,
                    row=row,
                    field=field,
                    remedy="Add a [[signal]] of that name",
                )
