# FastAPI has no sessions of its own: Starlette's SessionMiddleware, as its documentation adds it.
import os

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key="a secret")


@app.get("/", response_class=HTMLResponse)
async def home():
    return "<title>Stock</title>"


@app.get("/me")
async def me(request: Request):
    user = request.session.get("user")
    return JSONResponse({"user": user}, 200 if user else 401)


@app.post("/login")
async def login(request: Request, user: str = Form(), password: str = Form()):
    if user != "alice" or password != os.environ["STOCK_PASSWORD"]:
        return JSONResponse({}, 401)
    request.session["user"] = user
    return RedirectResponse("/", 303)


@app.post("/note")
async def note(request: Request, note: str = Form()):
    request.session["note"] = note
    return {}


@app.post("/logout")
async def logout(request: Request):
    request.session.clear()
    return RedirectResponse("/", 303)
