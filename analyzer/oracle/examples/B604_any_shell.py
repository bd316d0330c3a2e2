import subprocess
Popen("x", shell=True); self.run(shell=True); f()(shell=True); x[0](shell=True)
os.system("x", shell=True); plain(shell=False); plain(shell="no"); plain(shell=""); plain(shell=[0]); plain(shell=None)
plain(
    a,
    shell=True,
)
plain(shell=yes)(shell=no)
class C(shell=True): pass
@plain(shell=True)
def f(shell=True): pass
plain(**{"shell": True}); plain(a=1, **k)
plain(shell=True)  # nosec
subprocess.getoutput("x", shell=True)
