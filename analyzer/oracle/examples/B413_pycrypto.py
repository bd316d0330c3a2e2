from Crypto import Random, Hash, IO, Protocol, PublicKey, Signature, Util, Cipher, Other
import Crypto
import Crypto.Random.random
from Crypto.Util import number
import Cryptodome.Cipher
from Crypto . Cipher import AES
from Crypto.\
    Cipher import AES
