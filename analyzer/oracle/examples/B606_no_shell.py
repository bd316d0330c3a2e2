import os
os.execl(path, arg0); os.execle(p); os.execlp(p); os.execlpe(p); os.execv(p); os.execve(p); os.execvp(p); os.execvpe(p)
os.spawnl(mode, path); os.spawnle(m); os.spawnlp(m); os.spawnlpe(m); os.spawnv(m); os.spawnve(m); os.spawnvp(m); os.spawnvpe(m)
os.startfile("x"); os.startfile(x); os.execx(p); os.execl(); os.execl("ls"); os.execl("/ls"); os.execl(["ls"])
from os import execl as e
e("ls")
