"""Webhook receivers in Python, as their frameworks have them: python.py FRAMEWORK MODE PORT.

The right mode signs the raw body; each other one makes a mistake that people make with it. Packages
are looked up where PYTHONPATH says.
"""
import hashlib
import hmac
import json
import os
import sys

framework, mode, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
secret = os.environ["HOOK_SECRET"].encode()
HEADER = "x-hub-signature-256"
PARSED = ["json", "compact", "sorted", "str"]


def is_right(signed, given):
    if isinstance(signed, str):
        signed = signed.encode("utf-8", "surrogatepass")
    key = hashlib.sha256(secret).digest() if mode == "secret-hashed" else secret
    due = "sha256=" + hmac.new(key, signed, hashlib.sha1 if mode == "sha1" else hashlib.sha256).hexdigest()
    return hmac.compare_digest(due.encode(), (given or "").encode("utf-8", "surrogateescape"))


def of_parsed(parsed):
    """What is signed of a body that the framework has parsed."""
    if mode == "str":
        return str(parsed)
    if mode == "compact":
        return json.dumps(parsed, separators=(",", ":"))
    return json.dumps(parsed, sort_keys=mode == "sorted")


def of_raw(body):
    if mode == "strip":
        return body.strip()
    if mode == "latin-1":
        return body.decode("latin-1")
    if mode == "printed":
        return str(body)
    if mode == "ascii":
        return body.decode("ascii", "ignore")
    return body


def status(raw, parsed, given):
    """`parsed` gives the body as the framework has parsed it, or raises."""
    try:
        signed = of_parsed(parsed()) if mode in PARSED else of_raw(raw())
        return 200 if is_right(signed, given) else 401
    except (ValueError, UnicodeError, RecursionError):
        return 400


def http_server():
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(status(lambda: body, lambda: json.loads(body), self.headers.get(HEADER)))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Receiver).serve_forever()


def wsgi(app):
    from waitress import serve

    serve(app, host="127.0.0.1", port=port, threads=4, _quiet=True)


def asgi(app):
    import uvicorn

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical")


def flask():
    from flask import Flask, request

    app = Flask(__name__)

    @app.post("/hook")
    def hook():
        parsed = lambda: request.get_json(force=True, silent=False)
        try:
            return "", status(request.get_data, parsed, request.headers.get(HEADER))
        except Exception:
            return "", 400

    wsgi(app)


def django():
    from django.conf import settings

    settings.configure(ROOT_URLCONF="__main__", ALLOWED_HOSTS=["*"], SECRET_KEY="x", LOGGING_CONFIG=None)
    import django as package
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path

    package.setup()

    def hook(request):
        body = lambda: request.body
        return HttpResponse(status=status(body, lambda: json.loads(request.body), request.headers.get(HEADER)))

    globals()["urlpatterns"] = [path("hook", hook)]
    wsgi(get_wsgi_application())


def fastapi():
    from typing import Any

    from fastapi import Body, FastAPI, Header, Request, Response
    from fastapi.exceptions import RequestValidationError

    app = FastAPI()

    async def bad(request, error):
        return Response(status_code=400)

    app.add_exception_handler(RequestValidationError, bad)
    if mode in PARSED:

        @app.post("/hook")
        async def hook(payload: Any = Body(), x_hub_signature_256: str | None = Header(default=None)):
            return Response(status_code=status(None, lambda: payload, x_hub_signature_256))

    else:

        @app.post("/hook")
        async def hook_raw(request: Request):
            body = await request.body()
            return Response(status_code=status(lambda: body, None, request.headers.get(HEADER)))

    # Annotations of the handlers are texts where a module says so; here they are not.
    asgi(app)


def starlette():
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.routing import Route

    async def hook(request):
        body = await request.body()
        try:
            parsed = await request.json() if mode in PARSED else None
        except ValueError:
            return Response(status_code=400)
        return Response(status_code=status(lambda: body, lambda: parsed, request.headers.get(HEADER)))

    asgi(Starlette(routes=[Route("/hook", hook, methods=["POST"])]))


def bottle():
    import bottle as package

    app = package.Bottle()

    @app.post("/hook")
    def hook():
        request = package.request
        body = lambda: request.body.read()
        try:
            code = status(body, lambda: request.json, request.headers.get(HEADER))
        except package.HTTPError:
            code = 400
        return package.HTTPResponse(status=code)

    wsgi(app)


def tornado():
    import asyncio

    from tornado import escape
    from tornado.web import Application, RequestHandler

    class Hook(RequestHandler):
        def post(self):
            body = self.request.body
            given = self.request.headers.get(HEADER)
            if mode == "json":
                try:
                    signed = escape.json_encode(escape.json_decode(body))
                    self.set_status(200 if is_right(signed, given) else 401)
                except ValueError:
                    self.set_status(400)
            else:
                self.set_status(status(lambda: body, lambda: escape.json_decode(body), given))

        def log_exception(self, *_):
            pass

    async def main():
        import logging

        logging.disable()
        Application([("/hook", Hook)]).listen(port, "127.0.0.1")
        await asyncio.Event().wait()

    asyncio.run(main())


def aiohttp():
    from aiohttp import web

    async def hook(request):
        body = await request.read()
        try:
            parsed = await request.json() if mode in PARSED else None
        except ValueError:
            return web.Response(status=400)
        return web.Response(status=status(lambda: body, lambda: parsed, request.headers.get(HEADER)))

    app = web.Application()
    app.router.add_post("/hook", hook)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


def falcon():
    import falcon as package

    class Hook:
        def on_post(self, request, response):
            try:
                raw = lambda: request.bounded_stream.read()
                code = status(raw, lambda: request.media, request.get_header(HEADER))
            except package.HTTPError:
                code = 400
            response.status = code

    app = package.App()
    app.add_route("/hook", Hook())
    wsgi(app)


def quart():
    from quart import Quart, request

    app = Quart(__name__)

    @app.post("/hook")
    async def hook():
        body = await request.get_data()
        try:
            parsed = await request.get_json(force=True) if mode in PARSED else None
        except Exception:
            return "", 400
        return "", status(lambda: body, lambda: parsed, request.headers.get(HEADER))

    asgi(app)


def pyramid():
    from pyramid.config import Configurator
    from pyramid.response import Response

    def hook(request):
        return Response(status=status(lambda: request.body, lambda: request.json_body, request.headers.get(HEADER)))

    with Configurator() as config:
        config.add_route("hook", "/hook")
        config.add_view(hook, route_name="hook")
        app = config.make_wsgi_app()
    wsgi(app)


globals()[framework]()
