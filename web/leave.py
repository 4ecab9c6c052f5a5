"""The links at the foot of every mail: what a reader gets, and the way out. GET only shows, POST acts."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from config.clock import Clock
from notifier.crypto import Vault
from notifier.database import Sessions
from notifier.errors import BadToken
from notifier.models import Subscriber
from notifier.subscriptions import SubscriptionView, view_of
from notifier.suppression import unsubscribe
from notifier.tokens import read_timed_token, read_unsubscribe_token, unsubscribe_token

Page = Callable[..., HTMLResponse]


def leave_routes(page: Page, sessions: Sessions, vault: Vault, clock: Clock) -> APIRouter:
    """Routes for /manage/{token} and /unsubscribe/{token}: RFC 8058's one click needs no cookie, form or redirect."""
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

    @routes.api_route("/manage/{token}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def manage(token: str) -> HTMLResponse:
        wishes: tuple[SubscriptionView, ...] = ()
        way_out = None
        try:
            subscriber_id = read_timed_token(vault, "manage", token, clock.now())
        except BadToken:
            return page("manage.html", wishes=wishes, way_out=way_out)
        with sessions.begin() as session:
            subscriber = session.get(Subscriber, subscriber_id)
            if subscriber is not None:
                found = view_of(session, subscriber, vault=None)
                wishes = tuple(wish for wish in found.subscriptions if wish.active)
        if wishes:
            way_out = unsubscribe_token(vault, subscriber_id)
        return page("manage.html", wishes=wishes, way_out=way_out)

    return routes
