import hashlib
import hashlib as h
from hashlib import md5, new as n, sha1 as s
import crypt
from crypt import crypt as cr, METHOD_MD5

hashlib.md5(1); hashlib.md4(1); hashlib.sha(1); hashlib.sha1(1); hashlib.sha256(1)
hashlib.MD5(1)
hashlib.md5(1, usedforsecurity=False)
hashlib.md5(1, usedforsecurity=True)
hashlib.md5(1, usedforsecurity="True")
hashlib.md5(1, usedforsecurity=x)
hashlib.md5(1, usedforsecurity=1)
hashlib.md5(1, usedforsecurity=a.True_)
hashlib.md5(1, usedforsecurity=f())
hashlib.md5(1, **kwargs)
hashlib.new("md5"); hashlib.new("MD5"); hashlib.new("Sha1", b"x"); hashlib.new("sha256")
hashlib.new(name="md5"); hashlib.new(name="md4", data=b"x", usedforsecurity=False)
hashlib.new(md5); hashlib.new(MD5); hashlib.new(a.md5); hashlib.new(a.b.sha1)
hashlib.new("md" "5"); hashlib.new(f"md5"); hashlib.new(b"md5"); hashlib.new()
hashlib.new(*["md5"]); hashlib.new("md5", usedforsecurity=False)
hashlib.new(None); hashlib.new(5); hashlib.new(("md5",))
hashlib.new(algorithm := "md5")
h.md5(); md5(); n("md5"); s()
x.hashlib.y.md5(); hashlib.x.y.md5
hashlib.md5
crypt.crypt("a", crypt.METHOD_CRYPT); crypt.crypt("a", salt=crypt.METHOD_MD5)
crypt.crypt("a", METHOD_BLOWFISH); crypt.crypt("a", "METHOD_MD5"); crypt.crypt("a", crypt.METHOD_SHA512)
crypt.crypt("a"); crypt.crypt(); crypt.mksalt(crypt.METHOD_CRYPT); crypt.mksalt(method=METHOD_MD5)
crypt.mksalt(); crypt.other(METHOD_MD5); cr("a", METHOD_MD5)
hashlib.crypt.crypt("a", METHOD_MD5)
hashlib.md5(
    1
)  # nosec
hashlib.new(
    "md5",  # nosec B324
)
