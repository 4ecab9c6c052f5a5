"""What must be found: each family of names and phrases, as statutes, agendas and contracts write them."""

import pytest

PLATES, SHIELD = "license-plate-readers", "shield-laws"


@pytest.mark.parametrize(
    "text",
    [
        "Limits the use of automatic license plate readers by police",
        "Police use of automated license plate recognition systems",
        "Use of number plate recognition by state troopers",
        "A policy on ALPRs for the sheriff's office",
        "ALPR data may be kept for twenty-one days",
        "Fixed LPR cameras at the town line for the police department",
        "Mobile license plate scanners in patrol cars",
        "Regulates captured license plate data",
        "Automatic registration plate readers along the state highways",
        "Vehicle plate recognition cameras for the highway patrol",
        "License plate surveillance by law enforcement",
    ],
)
def test_every_name_of_the_technology_is_found(strengths, text: str) -> None:
    assert strengths("", text).get(PLATES) == "strong"
    assert strengths(f"The council will take this up. {text}.", "Item 14").get(PLATES) == "strong"


@pytest.mark.parametrize(
    ("text", "vendor"),
    [
        ("Award of a contract to Flock Group, Inc. for $48,000", "Flock Safety"),
        ("Renewal with Flock Safety for the police department", "Flock Safety"),
        ("Agreement with Vigilant Solutions, LLC for police patrol units", "Motorola Solutions"),
        ("Police purchase from Motorola Solutions, Inc. of license plate readers", "Motorola Solutions"),
        ("Axon Fleet 3 ALPR in-car system for police", "Axon"),
        ("Purchase of Rekor Scout for the police", "Rekor"),
        ("Genetec AutoVu cameras for police cruisers", "Genetec"),
        ("ELSAG North America plate readers for the sheriff", "Leonardo"),
        ("Police license plate readers of Jenoptik Smart Mobility", "Jenoptik"),
        ("Neology license plate recognition for the police", "Neology"),
        ("Insight LPR trailer for the police department", "Insight LPR"),
        ("Verkada license plate recognition cameras for the police", "Verkada"),
        ("PlateSmart Technologies software for police", "PlateSmart"),
    ],
)
def test_vendors_are_found_by_legal_and_product_names(look, text: str, vendor: str) -> None:
    match = look("", text)
    assert [topic.topic for topic in match.topics] == [PLATES]
    assert match.aspects["vendor"] == vendor
    assert match.aspects["quotes"]["vendor"] == text


def test_euphemisms_count_with_a_vendor_near_and_not_without(strengths) -> None:
    assert PLATES in strengths("Award of contract for advanced public safety technology to Flock Group, Inc.")
    assert PLATES in strengths("The fixed camera network supplied by Flock Safety covers six crossings.")
    assert PLATES in strengths("Vehicle fingerprint search for detectives of the police department")
    assert strengths("Award of contract for advanced public safety technology to Harbor Radio Supply") == {}
    assert strengths("A fixed camera network watches the reservoir.") == {}


def test_driver_privacy_is_worth_a_look(strengths) -> None:
    assert strengths("", "An Act establishing driver privacy protections") == {PLATES: "possible"}


@pytest.mark.parametrize(
    "text",
    [
        "Any person who interferes with legally protected health care activity is liable in damages",
        "An Act concerning protection of legally protected health care activity from out-of-state litigation",
        "The governor shall not surrender a person charged in another state for an abortion that is lawful in this state",
        "A clerk shall not issue a subpoena for a foreign proceeding about reproductive health care services lawful here",
        "No agency shall aid an interstate investigation that seeks to impose liability for gender-affirming care",
        "A licensing board shall not discipline a physician because another state bars the abortion that was provided",
        "An insurer shall take no adverse action on malpractice coverage of a provider of reproductive health services",
        "Reproductive freedom defense act: no state resources to assist another state in prosecution for abortion",
        "Patient and provider protection act for reproductive health care",
        "Telehealth shield law for abortion providers",
        "A person who is sued elsewhere in hostile litigation over gender-affirming care may recover costs here",
        "A court shall not enforce a foreign judgment against one who assisted an abortion that is lawful in this state",
        "The state is a safe haven for those who seek gender-affirming care",
        "Declares the city a sanctuary for transgender people",
        "City funds shall not be used to enforce restrictions on abortion",
    ],
)
def test_statutory_phrases_of_many_states_are_found(strengths, text: str) -> None:
    assert strengths(f"{text}.").get(SHIELD) == "strong"
    assert strengths("", text).get(SHIELD) == "strong"


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("The label of mifepristone may bear the name of the practice.", "strong"),
        ("A prescription label for misoprostol may omit the prescriber's name.", "strong"),
        ("Relating to the label of a prescription for mifepristone", "possible"),
    ],
)
def test_names_left_off_labels_are_found(strengths, text: str, strength: str) -> None:
    assert strengths(text) == {SHIELD: strength}


def test_what_the_drug_agency_approved_as_label_is_not_a_shield_law(strengths) -> None:
    assert strengths("Mifepristone shall be given according to its approved label.") == {}


def test_a_text_about_both_keeps_both(strengths) -> None:
    text = (
        "License plate reader data shall not be given to another state that investigates a person for reproductive "
        "health care that is lawful in this state."
    )
    assert set(strengths(text)) == {PLATES, SHIELD}
