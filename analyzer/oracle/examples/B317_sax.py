import xml.sax
from xml import sax
from xml.sax import make_parser, parse, parseString as ps, handler
xml.sax.parse(f, h); xml.sax.parseString(x, h); xml.sax.make_parser()
sax.parse(f, h); make_parser(); parse(f); ps(x)
