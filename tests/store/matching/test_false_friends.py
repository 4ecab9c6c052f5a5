"""Words that look like ours and are not: each family has its test, with texts invented for it."""

import pytest


def nothing_in(strengths, *texts: str) -> None:
    """Each text is tried as a title and as the body under a title that says little."""
    for text in texts:
        assert strengths("", text) == {}, text
        assert strengths(text, "An Act relating to sundry matters") == {}, text


def test_lawful_permanent_residents_are_not_plate_readers(strengths) -> None:
    nothing_in(
        strengths,
        "Extends in-state tuition to a lawful permanent resident (LPR) of the state",
        "An LPR who holds a green card may serve as a notary",
        "Outreach to immigrants: help for LPRs who apply for naturalization",
    )


def test_low_power_radio_is_not_a_plate_reader(strengths) -> None:
    nothing_in(
        strengths,
        "Grant to the community LPR station, a low power FM broadcaster",
        "Lease of the tower for low-power radio (LPR) transmitters",
    )


def test_flocks_of_birds_are_not_a_vendor(strengths) -> None:
    nothing_in(
        strengths,
        "Indemnity for the owner of a flock of poultry that is depopulated for avian influenza",
        "FLOCK REGISTRATION: keepers of laying hens shall register each flock",
        "Flock health certificates for sheep sold at the county fair",
    )


def test_congregations_are_not_a_vendor(strengths) -> None:
    nothing_in(
        strengths,
        "Honoring Pastor Ruth Amber, who has led the Flock at Grace Church for thirty years",
        "A resolution thanking the bishop, shepherd of his flock",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Requires electronic toll collection and billing by license plate on the turnpike",
        "Temporary license plates issued by a motor vehicle dealer expire after forty-five days",
        "Creates a specialty license plate for friends of the monarch butterfly",
        "Dealer plates may be used for demonstration by a prospective buyer",
        "Prohibits license plate frames that cover the name of the state",
        "Special registration plates for recipients of the Purple Heart",
        "An owner shall fasten the number plate so that it is legible from fifty feet",
    ],
    ids=["toll", "temporary", "specialty", "dealer", "frames", "veterans", "legible"],
)
def test_plates_that_nobody_reads_are_not_plate_readers(strengths, text: str) -> None:
    nothing_in(strengths, text)


def test_red_light_cameras_are_not_plate_readers(strengths) -> None:
    nothing_in(
        strengths,
        "Authorizes red light cameras, which photograph the license plate of a vehicle that enters on red",
        "Traffic control signal photo enforcement: a recorded image shall show the registration plate",
    )


def test_speed_cameras_are_not_plate_readers(strengths) -> None:
    nothing_in(
        strengths,
        "Speed safety cameras in work zones that record the license plate of a speeding vehicle",
        "Automated speed enforcement near schools; the owner of the plate is liable for a civil penalty",
    )


def test_other_readers_are_not_plate_readers(strengths) -> None:
    nothing_in(
        strengths,
        "Purchase of a microplate reader for ELISA assays at the public health laboratory",
        "A driver's license reader at the counter of a bar checks the age of a guest",
        "Installs meter readers and card readers at the water department",
    )


@pytest.mark.parametrize(
    "text",
    [
        "A reporter shield law: journalists may not be compelled to name a confidential source",
        "Rape shield law: evidence of a victim's sexual conduct is not admissible",
        "A liability shield for businesses that follow pandemic guidance",
        "Face shields and masks for dental hygienists",
        "Blue Cross Blue Shield rates for retired teachers",
        "Vaccine shield: nobody may be sued for refusing an immunization",
        "Windshields shall be free of cracks, and a wind shield shall be fitted to the bus shelter",
        "The SHIELD Act requires notice of a data breach",
        "Bars the posting of intimate images; this act may be cited as the Shield Act",
    ],
    ids=["press", "rape", "liability", "face", "insurance", "vaccine", "wind", "breach", "images"],
)
def test_other_shields_are_not_shield_laws(strengths, text: str) -> None:
    assert "strong" not in strengths(text, "An Act relating to sundry matters").values()
    assert "strong" not in strengths("", text).values()


@pytest.mark.parametrize(
    "text",
    [
        "Prohibits abortion after the detection of a fetal heartbeat; a physician who performs one is subject to prosecution",
        "A physician shall not perform gender transition procedures on a minor; violation is unprofessional conduct",
        "Prohibits public funds for elective abortions in another state",
        "Makes abortion trafficking of an unemancipated minor to another state a crime",
        "Creates a cause of action against manufacturers of chemical abortion drugs from other states",
        "A nurse may refuse to participate in an abortion for reasons of conscience",
    ],
    ids=["heartbeat", "minors", "funds", "trafficking", "suits", "conscience"],
)
def test_bans_on_care_protect_nobody(strengths, text: str) -> None:
    nothing_in(strengths, text)


def test_access_and_funding_alone_are_not_shield_laws(strengths) -> None:
    nothing_in(
        strengths,
        "Requires health insurers to cover contraceptives without cost sharing",
        "Medicaid coverage of abortion and of fertility preservation",
        "Grants for reproductive health clinics in rural counties",
    )


def test_sanctuary_for_immigrants_is_not_a_shield_law(strengths) -> None:
    nothing_in(
        strengths,
        "Declares the city a sanctuary; no officer shall ask about immigration status",
        "Prohibits sanctuary cities and requires honoring ICE detainers",
        "Second Amendment sanctuary county",
        "Safe haven for newborns surrendered at a fire station",
    )


def test_general_privacy_is_neither(strengths) -> None:
    nothing_in(
        strengths,
        "A controller shall honor a consumer's request to delete personal data",
        "Health information exchange: patients may opt out of sharing of their records",
        "Biometric identifiers such as face geometry may not be sold",
    )


def test_interstate_business_is_not_a_shield_law(strengths) -> None:
    nothing_in(
        strengths,
        "Adopts the interstate compact on nurse licensure",
        "Uniform Interstate Depositions and Discovery Act: foreign subpoenas in civil cases",
        "Extradition of fugitives charged with theft in another state",
    )
