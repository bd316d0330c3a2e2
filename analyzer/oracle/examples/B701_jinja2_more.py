import jinja2
from jinja2 import Environment as E
import jinja2.sandbox as sb
E(); jinja2.Environment(); sb.Environment(); jinja2.sandbox.SandboxedEnvironment(); jinja2.x.y.Environment(); Environment()
jinja2.Environment(
    autoescape=False,
    loader=jinja2.FileSystemLoader(
        "x"
    ),
)
jinja2.Environment(autoescape=True.x); jinja2.Environment(autoescape=x.value); jinja2.Environment(autoescape=(yield_ := True))
jinja2.Environment(autoescape=-True)
