import xml.dom.expatbuilder as b
from xml.dom.expatbuilder import parseString as ps, parse
b.parse(f); b.parseString(x); ps(x); parse(f)
