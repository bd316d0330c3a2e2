from django.db.models.expressions import RawSQL
from django.contrib.auth.models import User
from django.db import models as m
User.objects.annotate(val=RawSQL("secure", [])); RawSQL("%secure" % "nos", []); RawSQL("{}".format("no"), []); RawSQL(raw, [])
RawSQL(sql="secure"); RawSQL(sql=raw, params=[]); RawSQL(params=[]); RawSQL(); RawSQL(*raw); RawSQL(**raw); RawSQL(f"x", [])
RawSQL("a" "b"); RawSQL("a" + b); RawSQL(b"a"); RawSQL(1); x.RawSQL(raw); m.RawSQL(raw); RawSQL.x(raw)
RawSQL(
    raw,
    [],
)
