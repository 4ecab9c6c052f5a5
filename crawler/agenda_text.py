"""Agenda text to agenda items: the public functions, gathered; all are pure.

`split_agenda` cuts the text into lines by its own numbering, `agenda_header` reads the facts printed at
its head, `stable_keys` and `match_items` give the lines keys that survive a revised agenda.
"""

from crawler.agenda_header import AgendaHeader, agenda_header
from crawler.agenda_keys import match_items, stable_keys, title_key
from crawler.agenda_lines import AgendaLine, AgendaSplit
from crawler.agenda_split import split_agenda

__all__ = [
    "AgendaHeader",
    "AgendaLine",
    "AgendaSplit",
    "agenda_header",
    "match_items",
    "split_agenda",
    "stable_keys",
    "title_key",
]
