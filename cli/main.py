"""The command line: parses arguments, calls the same functions as pages and API, prints."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import crawl, demo, digests, extract, matching, parse, records, serve, sources, status, subscribers
from cli.common import Context
from config.errors import ConfigError, WatchbillError

app = typer.Typer(
    name="watchbill",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Tracks bills and council agenda items about license plate readers and shield laws, and mails digests. "
    "--data-dir and --config may stand anywhere on the line.",
)


@app.callback()
def common(
    context: typer.Context,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="Folder of databases, captures and outbox [default: var]")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="Folder with topics.toml and jurisdictions/ [default: config]")
    ] = None,
) -> None:
    context.obj = Context(data_dir, config)


app.add_typer(sources.app, name="sources")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(digests.app, name="digest")
for module in (crawl, parse, matching, extract, records, digests, status, serve, demo):
    module.register(app)


def lift_common(arguments: list[str]) -> list[str]:
    """Move --data-dir and --config to the front, so that they may stand after a command as well."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, _ = argument.partition("=")
        if argument == "--":
            rest += [argument, *waiting]
        elif name in ("--data-dir", "--config"):
            front.append(argument)
            if not equals:
                front += [value for value in [next(waiting, None)] if value is not None]
        else:
            rest.append(argument)
    return front + rest


def main() -> None:
    """Entry point of the console script. Exit 0 done, 1 done with failures, 2 wrong use."""
    try:
        app(args=lift_common(sys.argv[1:]))
    except WatchbillError as error:
        print(f"watchbill: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, ConfigError) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of a pipe went away (head, less): that is not a failure of ours.
        sys.stderr.close()
        sys.exit(0)
