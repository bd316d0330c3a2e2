while keep_trying:
    try:
        a = 1
    except:
        continue
    try:
        a = 1
    except Exception:
        continue
    try:
        a = 1
    except ValueError:
        continue
    try:
        a = 1
    except Exception as e:
        continue; pass
    try:
        a = 1
    except* Exception:
        pass
    for i in x:
        try:
            a = 1
        except (ValueError, Exception):
            continue
        except Exception: continue  # nosec
        except: continue
    else:
        try:
            a = 1
        except Exception:
            continue  # nosec B112
    try:
        a = 1
    except not_a_name[0]:
        continue
    except Exception or None:
        continue
