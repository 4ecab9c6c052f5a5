"""CivicWeb: what each rule of the spider prevents. All places are invented."""

import json

import pytest
from platform_world import CAPTURES, of, parsed, replayed, spider_of, told

from crawler.items import ScrapedAgendaItem, ScrapedCoverage, ScrapedEvent, ScrapedSkip
from crawler.spiders.base import ScrapedError
from crawler.spiders.platforms.civicweb import body_in

SITE = "https://wexcombe.civicweb.net"
LIST = f"{SITE}/Services/MeetingsService.svc/meetings?from=2026-02-01&to=2026-05-01&loadall=false"


def meeting(number: int = 1, name: str = "Council - Mar 09 2026", when: str = "2026-03-09 18:30", **values) -> dict:
    return {"Id": number, "Name": name, "MeetingDateTime": when, "MeetingLocation": "Town Hall", **values}


def document(number: int, html: str = "", kind: int = 1, **values) -> dict:
    row = {
        "Id": number,
        "MeetingId": 41,
        "DocumentType": 1,
        "Html": html,
        "Name": "Council - Mar 09 2026",
        "Type": kind,
    }
    return {**row, "IsPublic": True, **values}


def answer(data, url: str = LIST) -> list:
    return parsed("civicweb", url, json.dumps(data), "application/json")


def test_a_crawl_reads_the_agendas_of_published_meetings():
    items, missing = replayed(spider_of("civicweb", SITE), CAPTURES / "civicweb" / "ma_wexcombe" / "2026-03-02")
    assert missing == []
    assert {event.key: told(event) for event in of(items, ScrapedEvent)} == {
        "meeting:41": ("Select Board - Mar 09 2026", "Select Board", "2026-03-09T18:30:00-04:00", "confirmed"),
        "meeting:42": ("Select Board - Mar 23 2026", "Select Board", "2026-03-23T18:30:00-04:00", "confirmed"),
        "meeting:43": ("CANCELLED - Health Board - Mar 10 2026", "Health Board", "2026-03-10", "cancelled"),
        "meeting:44": (
            "Zoning Board - NO MEETING - Mar 11 2026",
            "Zoning Board",
            "2026-03-11T19:00:00-04:00",
            "cancelled",
        ),
    }
    assert [(line.number, line.title, line.section) for line in of(items, ScrapedAgendaItem)] == [
        ("1", "CALL TO ORDER", None),
        ("a", "Minutes of February 23", "CONSENT AGENDA"),
        ("b", "Contract for plate readers at the invented bridge", "CONSENT AGENDA"),
        ("c", "Quarterly report", "CONSENT AGENDA – POLICE DEPARTMENT"),
        ("3", "ADJOURNMENT", None),
    ]
    contract = of(items, ScrapedAgendaItem)[2]
    assert (contract.text, contract.documents[0].name) == ("Three years, from the general fund.", "Contract - Pdf")
    assert [item.agendas for item in of(items, ScrapedCoverage)] == [[], ["meeting:41"]]


def test_midnight_stands_for_no_time():
    (event,) = answer([meeting(when="2026-03-09 00:00")])
    assert event.starts_at == "2026-03-09"


def test_a_meeting_not_yet_published_is_scheduled_all_the_same():
    (event,) = answer([meeting(Published=False)])
    assert told(event) == ("Council - Mar 09 2026", "Council", "2026-03-09T18:30:00-04:00", "confirmed")


def test_a_body_is_the_type_unless_meetings_were_only_imported_under_it():
    kinds = ["Council ", "BoardDocs Imported Meetings", None]
    found = answer(
        [meeting(number, f"Retreat {number} - Mar 09 2026", MeetingTypeName=kind) for number, kind in enumerate(kinds)]
    )
    assert [event.body for event in found] == ["Council", "Retreat 1", "Retreat 2"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("CANCELLED - Council - Mar 09 2026", "Council"),
        ("Wastewater Agency - May 27 2026 - NO MEETING", "Wastewater Agency"),
        ("Board Meetings. - Jan 15 2026", "Board Meetings"),
        ("COUNCIL - Jan 15 2026", "COUNCIL"),
    ],
)
def test_a_body_in_a_name_is_without_date_and_remarks(name, body):
    assert body_in(name) == body


def test_documents_that_are_not_public_are_left_out():
    skip, event = answer([document(5, IsPublic=False), document(6, kind=2)])
    assert (skip.reason, skip.what) == ("not_public", "document 5")
    assert [(one.kind, one.url) for one in event.documents] == [("minutes", f"{SITE}/document/6")]


def test_a_document_s_heading_goes_before_its_number():
    html = '<html><body><p><a name="Minutes"></a>MINUTES</p></body></html>'
    (event,) = answer({"Documents": [document(7, html, kind=1)], "MeetingDateFormatted": "March 9, 2026"})
    assert [(one.kind, one.url) for one in event.documents] == [("minutes", f"{SITE}/document/7/?printPdf=true")]


def test_documents_read_alone_take_the_time_from_the_agenda_s_head():
    head = "<p>AGENDA</p><p>Council Meeting</p><p>6:30 PM - Monday, March 9, 2026</p><p>Demonstration data</p>"
    (event,) = of(answer([document(8, f"<html><body>{head}</body></html>")]), ScrapedEvent)
    assert event.starts_at == "2026-03-09T18:30:00-04:00"


def test_an_agenda_that_is_no_table_is_split_by_its_own_numbering():
    lines = ["1. Call to Order", "2. Plate reader policy", "3. Budget", "4. Adjournment"]
    html = f"<html><body>{''.join(f'<p>{line}</p>' for line in lines)}</body></html>"
    items = of(answer([document(9, html)]), ScrapedAgendaItem)
    assert [(item.number, item.title) for item in items] == [
        ("1", "Call to Order"),
        ("2", "Plate reader policy"),
        ("3", "Budget"),
        ("4", "Adjournment"),
    ]


def test_meeting_data_brings_the_clerk_s_link_and_no_video():
    row = {"Id": 3, "Name": "Court - Mar 03 2026", "Time": "09:00 AM", "Location": "Court Room", "InPast": True}
    orders = {"MeetingExternalLinkName": "Approved Orders", "MeetingExternalLinkUrl": f"{SITE}/document/77"}
    video = {"MeetingExternalLinkName": "Video", "MeetingExternalLinkUrl": "https://video.example/1"}
    one, other = answer([{**row, **orders}]) + answer({**row, **video})
    assert told(one) == ("Court - Mar 03 2026", "Court", "2026-03-03T09:00:00-05:00", "passed")
    assert [document.url for document in one.documents] == [f"{SITE}/document/77"]
    assert other.documents is None


def test_links_to_recordings_tell_of_no_meeting():
    body = json.dumps(json.dumps([{"MeetingDate": "2026-03-09T00:00:00", "ShowVideoLink": True}]))
    (skip,) = parsed("civicweb", f"{SITE}/api/videolink/3", body, "application/json")
    assert (type(skip), skip.reason) == (ScrapedSkip, "video")


def test_the_portal_s_list_of_links_is_read():
    html = """<html><body><p>Demonstration data</p><ol>
    <li><a class="list-link" href="/Portal/MeetingInformation.aspx?Id=26">Council - Regular - Aug 18 2026</a></li>
    <li><a class="list-link" href="/Portal/MeetingInformation.aspx?type=10">Council - Regular</a></li></ol>
    </body></html>"""
    (event,) = parsed("civicweb", f"{SITE}/Portal/MeetingTypeList.aspx", html)
    assert (event.key, told(event)) == (
        "meeting:26",
        ("Council - Regular - Aug 18 2026", "Council - Regular", "2026-08-18", "confirmed"),
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('[{"ID": "x", "MeetingName": "Council"}]', "other_platform"),
        ('{"Message": "failed"}', "other_platform"),
        ('[{"Id": 1, "Name": "Cou', "truncated"),
        ("<html><body>" + "<p>Town of Elsewhere</p>" * 60 + "</body></html>", "other_platform"),
        ("<html><body>" + "<p>Our Diligent Community portal</p>" * 60 + "</body></html>", "needs_javascript"),
    ],
)
def test_other_answers_are_errors_with_a_reason(body, reason):
    (error,) = parsed("civicweb", LIST, body)
    assert (type(error), error.reason) == (ScrapedError, reason)


def test_a_list_without_meetings_is_empty():
    (skip,) = answer([])
    assert (type(skip), skip.reason) == (ScrapedSkip, "empty")
