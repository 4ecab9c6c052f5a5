"""The unsubscribe link of every mail: GET only shows a button, POST acts, and both say the same to everyone."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from config.clock import Clock
from notifier.crypto import Vault
from notifier.database import Sessions
from notifier.errors import BadToken
from notifier.suppression import unsubscribe
from notifier.tokens import read_unsubscribe_token

Page = Callable[..., HTMLResponse]


def leave_routes(page: Page, sessions: Sessions, vault: Vault, clock: Clock) -> APIRouter:
    """Routes for /unsubscribe/{token}: RFC 8058's one click works without cookie, form or redirect."""
    routes = APIRouter()

    # Mail scanners follow every link by GET and HEAD, so those change nothing, and never tell whether a link is good.
    @routes.api_route("/unsubscribe/{token}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def ask(token: str) -> HTMLResponse:
        return page("leave.html", token=token, done=False)

    @routes.post("/unsubscribe/{token}", response_class=HTMLResponse)
    def leave(token: str) -> HTMLResponse:
        try:
            subscriber = read_unsubscribe_token(vault, token)
        except BadToken:
            # The same page as for a good link: nobody learns from it who is subscribed.
            return page("leave.html", token=token, done=True)
        with sessions.begin() as session:
            unsubscribe(session, subscriber, clock.now())
        return page("leave.html", token=token, done=True)

    return routes
