import sys
import tarfile
import tempfile
import zipfile as z

tar = tarfile.open(sys.argv[1])
tar.extractall(path=tempfile.mkdtemp())
tar.extractall(members=members_filter(tar))
tar.extractall(members=mod.members_filter(tar))
tar.extractall(members=f()())
tar.extractall(members=tar)
tar.extractall(members=[])
tar.extractall(members=tar.getmembers())
tar.extractall(members=tar.members)
tar.extractall(members="x")
tar.extractall(members=None)
tar.extractall(members=1)
tar.extractall(members=(a, b))
tar.extractall(members={})
tar.extractall(members=[m for m in tar])
tar.extractall(members=(m for m in tar))
tar.extractall(members=lambda: 1)
tar.extractall(members=f"{x}")
tar.extractall(members=a[0])
tar.extractall(members=a if b else c)
tar.extractall(members=-a)
tar.extractall(members=a + b)
tar.extractall(members=not a)
tar.extractall(members=a and b)
tar.extractall(members=a < b)
tar.extractall(members=(a := b))
tar.extractall(members=...)
tar.extractall(filter="data")
tar.extractall(filter='tar')
tar.extractall(filter=data)
tar.extractall(filter="da" "ta")
tar.extractall(filter=tarfile.data_filter)
tar.extractall(filter="data", members=tar)
tar.extractall(filter="tar", members=tar)
tar.extractall(**{"filter": "data"})
tar.extractall("path", **kwargs)
extractall()
extractall2(a)
my_extractall()
x.y.z_extractall_()
tar.extractall(members=first(), path="x", filter=None)
tar.extractall()  # nosec
tar.extractall(  # nosec B202
    members=tar
)
with tarfile.open("x") as t:
    t.extractall()


async def unpack():
    await t.extractall(members=await f())
    t.extractall(members=(yield))
