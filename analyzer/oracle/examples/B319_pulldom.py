from xml.dom.pulldom import parseString
import xml.dom.pulldom
parseString(x); xml.dom.pulldom.parse(f)
