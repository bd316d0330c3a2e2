from cryptography.hazmat import backends
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from Crypto.PublicKey import DSA as pycrypto_dsa, RSA as pycrypto_rsa
from Cryptodome.PublicKey import DSA as x_dsa, RSA as x_rsa
dsa.generate_private_key(key_size=2048); dsa.generate_private_key(1024); dsa.generate_private_key(512)
dsa.generate_private_key(key_size=1023, backend=backends.default_backend())
dsa.generate_private_key(); dsa.generate_private_key(key_size=0)
dsa.generate_private_key(key_size=size); dsa.generate_private_key(key_size=a.size)
dsa.generate_private_key(key_size="512"); dsa.generate_private_key(key_size=512.5)
dsa.generate_private_key(key_size=True); dsa.generate_private_key(key_size=None)
dsa.generate_private_key(key_size=-1); dsa.generate_private_key(key_size=1j)
dsa.generate_private_key(key_size=[1]); dsa.generate_private_key(key_size=(1,)); dsa.generate_private_key({})
dsa.generate_private_key(key_size=b"512"); dsa.generate_private_key(...)
dsa.generate_private_key(False); dsa.generate_private_key(0)
rsa.generate_private_key(65537, 2048); rsa.generate_private_key(65537, 2047); rsa.generate_private_key(65537, 1023)
rsa.generate_private_key(public_exponent=65537, key_size=512, backend=b)
rsa.generate_private_key(3, key_size=1024); rsa.generate_private_key(512); rsa.generate_private_key(65537, a.b)
rsa.generate_private_key(*args); rsa.generate_private_key(1, 2, 3)
ec.generate_private_key(curve=ec.SECP384R1, backend=b); ec.generate_private_key(ec.SECT163K1, b)
ec.generate_private_key(ec.SECP192R1()); ec.generate_private_key(curve=ec.SECT163R2()); ec.generate_private_key(SECP192R1)
ec.generate_private_key("SECP192R1"); ec.generate_private_key(); ec.generate_private_key(ec.Unknown)
ec.generate_private_key(curve=None); ec.generate_private_key(curve=[1]); ec.generate_private_key([1])
ec.generate_private_key(curve={}); ec.generate_private_key({1}); ec.generate_private_key((1,)); ec.generate_private_key(5)
ec.generate_private_key(getattr(ec, "SECT163K1")); ec.generate_private_key(ec.BrainpoolP256R1)
pycrypto_dsa.generate(bits=512); pycrypto_dsa.generate(1024); pycrypto_dsa.generate(2048); pycrypto_dsa.generate(4096)
pycrypto_rsa.generate(bits=512); pycrypto_rsa.generate(1024); pycrypto_rsa.generate(2048); pycrypto_rsa.generate(bits=b)
x_dsa.generate(bits=512); x_rsa.generate(1024); x_rsa.generate()
rsa.generate_private_key(
    public_exponent=65537,
    key_size=1024,
)  # nosec
