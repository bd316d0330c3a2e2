from Crypto.Hash import MD2, MD4 as M, MD5, SHA
from Crypto import Hash
import Crypto.Hash.MD5
from Cryptodome.Hash import MD5 as pycryptodomex_md5, MD2 as two, SHA as sha
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
import cryptography.hazmat.primitives.hashes as h

MD2.new(); M.new(); MD5.new(); SHA.new()
Hash.MD5.new()
Crypto.Hash.MD5.new()
pycryptodomex_md5.new(b"x")
two.new(); sha.new()
hashes.MD5()
hashes.SHA1()
hashes.SHA256()
SHA1(); SHA256()
h.MD5()
hashes.Hash(hashes.SHA1(), default_backend())
cryptography.hazmat.primitives.hashes.MD5()
