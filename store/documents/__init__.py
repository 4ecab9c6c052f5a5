"""Documents to text: HTML, PDF, Word, RTF, XML and plain files by page, read in a limited child process."""

from store.documents.extractor import Extractor
from store.documents.inline import extract_inline
from store.documents.limits import Limits
from store.observed import ObservedText

__all__ = ["Extractor", "Limits", "extract", "extract_inline"]


def extract(data: bytes, media_type: str | None, *, limits: Limits = Limits(), ocr: bool = True) -> ObservedText:  # noqa: B008 - frozen
    """Return the text of one file, read in a child process of its own; bad files come back as not readable."""
    with Extractor(limits) as extractor:
        return extractor.extract(data, media_type, ocr=ocr)
