from twisted.web.twcgi import CGIScript, CGIDirectory as D, Other
from twisted.web import twcgi
import twisted.web.twcgi.CGIScript
import wsgiref.handlers
from wsgiref.handlers import CGIHandler, SimpleHandler
wsgiref.handlers.CGIHandler().run(app)
twcgi.CGIScript("x")
