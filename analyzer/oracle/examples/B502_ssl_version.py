import ssl
from pyOpenSSL import SSL
from OpenSSL import SSL as S
import pyOpenSSL
ssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv2)
ssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv3); ssl.wrap_socket(ssl_version=PROTOCOL_TLSv1)
ssl.wrap_socket(ssl_version="PROTOCOL_TLSv1_1"); ssl.wrap_socket(ssl_version=ssl.PROTOCOL_TLS)
ssl.wrap_socket(s, method=ssl.PROTOCOL_SSLv3)
ssl.wrap_socket(
    s,
    ssl_version=ssl.PROTOCOL_SSLv2,
)
SSL.Context(method=SSL.SSLv2_METHOD); SSL.Context(method=SSL.SSLv23_METHOD)
SSL.Context(method=SSL.TLSv1_METHOD); SSL.Context(method=SSL.TLSv1_1_METHOD); SSL.Context(SSL.SSLv3_METHOD)
pyOpenSSL.SSL.Context(ssl_version=SSL.SSLv3_METHOD)
S.Context(method=S.SSLv3_METHOD)
herp_derp(ssl_version=ssl.PROTOCOL_SSLv2); herp_derp(method=SSL.SSLv2_METHOD)
herp_derp(method=SSL.OK, ssl_version=ssl.PROTOCOL_SSLv2)
herp_derp(
    method=SSL.OK,
    ssl_version=ssl.PROTOCOL_SSLv2,
)
herp_derp(ssl_version=["PROTOCOL_SSLv2"]); herp_derp(method=f(PROTOCOL_SSLv2))
"x".join(method="SSLv3_METHOD")
(lambda: 1)(ssl_version=PROTOCOL_SSLv3)
class C(method="SSLv3_METHOD"): pass
herp_derp(ssl_version=ssl.PROTOCOL_SSLv2)  # nosec
