from subprocess import Popen as pop
import subprocess, os
pop("gcc --version"); pop(["gcc", "x"]); pop([["gcc"]]); pop([]); pop([x, "gcc"]); pop(["/bin/gcc"]); pop(("gcc",)); pop({"gcc"})
pop("/bin/gcc"); pop("./gcc"); pop("../gcc"); pop("\\gcc"); pop("C:/gcc"); pop("c:gcc"); pop(""); pop([""]); pop(" /gcc")
pop(f"gcc"); pop([f"gcc"]); pop(b"gcc"); pop("gcc" "x"); pop(["gcc" "x"]); pop("gcc" + x); pop(args="gcc"); pop(*["gcc"]); pop([*"gcc"])
os.execl("ls"); os.system("ls"); os.spawnl("ls"); os.other("ls")
pop(
    [
        "gcc",
        "x",
    ],
)
pop(["gcc",  # nosec
     "x"])
pop("\ngcc"); pop("\n/gcc"); pop("~/gcc"); pop("$HOME/gcc"); pop("%x%/gcc")
