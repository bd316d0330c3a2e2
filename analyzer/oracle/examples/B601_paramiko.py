import paramiko
client = paramiko.client.SSHClient()
client.exec_command("something; really; unsafe")
client.connect("somehost").exec_command(
    "x"
)
exec_command("x")
client.invoke_shell("x"); client.exec_commands("x"); exec_command.run("x")
f().exec_command()
f()().exec_command()
