import os
import commands, popen2, subprocess
from os import system, popen as p
import os as o
os.system("/bin/echo hi"); os.system("echo hi"); os.system(x); os.system("a" + x); os.system(f"a {x}"); os.system(f"a")
os.system("a %s" % x); os.system("a".format()); os.system("a" "b"); os.system(b"a"); os.system(); os.system(command="x")
os.system(*args); os.system(["a"]); os.popen("x"); os.popen2("x"); os.popen3("x"); os.popen4("x"); p(x); system(x); o.system(x)
popen2.popen2("x"); popen2.popen3("x"); popen2.popen4("x"); popen2.Popen3("x"); popen2.Popen4("x")
commands.getoutput("x"); commands.getstatusoutput("x"); subprocess.getoutput(x); subprocess.getstatusoutput("/x")
os.system(
    "x"
)
os.system("x")  # nosec
os.system("x")  # nosec B605
os.system(
    x  # nosec B605
)
os.system(x) and os.system(y) if os.popen(z).read() else 1
os.system(r"C:\x"); os.system("C:x"); os.system("C"); os.system(""); os.system("\\x"); os.system("./x"); os.system(".x")
os.system("Cx:"); os.system("é:"); os.system("1:")
