try:
    a = 1
except:
    pass
try:
    a = 1
except Exception:
    pass
try:
    a = 1
except Exception as e:
    pass
try:
    a = 1
except BaseException:
    pass
try:
    a = 1
except (Exception, ValueError):
    pass
try:
    a = 1
except builtins.Exception:
    pass
try:
    a = 1
except ValueError:
    pass
except Exception:
    pass
except:
    pass
try:
    a = 1
except (Exception):
    """doc"""
    pass
try:
    a = 1
except* Exception:
    pass
try:
    a = 1
except Exception: pass
else:
    pass
finally:
    pass
try:
    a = 1
except Exception:
    pass  # nosec
try:
    a = 1
except Exception:  # nosec B110
    pass
try:
    a = 1
except Exception:
    # nosec
    pass
try:
    try:
        a = 1
    except Exception:
        pass
except Exception:
    try:
        a = 1
    except Exception:
        pass
try:
    a = 1
except Exception:
    ...
try:
    a = 1
except Exception:
    pass; pass
