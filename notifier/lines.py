"""Lines with marked words: the matched term in its sentence, and what differs between two texts."""

import difflib
from dataclasses import dataclass

from notifier.plain import one_line, shortened

DIFF_WORDS = 600
CONTEXT_WORDS = 6
SNIPPET = 320


@dataclass(frozen=True)
class Piece:
    """Words of a line, and what they are in it: "match", "cut", "added" or nothing special."""

    text: str
    mark: str = ""


Line = tuple[Piece, ...]
Block = tuple[str, int, int, int, int]
"""What differs: how, from and to which old word, from and to which new word."""


def whole(text: str, mark: str) -> Line:
    """Return a line that is one piece, or none for no text."""
    return (Piece(text, mark),) if text else ()


def diff(before: str, after: str) -> tuple[Line, Line]:
    """Return two lines around the passage that differs most, its changed words marked."""
    if not before or not after or before == after:
        return (), ()
    old, new = before.split()[:DIFF_WORDS], after.split()[:DIFF_WORDS]
    passages = passages_of(changed_blocks(old, new, is_cut(before), is_cut(after)))
    if not passages:
        # They differ only farther down, where two lines can't show it.
        return (), ()
    # A printer's line or a page number at the top must not hide the section that was rewritten below.
    shown = max(passages, key=changed_words)
    first, last = shown[0], shown[-1]
    others = len(passages) - 1
    # A passage at the very end closes with a blank already.
    blank = "" if last[4] == len(new) else " "
    more = whole(f"{blank}(and {others} more passage{'s' if others > 1 else ''} changed)", "") if others else ()
    return (
        marked_line(old, first[1], last[2], "cut", [(block[1], block[2]) for block in shown]),
        (*marked_line(new, first[3], last[4], "added", [(block[3], block[4]) for block in shown]), *more),
    )


def is_cut(text: str) -> bool:
    """Whether more of a text follows than is compared."""
    return text.endswith("…") or len(text.split()) > DIFF_WORDS


def changed_blocks(old: list[str], new: list[str], old_cut: bool, new_cut: bool) -> list[Block]:
    """Return where words differ, without an end that differs only because the other text was cut before it."""
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changed: list[Block] = [block for block in blocks if block[0] != "equal"]
    if len(changed) > 1 and (changed[-1][2], changed[-1][4]) == (len(old), len(new)):
        _, begin, end, start, stop = changed[-1]
        if (new_cut and end > begin) or (old_cut and stop > start):
            changed.pop()
    return changed


def passages_of(changed: list[Block]) -> list[list[Block]]:
    """Return the changes in passages: those within a few words of each other belong together."""
    passages: list[list[Block]] = []
    for block in changed:
        if passages and block[1] - passages[-1][-1][2] <= CONTEXT_WORDS:
            passages[-1].append(block)
        else:
            passages.append([block])
    return passages


def changed_words(passage: list[Block]) -> int:
    """Return how many words a passage lost and gained."""
    return sum(block[2] - block[1] + block[4] - block[3] for block in passage)


def marked_line(words: list[str], start: int, end: int, mark: str, spans: list[tuple[int, int]]) -> Line:
    """Return the words around a passage, the given spans marked."""
    first, last = max(0, start - CONTEXT_WORDS), min(len(words), end + CONTEXT_WORDS)
    pieces = [Piece("… ")] if first else []
    at = first
    for begin, stop in spans:
        if begin > at:
            pieces.append(Piece(" ".join(words[at:begin]) + " "))
        if stop > begin:
            pieces.append(Piece(shortened(" ".join(words[begin:stop]), 200), mark))
            pieces.append(Piece(" "))
        at = max(at, stop)
    pieces.append(Piece(" ".join(words[at:last]) + (" …" if last < len(words) else "")))
    return tuple(piece for piece in pieces if piece.text)


def marked_snippet(snippet: str, mark: tuple[int, int]) -> Line:
    """Return a sentence with the matched words marked, cut around them when it is long."""
    start, end = max(0, mark[0]), min(len(snippet), mark[1])
    if start >= end:
        return whole(one_line(snippet, SNIPPET), "")
    match = one_line(snippet[start:end], 120)
    room = max(0, (SNIPPET - len(match)) // 2)
    before, after = one_line(snippet[:start], 20_000), one_line(snippet[end:], 20_000)
    if len(before) > room:
        before = "… " + before[-room:].partition(" ")[2]
    after = shortened(after, room) if len(after) > room else after
    # Cleaning trims the blanks next to the match; they come back unless the match was within a word.
    left = " " if before and snippet[start - 1 : start].isspace() else ""
    right = " " if after and snippet[end : end + 1].isspace() else ""
    return tuple(piece for piece in (Piece(before + left), Piece(match, "match"), Piece(right + after)) if piece.text)
