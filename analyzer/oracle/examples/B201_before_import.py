app.run(debug=True)
import not_flask_at_all
app.run(debug=True)
def later():
    import x.flaskext
app.run(debug=True)
