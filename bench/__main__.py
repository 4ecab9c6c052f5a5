"""`make bench`: every measurement, as ratios within one run; nothing here is asserted by a test."""

import sys

from bench import extract, matching, storing


def main() -> int:
    """Run all benches; exit 1 if one could not run."""
    failed = 0
    for title, bench in (("matching", matching), ("documents", extract), ("storing and searching", storing)):
        print(f"\n== {title}\n")
        failed |= bench.main([])
    return failed


if __name__ == "__main__":
    sys.exit(main())
