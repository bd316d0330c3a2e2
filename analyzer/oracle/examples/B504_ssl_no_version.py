import ssl
from ssl import wrap_socket, wrap_socket as ws
import ssl as s
ssl.wrap_socket()
ssl.wrap_socket(sock, ssl_version=None)
ssl.wrap_socket(sock, ssl_version=f())
ssl.wrap_socket(sock, ssl_version=-1)
ssl.wrap_socket(sock, ssl_version=ssl.PROTOCOL_TLS)
ssl.wrap_socket(
    sock,
    **kwargs,
)
wrap_socket(); ws(); s.wrap_socket()
ssl.SSLContext().wrap_socket(sock)
context.wrap_socket(sock)
