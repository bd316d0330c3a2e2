import builtins
from builtins import exec as run
import something as exec_

exec("code")
exec  ("code")
exec(
    "code",
    {},
    {},
)
run("code")
builtins.exec("code")
exec_("code")
self.exec("code")
(exec)("code")
exec("a") or exec("b") if exec("c") else exec("d")
f"{exec('in a string')} and {exec('twice')!r:>{exec('in a width')}}"
[exec(x) for x in exec("y")]


@exec("decorator")
def decorated(default=exec("default"), *, k: exec("annotation") = 1) -> exec("returns"):
    return exec("body")


@exec("class decorator")
class C(exec("base"), metaclass=exec("meta")):
    field: exec("annotation") = exec("value")


match exec("subject"):
    case a if exec("guard"):
        pass
with exec("context") as (a, b[exec("index")]):
    pass
lambda a=exec("lambda default"): exec("lambda body")
exec("a")  # nosec B102, B307
exec(  # nosec
    "b"
)
exec(
    "c"  # nosec
)
exec(
    "d"
)  # nosec
exec("e"); exec("f")  # nosec: B101
