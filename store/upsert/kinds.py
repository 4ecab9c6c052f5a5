"""Which kind of change a difference is: the tables behind the typed changes."""

REFERRAL = frozenset({"referral", "referral-committee"})
OUTCOME = frozenset(
    {
        "became-law",
        "executive-signature",
        "executive-veto",
        "executive-veto-line-item",
        "failure",
        "veto-override-passage",
        "veto-override-failure",
        "withdrawal",
    }
)
"""Open Civic Data's classifications after which a bill is law, dead or vetoed."""


def action_kind(classification: list[str]) -> str:
    """The kind of change a new action is, by Open Civic Data's classification of it."""
    words = set(classification)
    if words & OUTCOME:
        return "outcome"
    if any(word.startswith("committee-passage") or word in ("committee-failure", "report") for word in words):
        return "report"
    if words & REFERRAL:
        return "referral"
    return "action"


DOCUMENT_KINDS = {"version": "text_version", "amendment": "amendment"}


def document_added_kind(kind: str) -> str:
    """The kind of change a document that was not there before is."""
    return DOCUMENT_KINDS.get(kind, "attachment_added")


def document_replaced_kind(kind: str) -> str:
    """The kind of change a document with other content, or at another address, is."""
    return DOCUMENT_KINDS.get(kind, "attachment_replaced")


SUCCESSOR = frozenset(
    {
        "replaced_by",
        "replaced-by",
        "new_draft",
        "new_draft_is",
        "accompanied_by",
        "accompanies",
        "amended_by",
        "carried_over",
        "carried_over_to",
        "continued_as",
        "merged_into",
        "numbered_as",
        "redrafted_as",
        "study_order",
        "substituted_by",
        "succeeded_by",
        "superseded_by",
    }
)
"""Relations whose other end is the record to follow from now on."""

PREDECESSOR = frozenset(
    {
        "replaces",
        "new_draft_of",
        "carried_over_from",
        "continues",
        "numbered_from",
        "prior-session",
        "redraft_of",
        "substitute_for",
        "succeeds",
        "supersedes",
    }
)
"""Relations whose other end is what this record was before."""
