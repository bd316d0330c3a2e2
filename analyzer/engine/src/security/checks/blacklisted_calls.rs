//! The blacklist of calls, B301 to B323.

use super::super::registry::{Check, Run};
use crate::report::Rank;

const XML_DOCS: &str = "Python's own XML parsers follow entities: a small document can take all memory, or read \
    files of the machine. Parse what is not trusted with `defusedxml`.";

const XML_TEXT: &str = "Using {name} to parse untrusted XML data is known to be vulnerable to XML attacks. \
    Replace {name} with its defusedxml equivalent function or make sure \
    defusedxml.defuse_stdlib() is called";

pub(super) static PICKLE: Check = Check {
    id: "B301",
    name: "pickle",
    docs: "A pickle is a program: loading one from a source that is not trusted runs its \
           code. `shelve`, `dill`, `jsonpickle` and `pandas.read_pickle` load pickles too. \
           Use a format of data alone, such as JSON.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 502,
    fires: &[
        "import pickle\npickle.loads(data)\n",
        "from pandas import read_pickle as r\nr(path)\n",
    ],
    silent: &[
        "import json\njson.loads(data)\n",
        "import pickle\npickle.dumps(x)\n",
    ],
    run: Run::CallOf {
        names: &[
            "pickle.loads",
            "pickle.load",
            "pickle.Unpickler",
            "dill.loads",
            "dill.load",
            "dill.Unpickler",
            "shelve.open",
            "shelve.DbfilenameShelf",
            "jsonpickle.decode",
            "jsonpickle.unpickler.decode",
            "jsonpickle.unpickler.Unpickler",
            "pandas.read_pickle",
        ],
        text: "Pickle and modules that wrap it can be unsafe when used to deserialize \
               untrusted data, possible security issue.",
    },
};

pub(super) static MARSHAL: Check = Check {
    id: "B302",
    name: "marshal",
    docs: "`marshal` is made for compiled code of one version of Python, and crashes or \
           worse on data that was made to harm. Use a format of data alone, such as JSON.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 502,
    fires: &["import marshal\nmarshal.load(file)\n"],
    silent: &["import marshal\nmarshal.dump(x, file)\n"],
    run: Run::CallOf {
        names: &["marshal.load", "marshal.loads"],
        text: "Deserialization with the marshal module is possibly dangerous.",
    },
};

pub(super) static MD5: Check = Check {
    id: "B303",
    name: "md5",
    docs: "MD2, MD4, MD5 and SHA-1 can be made to collide. Use SHA-256 or better.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 327,
    fires: &["from Crypto.Hash import MD5\nMD5.new()\n"],
    silent: &["from Crypto.Hash import SHA256\nSHA256.new()\n"],
    run: Run::CallOf {
        names: &[
            "Crypto.Hash.MD2.new",
            "Crypto.Hash.MD4.new",
            "Crypto.Hash.MD5.new",
            "Crypto.Hash.SHA.new",
            "Cryptodome.Hash.MD2.new",
            "Cryptodome.Hash.MD4.new",
            "Cryptodome.Hash.MD5.new",
            "Cryptodome.Hash.SHA.new",
            "cryptography.hazmat.primitives.hashes.MD5",
            "cryptography.hazmat.primitives.hashes.SHA1",
        ],
        text: "Use of insecure MD2, MD4, MD5, or SHA1 hash function.",
    },
};

pub(super) static CIPHERS: Check = Check {
    id: "B304",
    name: "ciphers",
    docs: "The cipher is broken or too weak: ARC2, ARC4, Blowfish, CAST5, DES, IDEA, SEED, \
           Triple DES or XOR. Use AES.",
    severities: &[Rank::High],
    confidences: &[Rank::High],
    cwe: 327,
    fires: &["from Crypto.Cipher import DES\nDES.new(key)\n"],
    silent: &["from Crypto.Cipher import AES\nAES.new(key)\n"],
    run: Run::CallOf {
        names: &[
            "Crypto.Cipher.ARC2.new",
            "Crypto.Cipher.ARC4.new",
            "Crypto.Cipher.Blowfish.new",
            "Crypto.Cipher.DES.new",
            "Crypto.Cipher.XOR.new",
            "Cryptodome.Cipher.ARC2.new",
            "Cryptodome.Cipher.ARC4.new",
            "Cryptodome.Cipher.Blowfish.new",
            "Cryptodome.Cipher.DES.new",
            "Cryptodome.Cipher.XOR.new",
            "cryptography.hazmat.primitives.ciphers.algorithms.ARC4",
            "cryptography.hazmat.primitives.ciphers.algorithms.Blowfish",
            "cryptography.hazmat.primitives.ciphers.algorithms.CAST5",
            "cryptography.hazmat.primitives.ciphers.algorithms.IDEA",
            "cryptography.hazmat.primitives.ciphers.algorithms.SEED",
            "cryptography.hazmat.primitives.ciphers.algorithms.TripleDES",
        ],
        text: "Use of insecure cipher {name}. Replace with a known secure cipher such as \
               AES.",
    },
};

pub(super) static CIPHER_MODES: Check = Check {
    id: "B305",
    name: "cipher_modes",
    docs: "In the mode ECB, equal blocks stay equal when they are encrypted, and what they \
           show of the text is much. Use a mode with authentication, such as GCM.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 327,
    fires: &["from cryptography.hazmat.primitives.ciphers import modes\nmodes.ECB()\n"],
    silent: &["from cryptography.hazmat.primitives.ciphers import modes\nmodes.GCM(iv)\n"],
    run: Run::CallOf {
        names: &["cryptography.hazmat.primitives.ciphers.modes.ECB"],
        text: "Use of insecure cipher mode {name}.",
    },
};

pub(super) static MKTEMP_Q: Check = Check {
    id: "B306",
    name: "mktemp_q",
    docs: "`tempfile.mktemp` gives a name and makes nothing: another can make the file \
           first. Use `mkstemp` or `NamedTemporaryFile`.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 377,
    fires: &["import tempfile\ntempfile.mktemp()\n"],
    silent: &["import tempfile\ntempfile.mkstemp()\n"],
    run: Run::CallOf {
        names: &["tempfile.mktemp"],
        text: "Use of insecure and deprecated function (mktemp).",
    },
};

pub(super) static EVAL: Check = Check {
    id: "B307",
    name: "eval",
    docs: "`eval` runs text as code. Whoever can influence the text can do whatever the \
           program can. Use `ast.literal_eval` for values, or parse the input.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 78,
    fires: &["eval(text)\n"],
    silent: &["import ast\nast.literal_eval(text)\n", "model.eval()\n"],
    run: Run::CallOf {
        names: &["eval"],
        text: "Use of possibly insecure function - consider using safer ast.literal_eval.",
    },
};

pub(super) static MARK_SAFE: Check = Check {
    id: "B308",
    name: "mark_safe",
    docs: "`mark_safe` marks text as safe for a page without escaping it. Look whether a \
           value in it can come from a user; use `format_html`, which escapes what it puts \
           in.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 79,
    fires: &["from django.utils.safestring import mark_safe\nmark_safe(\"x\")\n"],
    silent: &["from django.utils.html import format_html\nformat_html(\"x\")\n"],
    run: Run::CallOf {
        names: &["django.utils.safestring.mark_safe"],
        text: "Use of mark_safe() may expose cross-site scripting vulnerabilities and should \
               be reviewed.",
    },
};

pub(super) static URLLIB_URLOPEN: Check = Check {
    id: "B310",
    name: "urllib_urlopen",
    docs: "`urlopen` and its kin take `file:` and other schemes than HTTP. An address from \
           outside can then name a file of the machine. Check the scheme before.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 22,
    fires: &["import urllib.request\nurllib.request.urlopen(url)\n"],
    silent: &["import urllib.parse\nurllib.parse.urlparse(url)\n"],
    run: Run::CallOf {
        names: &[
            "urllib.request.urlopen",
            "urllib.request.urlretrieve",
            "urllib.request.URLopener",
            "urllib.request.FancyURLopener",
            "six.moves.urllib.request.urlopen",
            "six.moves.urllib.request.urlretrieve",
            "six.moves.urllib.request.URLopener",
            "six.moves.urllib.request.FancyURLopener",
        ],
        text: "Audit url open for permitted schemes. Allowing use of file:/ or custom \
               schemes is often unexpected.",
    },
};

pub(super) static RANDOM: Check = Check {
    id: "B311",
    name: "random",
    docs: "The generators of `random` can be foreseen by who has seen some of their numbers. \
           For keys, tokens and passwords use `secrets`.",
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 330,
    fires: &["import random\nrandom.choice(letters)\n"],
    silent: &[
        "import secrets\nsecrets.choice(letters)\n",
        "import random\nrandom.seed(1)\n",
    ],
    run: Run::CallOf {
        names: &[
            "random.Random",
            "random.random",
            "random.randrange",
            "random.randint",
            "random.choice",
            "random.choices",
            "random.uniform",
            "random.triangular",
            "random.randbytes",
            "random.sample",
            "random.getrandbits",
        ],
        text: "Standard pseudo-random generators are not suitable for security/cryptographic \
               purposes.",
    },
};

pub(super) static TELNETLIB: Check = Check {
    id: "B312",
    name: "telnetlib",
    docs: "Telnet sends all, passwords too, in the clear. Use SSH.",
    severities: &[Rank::High],
    confidences: &[Rank::High],
    cwe: 319,
    fires: &["import telnetlib\ntelnetlib.Telnet(host)\n"],
    silent: &["import paramiko\nparamiko.SSHClient()\n"],
    run: Run::CallOf {
        names: &["telnetlib.Telnet"],
        text: "Telnet-related functions are being called. Telnet is considered insecure. Use \
               SSH or some other encrypted protocol.",
    },
};

pub(super) static XML_BAD_CELEMENTTREE: Check = Check {
    id: "B313",
    name: "xml_bad_cElementTree",
    docs: XML_DOCS,
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["import xml.etree.cElementTree as c\nc.parse(f)\n"],
    silent: &["import defusedxml.ElementTree as ET\nET.parse(f)\n"],
    run: Run::CallOf {
        names: &[
            "xml.etree.cElementTree.parse",
            "xml.etree.cElementTree.iterparse",
            "xml.etree.cElementTree.fromstring",
            "xml.etree.cElementTree.XMLParser",
        ],
        text: XML_TEXT,
    },
};

pub(super) static XML_BAD_ELEMENTTREE: Check = Check {
    id: "B314",
    name: "xml_bad_ElementTree",
    docs: XML_DOCS,
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["import xml.etree.ElementTree as ET\nET.fromstring(t)\n"],
    silent: &["import defusedxml.ElementTree as ET\nET.parse(f)\n"],
    run: Run::CallOf {
        names: &[
            "xml.etree.ElementTree.parse",
            "xml.etree.ElementTree.iterparse",
            "xml.etree.ElementTree.fromstring",
            "xml.etree.ElementTree.XMLParser",
        ],
        text: XML_TEXT,
    },
};

pub(super) static XML_BAD_EXPATREADER: Check = Check {
    id: "B315",
    name: "xml_bad_expatreader",
    docs: XML_DOCS,
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["from xml.sax import expatreader\nexpatreader.create_parser()\n"],
    silent: &["import defusedxml.ElementTree as ET\nET.parse(f)\n"],
    run: Run::CallOf {
        names: &["xml.sax.expatreader.create_parser"],
        text: XML_TEXT,
    },
};

pub(super) static XML_BAD_EXPATBUILDER: Check = Check {
    id: "B316",
    name: "xml_bad_expatbuilder",
    docs: XML_DOCS,
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["from xml.dom import expatbuilder\nexpatbuilder.parse(f)\n"],
    silent: &["import defusedxml.ElementTree as ET\nET.parse(f)\n"],
    run: Run::CallOf {
        names: &[
            "xml.dom.expatbuilder.parse",
            "xml.dom.expatbuilder.parseString",
        ],
        text: XML_TEXT,
    },
};

pub(super) static XML_BAD_SAX: Check = Check {
    id: "B317",
    name: "xml_bad_sax",
    docs: XML_DOCS,
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["import xml.sax\nxml.sax.parseString(t, h)\n"],
    silent: &["import defusedxml.ElementTree as ET\nET.parse(f)\n"],
    run: Run::CallOf {
        names: &[
            "xml.sax.parse",
            "xml.sax.parseString",
            "xml.sax.make_parser",
        ],
        text: XML_TEXT,
    },
};

pub(super) static XML_BAD_MINIDOM: Check = Check {
    id: "B318",
    name: "xml_bad_minidom",
    docs: XML_DOCS,
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["from xml.dom.minidom import parseString\nparseString(t)\n"],
    silent: &["import defusedxml.ElementTree as ET\nET.parse(f)\n"],
    run: Run::CallOf {
        names: &["xml.dom.minidom.parse", "xml.dom.minidom.parseString"],
        text: XML_TEXT,
    },
};

pub(super) static XML_BAD_PULLDOM: Check = Check {
    id: "B319",
    name: "xml_bad_pulldom",
    docs: XML_DOCS,
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["from xml.dom import pulldom\npulldom.parse(f)\n"],
    silent: &["import defusedxml.ElementTree as ET\nET.parse(f)\n"],
    run: Run::CallOf {
        names: &["xml.dom.pulldom.parse", "xml.dom.pulldom.parseString"],
        text: XML_TEXT,
    },
};

pub(super) static FTPLIB: Check = Check {
    id: "B321",
    name: "ftplib",
    docs: "FTP sends all, passwords too, in the clear. Use SFTP or another protocol that \
           encrypts.",
    severities: &[Rank::High],
    confidences: &[Rank::High],
    cwe: 319,
    fires: &["from ftplib import FTP\nFTP(host)\n"],
    silent: &["import ftplib\nftplib.FTP_TLS(host)\n"],
    run: Run::CallOf {
        names: &["ftplib.FTP"],
        text: "FTP-related functions are being called. FTP is considered insecure. Use \
               SSH/SFTP/SCP or some other encrypted protocol.",
    },
};

pub(super) static UNVERIFIED_CONTEXT: Check = Check {
    id: "B323",
    name: "unverified_context",
    docs: "The context verifies no certificate: whoever stands between can read and change \
           what is sent. Use `ssl.create_default_context`.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 295,
    fires: &["import ssl\nssl._create_unverified_context()\n"],
    silent: &["import ssl\nssl.create_default_context()\n"],
    run: Run::CallOf {
        names: &["ssl._create_unverified_context"],
        text: "By default, Python will create a secure, verified ssl context for use in such \
               classes as HTTPSConnection. However, it still allows using an insecure \
               context via the _create_unverified_context that  reverts to the previous \
               behavior that does not validate certificates or perform hostname checks.",
    },
};
