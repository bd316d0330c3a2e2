import os as o
import subprocess as subp
import os, popen2
o.system("/bin/tar xvzf *"); o.system("/bin/chown *"); o.popen2("/bin/chmod *"); subp.Popen("/bin/chown *", shell=True)
subp.Popen("/bin/chown *"); subp.Popen("/bin/chown *", shell=False); subp.Popen(["/bin/chown", "*"], shell=True)
subp.Popen("/bin/rsync *", shell=True); subp.Popen("/usr/bin/ls *", shell=True); subp.Popen("/bin/chown x", shell=True)
subp.Popen("target *", shell="True"); subp.Popen("tar *", shell=1); subp.Popen("tar *", shell=a.True_)
o.system(["tar", "*"]); o.system([1, None, "tar", b"*", x, ("*", 2.0), [3]]); o.system(("tar", "*")); o.system({"tar *"})
o.system(tar); o.system(a.tar); o.system(f"tar *"); o.system("tar" " *"); o.system("tar " + "*"); o.system(b"tar *")
os.popen("tar *"); os.popen3("tar *"); popen2.popen2("tar *"); os.execl("tar *"); subp.getoutput("chmod *")
o.system([[1, "tar *"], {"a"}, {1: 2}, True, 1e3, 1j, ...])
subp.Popen(
    "tar *",
    shell=True,
)
o.system()
o.system("")
o.system(a.__star__)
o.system("tar *")  # nosec
o.system("tar *")  # nosec B609
