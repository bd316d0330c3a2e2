a = 1e999 - 1e999
b = 1e999 * 0 + float("nan")
c = -1e999 + 1e999
d = 1e309j + 1e310j + 1e400
