open("/tmp/file")
open("/var/tmp/file", "w")
open("/dev/shm/unit")
open("/tmp")
open("/tmpfile")
open("/abc/tmp")
open(" /tmp")
open(b"/tmp/x")
open(f"/tmp/{x}")
open(f"{x}/tmp/")
open(f"/tmp/" "/tmp/x")
open("/tmp/" + name)
open("/tmp/%s" % name)
"/tmp/docstring"
"""/tmp/docstring"""
x = "/t" "mp/joined"
x = r"/tmp\n"
x = ("/tmp/"
     "spread")
def f(where="/tmp/x"):
    "/tmp/docstring"
    x = "/tmp"; y = "/var/tmp"
    return "/tmp"
print("/tmp", "/tmp", sep="/tmp")
open("/tmp/x")  # nosec
open("/tmp/x")  # nosec B108
open(  # nosec
    "/tmp/x",
    "/tmp/y",
)
call(a,
     "/tmp/x",  # nosec: B108
     "/tmp/y")
{
    "first": "/tmp/1",
    "second": "/tmp/2",  # nosec
    "third": "/tmp/3",
}
f"{'/tmp/in'}{x:/tmp/}{y!r}"
f"""
{x}
/tmp/
"""
f'''/tmp/
{x}
'''
