"""What a record does, by whom, for how much and for how long: read by rule, each with its sentence."""

import pytest

READERS = "license plate readers"


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("Authorizes the use of license plate readers.", "authorize"),
        ("Contract for license plate readers.", "contract"),
        ("Restricts the use of license plate readers.", "restrict"),
        ("Bans license plate readers.", "ban"),
        ("A moratorium on license plate readers.", "moratorium"),
        ("Sharing of data of license plate readers.", "sharing"),
        ("Data of license plate readers shall be deleted.", "retention"),
        ("A search warrant for data of license plate readers.", "warrant"),
        ("An annual report and an audit of license plate readers.", "audit"),
        ("A task force studies license plate readers.", "study"),
        ("A private right of action over license plate readers.", "private_right_of_action"),
        ("Terminates the contract for license plate readers.", "end"),
    ],
)
def test_each_purpose_is_read_and_quoted(look, text: str, purpose: str) -> None:
    aspects = look(text).aspects
    assert purpose in aspects["purposes"]
    assert aspects["quotes"][purpose] == text


def test_purposes_of_what_stands_elsewhere_are_not_read(look) -> None:
    text = (
        "The council bans leaf blowers. " + "Benches were painted and paths were swept. " * 30 + "Use of Flock Safety."
    )
    assert "ban" not in look(text).aspects["purposes"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Plate reader data shall be deleted after 14 days.", 14),
        ("Plate reader data may be retained for thirty (30) days.", 30),
        ("Plate reader images shall not be kept longer than 48 hours.", 2),
        ("Plate reader data is purged within three minutes.", 1),
        ("Retention of plate reader data for two years.", 730),
        ("Plate reader records are stored for twenty-one days.", 21),
    ],
)
def test_retention_is_read_in_days(look, text: str, days: int) -> None:
    aspects = look(text).aspects
    assert aspects["retention_days"] == days
    assert aspects["quotes"]["retention_days"] == text


def test_a_period_to_report_in_is_no_retention(look) -> None:
    assert look("Each agency with plate readers shall report within 60 days.").aspects["retention_days"] is None


def test_amounts_are_kept_as_printed_and_once(look) -> None:
    text = "Plate readers for $76,500 and $1.2 million, that is $76,500 a year."
    assert look(text).aspects["amounts"] == ["$76,500", "$1.2 million"]


@pytest.mark.parametrize(
    ("text", "cameras"),
    [
        ("Purchase of 12 Flock Safety cameras.", 12),
        ("Lease of twenty-four (24) Falcon license plate readers.", 24),
        ("Contract with Flock Safety for 25 (twenty five) solar powered cameras.", 25),
        ("The police have 3 license plate readers and will buy 8 additional license plate readers.", 8),
    ],
)
def test_cameras_are_counted(look, text: str, cameras: int) -> None:
    aspects = look(text).aspects
    assert aspects["cameras"] == cameras
    assert aspects["quotes"]["cameras"] == text


@pytest.mark.parametrize(
    "text",
    [
        "A license plate reader is a system of one or more cameras.",
        "A license plate reader has at least two cameras.",
        "S.B. No. 4801 LICENSE PLATE READERS",
        "H.B. 233 license plate readers",
        "House Bill 1909 limits license plate readers.",
        "Policy Order 2025-152 city suspends Flock cameras and plate readers.",
        "Section 12 license plate readers",
        "Chapter 90 governs license plate readers.",
        "RSA 261:75 license plate readers",
        "Fiscal plan 2027 license plate readers",
        "Two of the license plate readers were stolen.",
        "Adds (in two locations) public safety cameras that are license plate readers.",
        "11 No agency may install\n12 license plate readers\n13 without leave.",
    ],
)
def test_what_numbers_something_else_is_no_count_of_cameras(look, text: str) -> None:
    match = look(text)
    assert match.mentions
    assert match.aspects["cameras"] is None


def test_the_term_of_a_contract_is_kept_as_printed(look) -> None:
    text = "A three-year agreement with Flock Safety for license plate readers."
    assert look(text).aspects["term"] == "three-year"
    assert look("License plate readers under a contract of 24 months.").aspects["term"] == "24 months"
    assert look("Data of license plate readers is deleted after 6 months.").aspects["term"] is None


@pytest.mark.parametrize(
    ("text", "access"),
    [
        ("Plate reader data shall not leave for agencies of other states.", "out_of_state"),
        ("Plate reader data for federal agencies.", "federal"),
        ("Plate reader data for the U.S. Department of Homeland Security.", "federal"),
        ("Plate reader data for DHS.", "federal"),
        ("Plate reader data for Homeland Security Investigations.", "federal"),
        ("Plate reader data for immigration enforcement.", "immigration"),
    ],
)
def test_each_kind_of_access_is_told(look, text: str, access: str) -> None:
    aspects = look(text).aspects
    assert aspects[access] is True
    assert aspects["quotes"][access] == text


@pytest.mark.parametrize(
    "text",
    [
        "License plate readers, referred to the Committee on Public Safety and Homeland Security.",
        "The House Homeland Security and Public Safety Committee heard about license plate readers.",
        "The State Office of Homeland Security lends license plate readers.",
        "The Indiana Department of Homeland Security lends license plate readers.",
        "Roof of the ice rink, and license plate readers.",
    ],
)
def test_committees_states_and_ice_rinks_are_not_the_federal_government(look, text: str) -> None:
    match = look(text)
    assert match.mentions
    assert (match.aspects["federal"], match.aspects["immigration"]) == (False, False)


def test_a_record_about_nothing_has_empty_aspects(look) -> None:
    aspects = look("Contract for 12 benches, $900.").aspects
    assert (aspects["purposes"], aspects["amounts"], aspects["vendor"], aspects["quotes"]) == ([], [], None, {})
