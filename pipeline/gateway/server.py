"""Server: the routes.

    /api-ws/v1/realtime                         LiveTranslate (dialects/livetranslate.py); ?model=, and ?resume=&after= to
                                                come back
    /v1/realtime/translations                   OpenAI's translation sessions (translations.py, dialects/openai.py)
    /v1/realtime/translations/client_secrets    keys for them that expire
    /v1/audio/speech                            a text, spoken (speaking.py)
    /v1/interpret                               the protocol of our own page (dialects/interpret.py)
    /, /captions, /graph, /v1/languages, …      pages, and what they ask for (pages.py)
    /health                                     whether it serves, and how busy it is
    /metrics                                    for Prometheus

A protocol is a line in `DIALECTS`, or a module of routes where its clients need more than a door (door.py); a page is a
`Route` or `Mount` in `application`. All find the gateway in `app.state.gateway`.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from pipeline.clock import now
from pipeline.gateway import pages, speaking, translations
from pipeline.gateway.dialects._families import family
from pipeline.gateway.dialects.interpret import Interpret
from pipeline.gateway.dialects.livetranslate import LiveTranslate
from pipeline.gateway.door import Defaults, Find, Make, ModelDoor
from pipeline.gateway.gateway import Gateway

DEFAULT_MODEL = "qwen3.5-livetranslate-flash-realtime"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]", "testserver")


def livetranslate(model: str, defaults: Defaults) -> Make | None:
    """The dialect of a LiveTranslate model."""
    model = model or DEFAULT_MODEL
    found = family(model)
    if found is None:
        return None
    return lambda session_id: LiveTranslate(model, session_id, found, to=defaults.to, from_=defaults.from_)


def page(model: str, defaults: Defaults) -> Make:
    """The dialect of our own page; it knows no models."""
    return lambda session_id: Interpret(session_id, to=defaults.to, from_=defaults.from_)


DIALECTS: dict[str, tuple[str, Find]] = {
    "/api-ws/v1/realtime": ("livetranslate", livetranslate),
    "/v1/interpret": ("page", page),
}


def application(
    gateway: Gateway,
    defaults: Defaults | None = None,
    *,
    origins: tuple[str, ...] = (),
    hosts: tuple[str, ...] = ("*",),
) -> Starlette:
    """The ASGI application. `origins` of pages that may connect besides our own; `hosts` that requests may name."""
    defaults = defaults or Defaults()
    routes: list[BaseRoute] = [
        WebSocketRoute(path, ModelDoor(name, find, defaults, origins).__call__)
        for path, (name, find) in DIALECTS.items()
    ]
    routes += translations.routes(defaults, origins)
    routes += speaking.routes(defaults, origins)
    routes += pages.routes()
    routes += [Route("/health", _health), Route("/metrics", _metrics)]
    middleware = [Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)]
    app = Starlette(routes=routes, middleware=middleware)
    app.state.gateway, app.state.defaults = gateway, defaults
    return app


async def _health(request: Request) -> Response:
    gateway: Gateway = request.app.state.gateway
    crowded = gateway.crowded()
    status = "stopping" if gateway.stopping else "busy" if crowded else "ok"
    body = {
        "status": status,
        "sessions": len(gateway.seats),
        "active": sum(
            1 for seat in gateway.seats.values() if seat.session is not None and seat.session.active
        ),
        "busy": round(gateway.load.busy, 3),
        "lag_p95_s": round(gateway.load.lag_s(now()), 3),
    }
    return JSONResponse(body, 503 if gateway.stopping else 200)


async def _metrics(request: Request) -> Response:
    gateway: Gateway = request.app.state.gateway
    return Response(gateway.metrics.text(), media_type=gateway.metrics.content_type)
