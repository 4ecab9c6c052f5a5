"""A division's name for people, from its Open Civic Data id."""

STATES = {
    "al": "Alabama", "ak": "Alaska", "az": "Arizona", "ar": "Arkansas", "ca": "California", "co": "Colorado",
    "ct": "Connecticut", "de": "Delaware", "dc": "District of Columbia", "fl": "Florida", "ga": "Georgia",
    "hi": "Hawaii", "id": "Idaho", "il": "Illinois", "in": "Indiana", "ia": "Iowa", "ks": "Kansas", "ky": "Kentucky",
    "la": "Louisiana", "me": "Maine", "md": "Maryland", "ma": "Massachusetts", "mi": "Michigan", "mn": "Minnesota",
    "ms": "Mississippi", "mo": "Missouri", "mt": "Montana", "ne": "Nebraska", "nv": "Nevada", "nh": "New Hampshire",
    "nj": "New Jersey", "nm": "New Mexico", "ny": "New York", "nc": "North Carolina", "nd": "North Dakota",
    "oh": "Ohio", "ok": "Oklahoma", "or": "Oregon", "pa": "Pennsylvania", "pr": "Puerto Rico", "ri": "Rhode Island",
    "sc": "South Carolina", "sd": "South Dakota", "tn": "Tennessee", "tx": "Texas", "ut": "Utah", "vt": "Vermont",
    "va": "Virginia", "wa": "Washington", "wv": "West Virginia", "wi": "Wisconsin", "wy": "Wyoming",
}  # fmt: skip
SMALL = frozenset({"of", "the", "and", "by", "on"})
KINDS = {"county": " County", "parish": " Parish", "school_district": " School District"}


def place_name(jurisdiction: str) -> str:
    """Return "Cambridge", "Cook County" or "Massachusetts" for an Open Civic Data id."""
    kind, _, value = jurisdiction.rsplit("/", 1)[-1].partition(":")
    if kind in ("state", "district", "territory") and value in STATES:
        return STATES[value]
    if kind == "country":
        return "United States"
    words = value.replace("~", "'").split("_")
    named = " ".join(
        word if index and word in SMALL else word[:1].upper() + word[1:] for index, word in enumerate(words)
    )
    return named + KINDS.get(kind, "")
