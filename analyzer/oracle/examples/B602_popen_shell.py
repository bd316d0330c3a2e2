import subprocess
import subprocess as s
from subprocess import Popen as P, call, run, check_output, check_call
call(["/bin/ls", "-l"]); call("/bin/ls -l", shell=True); call(f"/bin/ls {x}", shell=True)
call("/bin/ls -l", shell=False); call("/bin/ls -l", shell=None); call("/bin/ls -l", shell=0); call("x", shell=1)
call("x", shell=1.0); call("x", shell=0.0); call("x", shell=0j); call("x", shell=1j); call("x", shell="")
call("x", shell="x"); call("x", shell=b""); call("x", shell=b"x"); call("x", shell=[]); call("x", shell=[1])
call("x", shell={}); call("x", shell={1: 2}); call("x", shell={**a}); call("x", shell=()); call("x", shell=(1,))
call("x", shell=set()); call("x", shell={1}); call("x", shell=yes); call("x", shell=f()); call("x", shell=a.b)
call("x", shell=not x); call("x", shell=True if x else False); call("x", shell=...); call("x", shell=f"")
call("x", shell=-0); call("x", shell="a" ""); call("x", shell=a["b"]); call("x", shell=(True))
P("gcc --version", shell=True); P(["gcc"], shell=True); P(shell=True); P(*args, shell=True); P(cmd, shell=True)
P("a" + b, shell=True); P("a %s" % b, shell=True); P("a".format(b), shell=True); P("a" "b", shell=True); P(b"x", shell=True)
P(args="x", shell=True); P("x", **{"shell": True}); P("x", **k)
run("x", shell=True, check=True); check_output("x", shell=True); check_call("x", shell=True)
s.Popen("x", shell=True); s.call("x", shell=True); s.getoutput("x"); subprocess.run(
    "x",
    shell=True,
)
subprocess.run(
    "x",
    shell=True,  # nosec
)
subprocess.run("x",  # nosec B602
               shell=True)
subprocess.run("x", shell=True)  # nosec B602, B607
subprocess.run("x", shell=True)  # nosec B607
subprocess.run("x", shell=True)  # nosec subprocess_popen_with_shell_equals_true start_process_with_partial_path
with P("x", shell=True) as p: pass


async def f():
    await run("x", shell=True)
    return [call(x, shell=True) for x in y], f"{call('x', shell=True)}"
