import os
from django.utils import safestring
from django.utils.safestring import mark_safe, SafeText, SafeString
mark_safe("secure")
mark_safe("a" "b")
mark_safe(f"x")
mark_safe(b"x")
mark_safe(1)
mark_safe("a %s" % "b")
mark_safe("a %s %s" % ("b", "c"))
mark_safe("a %s" % x)
mark_safe("a {}".format("b"))
mark_safe("a {}".format(x))
mark_safe("a {}".format("b", c="d"))
mark_safe("a {}".format(*["b", "c"]))
mark_safe("a {}".format(*x))
mark_safe("a {}".format("b {}".format("c")))
mark_safe("a {}".format(f("c")))
mark_safe(f("c"))
mark_safe(f.format("c"))
mark_safe(b"a".format("b"))
mark_safe((1).format("b"))
mark_safe("a" + "b")
mark_safe("a".join("b"))
mark_safe(x.y)
mark_safe(x[0])
mark_safe(x if y else z)
mark_safe("a" if y else "b")
mark_safe(s=x)
mark_safe(*x)
SafeText(x); SafeString(x); SafeUnicode(x); SafeBytes(x); safestring.SafeText(x); SafeOther(x); safestring.mark_safe(x)


def insecure_function(text, cls=""):
    return "<h1 class=\"{cls}\">{text}</h1>".format(text=text, cls=cls)


my_insecure_str = insecure_function("insecure", cls="x")
mark_safe(my_insecure_str)
safestring.mark_safe(my_insecure_str)
safe = "x"
mark_safe(safe)
safe2 = safe
mark_safe(safe2)
safe3 = "{}".format(safe)
mark_safe(safe3)
loop = loop
mark_safe(loop)
aug = "x"
aug += "y"
mark_safe(aug)
aug += z
mark_safe(aug)
tup, le = "x", "y"
mark_safe(tup)
mark_safe(le)
tup, le = x, "y"
mark_safe(tup)
mark_safe(le)
[li, st] = "x", "y"
mark_safe(li)
many = more = "x"
mark_safe(many)
mark_safe(more)
annotated: str = "x"
mark_safe(annotated)
(walrus := "x")
mark_safe(walrus)
mark_safe(undefined)


def try_insecure(str_arg="insecure"):
    try:
        my_str = insecure_function(str_arg)
    except Exception:
        my_str = insecure_function(str_arg)
    finally:
        other = "x"
    mark_safe(my_str)
    mark_safe(other)


def try_secure():
    try:
        my_str = "secure"
    except Exception:
        my_str = "secure"
    else:
        my_str = "secure"
    finally:
        my_str = "secure"
    mark_safe(my_str)


def format_secure():
    mark_safe("<b>{}</b>".format("secure"))
    my_str = "secure"
    mark_safe("<b>{}</b>".format(my_str))
    mark_safe("<b>{} {}</b>".format(my_str, "a"))
    mark_safe("<b>{} {}</b>".format(*[my_str, "a"]))
    mark_safe("<b>{b}</b>".format(b=my_str))
    my_str = "<b>{}</b>".format(my_str)
    mark_safe(my_str)
    my_str = "<b>%s</b>" % (my_str,)
    mark_safe(my_str)


def with_secure(path):
    with open(path) as f:
        mark_safe("Secure")
        inner = "x"
        mark_safe(f)
    mark_safe(inner)
    with open(path) as f, open(path) as g:
        inner = f.read()
    mark_safe(inner)
    with open(path):
        pass


def loop_secure():
    my_str = ""
    for i in range(ord(os.urandom(1))):
        my_str += " Secure"
    mark_safe(my_str)
    while ord(os.urandom(1)) % 2 == 0:
        my_str += " Secure"
    else:
        my_str += x
    mark_safe(my_str)


def all_secure_case():
    if ord(os.urandom(1)) % 2:
        my_str = " Secure"
    elif ord(os.urandom(1)) % 2:
        my_str = " Secure"
    else:
        my_str = " Secure"
    mark_safe(my_str)


def nested(arg, *, kw, **rest):
    def inner():
        my_str = "x"
        mark_safe(my_str)
        mark_safe(arg)
    mark_safe(my_str)
    mark_safe(arg)
    mark_safe(kw)
    mark_safe(rest)
    for arg in "abc":
        mark_safe(arg)

    class C:
        attr = "x"
        mark_safe(attr)

        def method(self, attr=""):
            mark_safe(attr)
            mark_safe(self)

    lambda: mark_safe(my_str)


async def in_async(arg):
    my_str = "x"
    mark_safe(my_str)
    mark_safe(arg)


def annotated_args(text: str, /, other):
    mark_safe(text)
    mark_safe(other)


match x:
    case 1:
        matched = "x"
mark_safe(matched)
a.b, c = "x", "y"
mark_safe(c)
mark_safe(one_line); one_line = "x"
one_line = "x"; mark_safe(one_line)
