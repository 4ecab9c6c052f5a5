"""What is really in the recorded eSCRIBE answer, read by hand."""

import pytest
from platform_world import recorded, told

pytestmark = pytest.mark.shared


def test_chula_vista_board_of_ethics(shared):
    (event,) = recorded(shared, "escribe", "escribe/pub-chulavista.escribemeetings.com", "sandie_citychula.json")
    name = "Board of Ethics Regular Meeting"
    assert told(event) == (name, name, "2025-12-17T17:15:00-05:00", "passed")
    assert event.key == "meeting:3a6304b5-97b9-4bcc-aecd-72b8c188e73c"
    assert event.location == "City Hall, Bldg. A, Executive Conference Room #103"
    page = "Meeting.aspx?Id=3a6304b5-97b9-4bcc-aecd-72b8c188e73c&Agenda="
    assert [(document.kind, document.url.rpartition("/")[2]) for document in event.documents] == [
        ("agenda", "FileStream.ashx?DocumentId=56974"),
        ("agenda", "FileStream.ashx?DocumentId=56975"),
        ("agenda", f"{page}Agenda&lang=English"),
        ("agenda", "FileStream.ashx?DocumentId=57161"),
        ("agenda", f"{page}PostAgenda&lang=English"),
        ("agenda", "FileStream.ashx?DocumentId=56983"),
    ]
