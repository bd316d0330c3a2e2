connect(password="x")
connect("password", token="x", user="me")
connect(user="me", pwd="first", passwd="second")
connect(password=b"x")
connect(password=f"x")
connect(password=1)
connect(password=None)
connect(password="a" "b")
connect(password="a" + "b")
connect(**{"password": "x"})
connect(**kwargs)
connect(a="b", **kwargs)
connect(**"a", password="x")
connect(**"password")
connect(
    user="me",
    password="x",
)
connect(
    password=(
        "x"
    ),
)  # nosec
connect(
    password="x",  # nosec
)
connect(  # nosec B106
    password="x",
)
a.b.connect(my_token="x")(pass_="y")
connect(password="x", other=connect(token="y"))
class C(Base, password="x"):
    pass
@connect(password="x")
def f(): pass
f"{connect(password='x')}"
connect(password="")
connect(password="ü\t\"'")
