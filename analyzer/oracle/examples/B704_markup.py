import flask
import markupsafe
from flask import Markup as FM
from markupsafe import Markup, escape
Markup("x"); Markup(x); Markup(f"x {y}"); Markup(); Markup(object=x); Markup("x" + y); Markup("x" "y"); Markup(escape(x)); Markup(*x)
FM(x); flask.Markup(x); markupsafe.Markup(x); markupsafe.Markup.escape(x); markupsafe.x.Markup(y); Markup(None); Markup(b"x"); Markup(1)
markupsafe.Markup(
    x
)  # nosec
