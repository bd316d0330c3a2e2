import ssl
from ssl import _create_unverified_context as c
ssl._create_unverified_context()
c()
ssl.create_default_context()
ssl._create_default_https_context = ssl._create_unverified_context
