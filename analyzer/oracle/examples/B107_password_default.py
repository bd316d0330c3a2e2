def connect(password="x"): pass
def connect(user, password="x"): pass
def connect(user, password=None, token="y"): pass
def connect(password="x", token="y"): pass
def connect(a, b, /, c, password="x"): pass
def connect(password="x", /): pass
def connect(password="x", /, token="y"): pass
def connect(a, password="x", /, b="y"): pass
def connect(a="x", /, token="y"): pass
def connect(a="1", b="2", /, token="3", other="4"): pass
def connect(*, password="x"): pass
def connect(*args, password="x", **password_b): pass
def connect(password=b"x"): pass
def connect(password=f"x"): pass
def connect(password="a" "b"): pass
def connect(password=("x")): pass
def connect(password: str = "x") -> None: pass
async def connect(password="x"): pass
lambda password="x": 1
class C:
    def __init__(self, password="x"):
        def inner(token="y"):
            pass
    @staticmethod
    @decorated(
        with_="arguments"
    )
    def method(token="z"):
        pass
def connect(
    user,
    password="x",
):
    pass
def connect(password="x"):  # nosec
    pass
def connect(
    password="x",  # nosec B107
):
    pass
def connect(password="x"):
    pass  # nosec
def connect[T](password="x"): pass
def connect(password=""): pass
def connect(password="x", a=1, b=None, c=...): pass
