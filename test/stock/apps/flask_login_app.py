# As Flask-Login's documentation: login_user, login_required, logout_user by a link; Flask's own signed cookie.
import os

import flask
import flask_login

app = flask.Flask(__name__)
app.secret_key = "super secret string"
login_manager = flask_login.LoginManager()
login_manager.init_app(app)


class User(flask_login.UserMixin):
    pass


@login_manager.user_loader
def load_user(user_id):
    if user_id != "alice":
        return None
    user = User()
    user.id = user_id
    return user


@app.get("/")
def home():
    return "<title>Stock</title>"


@app.get("/me")
def me():
    if not flask_login.current_user.is_authenticated:
        return {}, 401
    return {"user": flask_login.current_user.id}


@app.post("/login")
def login():
    form = flask.request.form
    if form.get("user") != "alice" or form.get("password") != os.environ["STOCK_PASSWORD"]:
        return "Bad login", 401
    flask_login.login_user(load_user("alice"))
    return flask.redirect("/")


@app.post("/note")
def note():
    flask.session["note"] = flask.request.form.get("note")
    return {}


@app.get("/logout")
def logout():
    flask_login.logout_user()
    return flask.redirect("/")
