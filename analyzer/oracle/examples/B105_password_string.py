password = "secret"
PASSWORD = 'secret'
passwd = pwd = token = secrete = "x"
pass_ = passphrase = "x"
my_password = password_of_me = the_pass_word = "x"
passwordless = compass = tokenize = "x"
pasword = passsssword = passwrd = passwrod = "x"
pwd, token = "a", "b"
obj.password = "x"
obj.a.token_b = "x"
obj["password"] = "x"
obj[f"password"] = "x"
obj["token"]["other"] = "x"
obj["other"]["token"] = "x"
obj["password"] = 5
obj["password"] = b"x"
obj["password"] = obj["token"] = "x"
obj["password"] += "x"
obj["password"]: str = "x"
obj["a":"password"] = "x"
obj["password", "token"] = "x"
print(obj["password"])
password: str = "x"
password += "x"
password = b"bytes"
password = f"formatted"
password = f"{x}formatted"
password = "a" "b"
password = "a" + "b"
password = ("parenthesised")
password = (
    "on a line of its own"
)
password = """over
lines"""
password = ""
password = "it's"
password = 'say "x"'
password = "\\ \n \x00 \u00e9 \U0001f600 é"
password = None
password = "x",
password = ["x"]
(password) = "x"
(password, token) = "x"
[password] = "x"
*password, a = "x"
password.a = "x"
if password == "x" or "x" == password or password != "" or token is "x":
    pass
if password in ("x", "y") or password < "x" < token:
    pass
if password == token == "x" or obj.password == "x" or obj.a.token != 'x':
    pass
if password == "x" == "y":
    pass
if password == b"x" or password == f"x" or password == ("x"):
    pass
if password() == "x" or obj["password"] == "x":
    pass
if (
    password
    == "x"
):
    pass
while password == "x":
    break
d = {"password": "x", "token": 1, 'pwd': None, "secret": "x", "user_token": b"y", "pass": 1.5}
d = {"password": x, "password": "x", "password": "y"}
d = {"password": True, "token": ..., "pwd": 3j, "passwd": -1, "passphrase": 10**2}
d = {"token": 123456789012345678901234567890, "pwd": 1e400, "passwd": 1e16, "pass": 1e-5, "secrete": 0.1}
d = {"token": b"it's \x00\xff", "pwd": 1_000, "passwd": 0xFF, "pass": 1e15, "secrete": 123456789.123456789}
d = {"password": {"token": "x"}, **{"pwd": "x"}}
d = {f"password": "x", b"password": "x"}
d = {"x": "password"}
d = dict(password="x")
d = {
    "first": 1,
    "password":
        "x",
    "token": (
        "y"
    ),
}
{"password": "x" for x in y}
{"Password": "x", "PASSWORD": "x", "my_PassWord": "x", "paßword": "x"}
password = "x"  # nosec
password = "x"  # nosec B105
password = "x"  # nosec: hardcoded_password_string
password = "x"  # nosec B106
class password:
    token = "x"
    self.token = "x"
for password in "x":
    password = "in a loop"
with x as password:
    pass
(password := "x")
lambda password="x": password
