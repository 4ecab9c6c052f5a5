"""Storing what a run observed: compare with the archive, write only differences, and say them as typed changes."""

from store.upsert.counts import Counts
from store.upsert.matching import MatchesText
from store.upsert.run import store_run

__all__ = ["Counts", "MatchesText", "store_run"]
