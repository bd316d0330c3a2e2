import urllib.request
import urllib.request as u
from urllib.request import urlopen, urlretrieve as get, URLopener, FancyURLopener
from urllib import request
import six
from six.moves import urllib as six_urllib
from six.moves.urllib.request import urlopen as so
urllib.request.urlopen("file:///etc/passwd")
urllib.request.urlretrieve("x"); urllib.request.URLopener(); urllib.request.FancyURLopener()
urllib.request.Request("x")
u.urlopen("x")
urlopen("x")
get("x")
URLopener().open("x")
request.urlopen("x")
six.moves.urllib.request.urlopen("x")
six_urllib.request.urlopen("x")
so("x")
urllib.urlopen("x")
urllib2.urlopen("x")
