RawSQL(raw)
from django.db import models
RawSQL(raw)
import django.db.models
RawSQL(raw)
