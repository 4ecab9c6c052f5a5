"""Files become texts by page: each body once, in a limited child process, unless the archive has read it before."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from crawler.items import Scraped, ScrapedFile
from store.documents import Extractor
from store.observed import ObservedText


def extract_texts(
    items: Iterable[Scraped],
    known: Callable[[list[str]], Mapping[str, ObservedText]],
    progress: Callable[[str], None] = lambda _line: None,
) -> dict[str, ObservedText]:
    """Texts by the address of their document; `known` gives those of hashes that were read in earlier runs.

    A file that can't be read becomes a text with `readable` false and its reason; it is never an error.
    """
    files = [item for item in items if isinstance(item, ScrapedFile) and item.path]
    by_hash = dict(known(sorted({file.sha256 for file in files})))
    missing = [file for file in {file.sha256: file for file in files}.values() if file.sha256 not in by_hash]
    if missing:
        with Extractor() as extractor:
            for number, file in enumerate(missing, start=1):
                assert file.path is not None
                progress(f"reading document {number} of {len(missing)}")
                by_hash[file.sha256] = extractor.extract(Path(file.path).read_bytes(), file.media_type)
    return {file.url: by_hash[file.sha256] for file in files}
