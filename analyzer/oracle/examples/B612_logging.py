import logging.config
import logging.config as lc
from logging.config import listen, listen as l
from logging import config
t = logging.config.listen(9999); logging.config.listen(9999, verify=f); logging.config.listen(); logging.config.listen(verify=None)
lc.listen(9999); listen(9999); l(1); config.listen(1); logging.config.listen(**k); logging.listen(1)
logging.config.listen(
    9999,
)  # nosec
