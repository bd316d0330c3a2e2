import ssl
from OpenSSL import SSL
from ssl import PROTOCOL_SSLv3 as bad
import ssl as s
def open_ssl_socket(version=ssl.PROTOCOL_SSLv2): pass
def open_ssl_socket(version=SSL.SSLv2_METHOD): pass
def open_ssl_socket(version=SSL.SSLv23_METHOD, other=SSL.TLSv1_METHOD): pass
def open_ssl_socket(version=SSL.TLSv1_1_METHOD): pass
def open_ssl_socket(version=PROTOCOL_SSLv2): pass
def open_ssl_socket(version=bad): pass
def open_ssl_socket(version="ssl.PROTOCOL_SSLv2"): pass
def open_ssl_socket(version=a.b.PROTOCOL_SSLv2): pass
def open_ssl_socket(version=f().PROTOCOL_SSLv2): pass
def open_ssl_socket(version=s.PROTOCOL_TLS): pass
def open_ssl_socket(*, version=ssl.PROTOCOL_SSLv2): pass
def open_ssl_socket(version=ssl.PROTOCOL_SSLv2, /): pass
async def open_ssl_socket(version=ssl.PROTOCOL_SSLv2): pass
lambda version=ssl.PROTOCOL_SSLv2: 1
class C:
    @decorator
    def open_ssl_socket(
        self,
        version=ssl.PROTOCOL_SSLv2,
    ):
        """A docstring."""
        return 1
