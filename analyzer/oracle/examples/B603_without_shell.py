import subprocess
subprocess.Popen(["/bin/ls"]); subprocess.call(x); subprocess.check_call(); subprocess.check_output(**k)
subprocess.run(
    ["/bin/ls"],
    shell=False,
)
subprocess.run(["/bin/ls", "-l"],
               shell=False,
               check=True)
subprocess.run(["ls"]); subprocess.run(("ls",)); subprocess.run([]); subprocess.run([x]); subprocess.run(["./x"])
subprocess.Popen(["/bin/ls"]).communicate()
subprocess.PopenX(); Popen(x)
subprocess.run(["a"], shell=x == y, shell_=True)
subprocess.run(  # nosec B603 B607
    ["ls"],
)
subprocess.run(["ls"])  # nosec: B603
subprocess.run(["ls"])  # nosec:B603,B607
subprocess.run(["ls"])  # nosec B603:B607
