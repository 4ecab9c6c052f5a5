"""Names of the states and their divisions' ids, as people write them on the command line and read them in mails."""

import re

from notifier.errors import SubscriptionRefused

STATES = {
    "al": "Alabama", "ak": "Alaska", "az": "Arizona", "ar": "Arkansas", "ca": "California", "co": "Colorado",
    "ct": "Connecticut", "de": "Delaware", "dc": "District of Columbia", "fl": "Florida", "ga": "Georgia",
    "hi": "Hawaii", "id": "Idaho", "il": "Illinois", "in": "Indiana", "ia": "Iowa", "ks": "Kansas",
    "ky": "Kentucky", "la": "Louisiana", "me": "Maine", "md": "Maryland", "ma": "Massachusetts",
    "mi": "Michigan", "mn": "Minnesota", "ms": "Mississippi", "mo": "Missouri", "mt": "Montana",
    "ne": "Nebraska", "nv": "Nevada", "nh": "New Hampshire", "nj": "New Jersey", "nm": "New Mexico",
    "ny": "New York", "nc": "North Carolina", "nd": "North Dakota", "oh": "Ohio", "ok": "Oklahoma",
    "or": "Oregon", "pa": "Pennsylvania", "pr": "Puerto Rico", "ri": "Rhode Island", "sc": "South Carolina",
    "sd": "South Dakota", "tn": "Tennessee", "tx": "Texas", "ut": "Utah", "vt": "Vermont", "va": "Virginia",
    "wa": "Washington", "wv": "West Virginia", "wi": "Wisconsin", "wy": "Wyoming",
}  # fmt: skip
COUNTRY = "ocd-division/country:us"
LEVELS = {"dc": "district", "pr": "territory"}
DIVISION = re.compile(r"ocd-division/country:us(/(state|district|territory):([a-z]{2})(/[a-z_]+:[a-z0-9._~-]+)*)?")


def state_name(state: str) -> str:
    """Return a state's name by its two letters, or "United States" for anything that is not a state."""
    return STATES.get(state.lower(), "United States")


def state_division(state: str) -> str:
    """Return the OCD id of a state given as two letters or by name; raises SubscriptionRefused."""
    text = state.strip().lower()
    letters = next((code for code, name in STATES.items() if text in (code, name.lower())), None)
    if letters is None:
        raise SubscriptionRefused(f"there is no state {state.strip()[:40]!r}. Give its two letters, like MA")
    return f"{COUNTRY}/{LEVELS.get(letters, 'state')}:{letters}"


def checked_division(division: str) -> str:
    """Return an OCD division id that is well formed; raises SubscriptionRefused."""
    match = DIVISION.fullmatch(division)
    if match is None or (match[3] and match[3] not in STATES):
        raise SubscriptionRefused(
            f"{division[:80]!r} is not a place's id. It looks like {COUNTRY}/state:ma/place:cambridge"
        )
    return division


def division_name(division: str) -> str:
    """Return a division in words: "Massachusetts", "Cambridge, Massachusetts"."""
    match = DIVISION.fullmatch(division)
    if match is None or not match[3]:
        return "United States"
    parts = division.split("/")[3:]
    names = [part.partition(":")[2].replace("_", " ").replace("~", "’").title() for part in reversed(parts)]
    return ", ".join([*names, state_name(match[3])])


def within(division: str, places: tuple[str, ...]) -> bool:
    """Say whether a division is one of the places or lies in one; no places means everywhere."""
    return not places or any(division == place or division.startswith(f"{place}/") for place in places)


def is_local(jurisdiction: str) -> bool:
    """Return whether a division is a town, city or county of a state."""
    return jurisdiction.count("/") > 2
