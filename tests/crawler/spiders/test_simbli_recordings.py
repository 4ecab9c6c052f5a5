"""What is really in the recorded Simbli answers, read by hand."""

import pytest
from platform_world import recorded, told

from crawler.spiders.base import ScrapedError

pytestmark = pytest.mark.shared
FOLDER = "simbli/simbli.eboardsolutions.com"
POLICY = ("Policy Committee Meeting", "Policy Committee", "2025-12-09T11:30:00-05:00", "confirmed")
WORKSHOP = "Policy Monitoring Workshop"
RELATIONS = "Government Relations Ad Hoc Committee"
REGULAR = "Regular Session Board Meeting"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (
            "kancit_board_of_directors.json",
            [
                POLICY,
                (f"January 2026 {WORKSHOP}", WORKSHOP, "2026-01-14T17:30:00-05:00", "confirmed"),
                (RELATIONS, RELATIONS, "2026-03-03T08:00:00-05:00", "confirmed"),
                (
                    "March 2026 - On The Road Board Business Meeting",
                    "Regular Business Meeting",
                    "2026-03-18T17:00:00-04:00",
                    "confirmed",
                ),
            ],
        ),
        (
            "kancit_board_of_directors~2.json",
            [
                POLICY,
                (f"January 2026 {WORKSHOP}", WORKSHOP, "2026-01-14T17:30:00-05:00", "confirmed"),
                (RELATIONS, RELATIONS, "2026-01-20T08:00:00-05:00", "confirmed"),
            ],
        ),
        (
            "kancit_hickman_mills_pub_sc_dis.json",
            [
                (REGULAR, REGULAR, "2026-02-19T18:00:00-05:00", "confirmed"),
                (REGULAR, REGULAR, "2025-09-18T18:00:00-04:00", "confirmed"),
                ("Finance Committee Meeting", REGULAR, "2025-05-20T14:00:00-04:00", "confirmed"),
            ],
        ),
    ],
)
def test_listings_of_two_boards(shared, file, expected):
    assert [told(event) for event in recorded(shared, "simbli", FOLDER, file)] == expected


def test_places_and_links_of_kansas_city(shared):
    first, *_, last = recorded(shared, "simbli", FOLDER, "kancit_board_of_directors.json")
    assert first.location == "2901 Troost Ave, Kansas City, MO 64109, Seven Oaks Conference Room"
    assert last.url == "https://simbli.eboardsolutions.com/SB_Meetings/ViewMeeting.aspx?S=228&MID=23704"


def test_atlanta_is_the_school_s_own_site_that_only_links_to_simbli(shared):
    (error,) = recorded(shared, "simbli", FOLDER, "atl_boe.html")
    assert (type(error), error.reason) == (ScrapedError, "other_platform")
