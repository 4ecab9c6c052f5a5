"""Matching is pure: texts in, mentions with offsets, strength and reason out; no database, no network, no clock."""

from store.matching.matcher import Matcher
from store.matching.model import Match, Mention, TextField, TopicMatch

__all__ = ["Match", "Matcher", "Mention", "TextField", "TopicMatch"]
