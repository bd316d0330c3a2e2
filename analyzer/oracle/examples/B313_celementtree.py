import xml.etree.cElementTree as bad
from xml.etree import cElementTree as worse
from xml.etree.cElementTree import fromstring, XMLParser as P
bad.fromstring(x); bad.parse(f); bad.iterparse(f); bad.XMLParser(); bad.XML(x)
worse.fromstring(x)
xml.etree.cElementTree.parse(f)
fromstring(x)
P()
