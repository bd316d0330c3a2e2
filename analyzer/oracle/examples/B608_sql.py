"SELECT %s FROM derp;" % var
"select a from b where c = " + x
q = "SELECT * FROM foo WHERE id = '%s'" % x
q = "INSERT INTO foo VALUES ('a', 'b', '%s')" % x
q = "DELETE FROM foo WHERE id = '%s'" % x
q = "UPDATE foo SET value = 'b' WHERE id = '%s'" % x
q = """WITH cte AS (SELECT x FROM foo)
SELECT x FROM cte WHERE x = '%s'""" % x
q = "SELECT * FROM foo WHERE id = '{}'".format(x)
q = "SELECT * FROM foo WHERE id = 'x'".replace("x", y)
q = "SELECT * FROM foo WHERE id = 'x'".strip("x")
q = f"SELECT * FROM foo WHERE id = {x}"
q = f"SELECT {a} FROM {b} WHERE"
q = f"{a} SELECT {b} FROM {c} WHERE"
q = f"{a}" "SELECT x FROM y z"
q = f"SELECT" " x FROM " f"y {z}"
q = "SELECT x " f"FROM {y} z"
q = f"a" "b" f"SELECT x FROM y"
q = f"""
SELECT {x}
FROM {y}
"""
cur.execute("SELECT * FROM foo WHERE id = '%s'" % x)
cur.execute("SELECT * FROM foo WHERE id = '" + x + "'")
cur.execute("SELECT * FROM foo WHERE id = '{}'".format(x))
cur.execute("SELECT * FROM foo WHERE id = 'x'".replace("x", y))
cur.execute(f"SELECT * FROM foo WHERE id = {x}")
cur.executemany("INSERT INTO foo VALUES(" + x)
cur.execute("SELECT * FROM foo " "WHERE id = " + x)
cur.execute("SELECT * FROM foo WHERE id = ?", (x,))
cur.execute(query="SELECT * FROM foo WHERE id = '%s'" % x)
cur.execute(("SELECT * FROM foo WHERE id = '%s'" % x))
execute("SELECT * FROM foo WHERE id = '%s'" % x)
x[0]("SELECT * FROM foo WHERE id = '%s'" % x)
other("SELECT * FROM foo WHERE id = '%s'" % x)
cur.execute("SELECT a " + "FROM b " + "WHERE " + c)
cur.execute(a + "SELECT a " + b + "FROM b " + c)
cur.execute("SELECT a " + ("FROM b " + c))
cur.execute(("SELECT a FROM b " + c) * 2)
cur.execute("SELECT a FROM b " + "%s" % "WHERE x")
cur.execute("SELECT a FROM b " % ("WHERE x", "SELECT a FROM c"))
cur.execute("SELECT a FROM b " * 2)
cur.execute("SELECT a FROM b " + c)[0]
cur.execute(-("SELECT a FROM b " + c))
cur.execute("SELECT a FROM b " + c if d else "SELECT a FROM b " + e)
cur.execute(*"SELECT a FROM b " + c)
q = "SELECT a FROM b" + c
q = "SELECT\ta\nFROM\nb" + c
q = "SELECTa FROM b " + c
q = "select a from b " + c
q = "delete  from b" + c
q = "delete from" + " b" + c
q = "deletefrom b" + c
q = "insert into b values" + c
q = "insert into b values " + c
q = "insert into b values(" + c
q = "insert into b VALUES\n(" + c
q = "update b set" + c
q = "update b set " + c
q = "updated b sets " + c
q = "we select the best from our people " + c
q = b"SELECT a FROM b " + c
q = "SELECT a " r"FROM b " if 0 else 1
q = r"SELECT\sa FROM b " + c
q = "SELECT\u2003a FROM b\u00a0" + c
q = "SELECT\x1ca FROM b\x1c" + c
q = "ſELECT a FROM b " + c
q = "SELECT a FROM b "
q = "SELECT a FROM b ".format
q = "SELECT a FROM b ".format()
q = "SELECT a FROM b {}".format
q = "SELECT a FROM b {}".format(x).format(y)
q = "SELECT a FROM b {}".replace(x, y).format(y)
q = ("SELECT a FROM b {}").format(x)
q = ("SELECT a FROM b "
     "WHERE {}").format(x)
q = "SELECT a FROM b %s" % x + "SELECT a FROM b " + "SELECT a FROM c "
q += "SELECT a FROM b %s" % x
q = x % "SELECT a FROM b "
q = x + y + "SELECT a FROM b "
q = "a" + "select b " + 1 + "from c " + None + b"d"
q = f"SELECT a FROM b " + c
q = f"SELECT a FROM b {x}" + "SELECT a FROM b "
q = f"{'SELECT a FROM b '}"
q = f"{'SELECT a FROM b ' + c}"
q = f"{f'SELECT a FROM b {c}'}"
q = f"SELECT a FROM b {x!r:>{y}} and {z:SELECT a FROM b }"
q = f"SELECT a FROM b {x=}"
q = f"{x=} SELECT a FROM b "
q = f"SELECT a {{}} FROM b {x}"
q = "SELECT a FROM b %s" % x  # nosec
q = "SELECT a FROM b %s" % x  # nosec B608
q = ("SELECT a "
     "FROM b %s"  # nosec
     % x)
q = ("SELECT a "
     "FROM b %s"
     % x)  # nosec
q = """SELECT a
FROM b
WHERE %s""" % x  # nosec
q = """SELECT a  -- # nosec
FROM b
WHERE %s""" % x
q = "SELECT a FROM b %s" % """
""" + x
assert "SELECT a FROM b %s" % x, "SELECT a FROM b %s" % y
return_ = lambda: "SELECT a FROM b %s" % x
{"SELECT a FROM b %s" % x: "SELECT a FROM b %s" % y}
["SELECT a FROM b %s" % x for x in "SELECT a FROM b %s" % y]
