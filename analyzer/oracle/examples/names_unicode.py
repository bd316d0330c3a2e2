é = "0.0.0.0"; passwörd = "x"; ﬁle = open("/tmp/é"); 变量 = eval("é")
def ünicode(pässword="x", token="é😀"):
    if "é😀": exec("x"); return eval("y")
class Ünicode:
    def méthode(self): return self.ﬁ + self.fi
s = "é" "😀"; os.chmod("é", 0o777); exec("😀")
