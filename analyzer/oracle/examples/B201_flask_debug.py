import flask
from flask import Flask as F

app = F(__name__)
app.run(debug=True)
app.run(debug=False)
app.run()
app.run(debug="True")
app.run(debug=True_)
app.run(debug=1)
app.run(debug=None)
app.run(debug=x.True_)
app.run(
    host="127.0.0.1",
    debug=True,
)
app.run(debug=(True))
app.run(debug=[True])
run(debug=True)
app.runner(debug=True)
app.a.b.run(debug=True)
flask.Flask(__name__).run(debug=True)
app["x"].run(debug=True)
app().run(debug=True)
app.run(True)
app.run(debug=True)  # nosec
app.run(
    debug=True  # nosec B201
)
app.run(**{"debug": True})
app.run(debug=True, **kwargs)
app.run(debug=
        True)
