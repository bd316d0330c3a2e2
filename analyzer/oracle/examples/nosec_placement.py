import subprocess  # nosec
import pickle  #nosec
import dill  # nosec: B403
import shelve  # nosec B403, B404
import cPickle  # nosec B404
import ftplib  # nosec import_ftplib
import telnetlib  # nosec: import_telnetlib,import_ftplib
import xml.sax  # nosec   :   B406
import xml.sax  # nosec:B406 # comment
import xml.sax  # comment # nosec B406
import xml.sax  # nosecB406
import xml.sax  # nosec-B406
import xml.sax  # nosec (B406)
import xml.sax  # nosec [B406]
import xml.sax  # nosec B406 because it is ours
import xml.sax  # nosec because B406 is fine
import xml.sax  # nosec b406
import xml.sax  # nosec B406B407
import xml.sax  # nosec B406,,B407
import xml.sax  # nosec B406;B407
import xml.sax  # nosec B4066
import xml.sax  # nosec IMPORT_XML_SAX
import xml.sax  # nosec blacklist
import xml.sax  # nosec B001
import xml.sax  # nosecurity
import xml.sax  # no sec
import xml.sax  ## nosec
import xml.sax  # # nosec
import xml.sax  # nosec#B406
import xml.sax  # nosec #B406
import xml.sax  # nosec: # B406
import xml.sax  # nosec # nosec B407
import xml.sax  # nosec B407 # nosec
import xml.sax  # nosec:
import xml.sax  # nosec:é
import xml.sax  #	nosec	B406
import xml.sax  # nosec B406
"# nosec"; import xml.sax
# nosec
import xml.sax
import xml.sax; import xml.dom.minidom  # nosec B408
import xml.sax, \
    xml.dom.minidom  # nosec
from xml.sax import (
    # nosec
    handler,
)
from xml.sax import (
    handler,
)  # nosec B406
x = {
    "a": eval("1"),  # nosec
    "b": eval("2"),
    "c": [
        exec("3"),
        eval("4"),  # nosec B307
        "/tmp/x",  # nosec
    ],
}
eval(
    eval(
        "a",  # nosec
    ),
    eval("b"),
)
subprocess.run(
    "ls *",
    shell=True,
    stdin=open("/tmp/x"),  # nosec B108
)
subprocess.run(
    "ls *",  # nosec B607
    shell=True,
)
subprocess.run(
    "ls *",
    shell=True,  # nosec B602
)
if eval("a"):  # nosec
    eval("b")
    eval("c")  # nosec
elif eval("d"):
    eval("e")
else:  # nosec
    eval("f")
for i in eval("g"):  # nosec
    password = "h"
while eval("i"): eval("j")  # nosec
with eval("k") as x:  # nosec
    eval("l")
with (
    eval("m") as x,  # nosec
    eval("n") as y,
):
    pass
try:
    eval("o")
except eval("p"):  # nosec
    pass
def f(a=eval("q"),  # nosec
      b=eval("r")):
    return eval("s")
def f(
    a="/tmp/a",
    b="/tmp/b",  # nosec
    *,
    c="/tmp/c",
    d="/tmp/d",
):
    pass
@eval("t")  # nosec
def f(password="x"):
    pass
class C(eval("u")):  # nosec
    password = "v"
lambda: (
    eval("w"),  # nosec
    "/tmp/x",
)
match eval("x"):  # nosec
    case "/tmp/x" if eval("y"):  # nosec
        eval("z")
    case {"/tmp/a": _,
          "/tmp/b": _,  # nosec
          }:
        pass
[
    eval(x)
    for x in "/tmp/x"
    if "/tmp/y"  # nosec
]
f"""
{eval("a")}
{eval("b")}
"""  # nosec
f"""
{eval(
    "c"  # nosec
)}
{eval("d")}
"""
query = f"""
SELECT {x}
FROM {y}
"""  # nosec
query = (
    "SELECT a "
    "FROM b "  # nosec
    "WHERE " + c
)
assert (
    a  # nosec
)
assert a, (
    "/tmp/x"  # nosec B108
)
raise E(
    "/tmp/x"
) from (
    "/tmp/y"  # nosec
)
return_ = \
    "/tmp/x"  # nosec
del x[
    "/tmp/x"
], y[
    "/tmp/y"  # nosec
]
global a  # nosec
password = "x"; password = "y"  # nosec B105
