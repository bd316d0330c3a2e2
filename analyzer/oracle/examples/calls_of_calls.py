import os, pickle, requests, yaml, hashlib, subprocess, tarfile, ssl
f(os.system("a"))(os.system("b"))[os.system("c")].d(os.system("e"))
os.system("a").b.system("c"); (os).system("d"); (os.system)("e"); os . system("f"); os\
.system("g")
os.system.__call__("h"); [os.system][0]("i"); (lambda: os.system)()("j"); (yield_ := os.system)("k")
os.system if x else y("l"); (os.system if x else y)("m"); not os.system("n"); -os.system("o"); await_(os.system("p"))
"".join(os.system(x) for x in y); {os.system("q"): os.system("r"), **os.system("s")}; {os.system("t"), *os.system("u")}
x[os.system("v"):os.system("w"):os.system("x")]; x[os.system("a"), ...]; os.system("b") @ os.system("c")
os.system("d") < os.system("e") < os.system("f"); lambda x=os.system("g"), *y, z=os.system("h"), **k: os.system("i")
"literal".system("x"); 1 .system("x"); f"{x}".system("y"); b"".chmod("a", 0o777); [].chmod("a", 0o777); {}.extractall()
super().run(debug=True); self.a[0].b.execute("SELECT a FROM b " + c); requests.get(url=requests.get("x"), timeout=requests.post("y"))
hashlib.new(hashlib.new("md5")); yaml.load(yaml.load("x"), Loader=yaml.load); pickle.loads(pickle.dumps(pickle.loads(x)))
ssl.wrap_socket(ssl_version=ssl.wrap_socket()); subprocess.run(subprocess.run("a", shell=True), shell=subprocess.run("b"))
@os.system("decorator")
@subprocess.run(["a"])
async def f(a: os.system("annotation") = os.system("default"), *b: os.system("star"), **c: os.system("double")) -> os.system("return"):
    async for x in os.system("iter"):
        await os.system("await")
    async with os.system("with") as y:
        yield os.system("yield")
    return [os.system("element") async for z in os.system("comprehension") if os.system("if")]
class C[T: os.system("bound")](os.system("base"), key=os.system("keyword")):
    x: os.system("annotated") = os.system("value")
    x += os.system("augmented"); del x[os.system("deleted")]; assert os.system("tested"), os.system("message")
    raise os.system("raised") from os.system("cause")
    global g; import os; type A[T: os.system("b")] = os.system("alias")
while os.system("while"): break
else: os.system("else")
match os.system("subject"):
    case os.x | {"a": os.y} if os.system("guard"): os.system("body")
try: os.system("try")
except os.system("type"): os.system("handler")
else: os.system("else")
finally: os.system("finally")
try: os.system("try")
except* os.system("type"): os.system("handler")
return_ = yield_ = os.system(x := os.system("walrus")); print(*os.system("star"), **os.system("double"), end=os.system("kw"))
