from django.contrib.auth.models import User
User.objects.filter(username="admin").extra(select={"test": "secure"}, where=["secure"], tables=["secure"])
User.objects.filter(username="admin").extra({"test": "secure"}); q.extra({"test": x}); q.extra({x: "secure"}); q.extra({**x})
q.extra(select={"test": "%secure" % "nos"}); q.extra(select={"test": "{}secure".format("nos")}); q.extra(select=x)
q.extra(where=["%secure" % "nos"]); q.extra(where=["{}".format("no")]); q.extra(where=x); q.extra(where=("x",)); q.extra(where=[])
q.extra(tables=["django_content_type\" WHERE"]); q.extra(tables=x); q.extra(tables=["a", x]); q.extra(tables=[f"a"])
q.extra("a"); q.extra({}, ["a"]); q.extra({}, x); q.extra({}, ["a"], x); q.extra({}, ["a"], x, ["t"]); q.extra({}, ["a"], x, t)
q.extra({}, ["a"], x, ["t"], o, s, z); q.extra(); q.extra(**x); q.extra(*x); q.extra(order_by=x); extra(x); q.extra.x(y)
q.extra(
    where=[
        "a"
        "b",
    ],
    tables=x,
)
q.extra(where="x" + y)  # nosec
q.extra(select={b"x": "y"}); q.extra(select={"x": b"y"}); q.extra(select={"x": None}); q.extra(None); q.extra(select=None)
