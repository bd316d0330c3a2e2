from Crypto.Cipher import ARC2 as a2, ARC4, Blowfish, DES, XOR, AES, DES3
from Cryptodome.Cipher import ARC2 as b2, ARC4 as b4, Blowfish as bb, DES as bd, XOR as bx
from cryptography.hazmat.primitives.ciphers import algorithms, Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES, IDEA as idea
a2.new(k); ARC4.new(k); Blowfish.new(k); DES.new(k); XOR.new(k); AES.new(k); DES3.new(k)
b2.new(k); b4.new(k); bb.new(k); bd.new(k); bx.new(k)
Cipher(algorithms.ARC4(key), mode=None, backend=default_backend())
Cipher(
    algorithms.Blowfish(key),
    mode=modes.CBC(iv),
)
algorithms.CAST5(key)
algorithms.IDEA(key); algorithms.SEED(key); algorithms.TripleDES(key); algorithms.AES(key)
TripleDES(key)
idea(key)
