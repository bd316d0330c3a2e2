import Crypto.Cipher
import Crypto.Cipher as alias
import os, Crypto.Cipher, sys
import os, Crypto.Cipher as other, pickle
import Crypto.Cipher_longer
import Crypto.Cipher.deeper.still
import not_Crypto.Cipher
from Crypto.Cipher import thing
from Crypto.Cipher import (
    one,
    two as second,
)
from Crypto import Cipher
from Crypto import Cipher as renamed, other
from Crypto.Cipher.sub import thing
from Crypto.Cipherx import thing
from . import Cipher
from .Crypto.Cipher import thing
from .. import Cipher as up
from x import Cipher
__import__("Crypto.Cipher")
__import__('Crypto.Cipher' 'x')
__import__("os", name="Crypto.Cipher")
__import__(module)
__import__()
importlib.import_module("Crypto.Cipher")
importlib.import_module(name="Crypto.Cipher")
importlib.import_module(module)
importlib.import_module()
importlib.import_module("Crypto.Cipher".strip())
importlib.__import__("Crypto.Cipher", globals())
importlib.import_module("Crypto.Cipher.sub")
importlib.import_module(*["Crypto.Cipher"])
importlib.import_module(a.Cipher)
import importlib as il
from importlib import import_module
il.import_module("Crypto.Cipher")
import_module("Crypto.Cipher")
import Crypto.Cipher  # nosec
import Crypto.Cipher  # nosec B413
import Crypto.Cipher  # nosec B404,B402
from Crypto.Cipher import (  # nosec
    one,
)
from Crypto.Cipher import (
    one,  # nosec B413
)


def f():
    try:
        import Crypto.Cipher
    except ImportError:
        Crypto.Cipher = None
if x: import Crypto.Cipher; from Crypto.Cipher import *
