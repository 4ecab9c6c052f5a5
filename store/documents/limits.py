"""What one file may cost."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds for reading one file; a file that exceeds one is reported as not readable, or read in part."""

    max_bytes: int = 50_000_000
    cpu_seconds: int = 60
    wall_seconds: float = 90.0
    memory_bytes: int = 1_500_000_000
    max_pages: int = 3000
    ocr_pages: int = 60
    ocr_page_seconds: float = 60.0
    ocr_seconds: float = 300.0
    """OCR is slow but steady, so the pages it reads have their own time beside `wall_seconds`."""
    max_characters: int = 20_000_000
