import tempfile
import tempfile as t
from tempfile import mktemp, mktemp as mt, mkstemp
tempfile.mktemp()
t.mktemp(suffix="x")
mktemp()
mt()
mkstemp()
tempfile.mktemp().strip()
