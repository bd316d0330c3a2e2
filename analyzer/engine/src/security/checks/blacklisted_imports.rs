//! The blacklist of imports, B401 to B415. A module can also be imported by a call.

use super::super::registry::{Check, Run};
use crate::report::Rank;

const XML_DOCS: &str = "Python's own XML parsers follow entities: a small document can take all memory, or read \
    files of the machine. Parse what is not trusted with `defusedxml`.";

const XML_TEXT: &str = "Using {name} to parse untrusted XML data is known to be vulnerable to XML attacks. \
    Replace {name} with the equivalent defusedxml package, or make sure \
    defusedxml.defuse_stdlib() is called.";

pub(super) static IMPORT_TELNETLIB: Check = Check {
    id: "B401",
    name: "import_telnetlib",
    docs: "Telnet sends all, passwords too, in the clear. Use SSH.",
    severities: &[Rank::High],
    confidences: &[Rank::High],
    cwe: 319,
    fires: &["import telnetlib\n", "__import__(\"telnetlib\")\n"],
    silent: &["import paramiko\n"],
    run: Run::ImportOf {
        names: &["telnetlib"],
        text: "A telnet-related module is being imported.  Telnet is considered insecure. \
               Use SSH or some other encrypted protocol.",
    },
};

pub(super) static IMPORT_FTPLIB: Check = Check {
    id: "B402",
    name: "import_ftplib",
    docs: "FTP sends all, passwords too, in the clear. Use SFTP or another protocol that \
           encrypts.",
    severities: &[Rank::High],
    confidences: &[Rank::High],
    cwe: 319,
    fires: &["import ftplib\n", "from ftplib import FTP\n"],
    silent: &["import http.client\n"],
    run: Run::ImportOf {
        names: &["ftplib"],
        text: "A FTP-related module is being imported.  FTP is considered insecure. Use \
               SSH/SFTP/SCP or some other encrypted protocol.",
    },
};

pub(super) static IMPORT_PICKLE: Check = Check {
    id: "B403",
    name: "import_pickle",
    docs: "A pickle is a program: loading one from a source that is not trusted runs its \
           code. Look what is loaded, or use a format of data alone, such as JSON.",
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 502,
    fires: &[
        "import pickle\n",
        "from shelve import open\n",
        "import importlib\nimportlib.import_module(\"dill\")\n",
    ],
    silent: &["import json\n", "from . import dumps\n"],
    run: Run::ImportOf {
        names: &["pickle", "cPickle", "dill", "shelve"],
        text: "Consider possible security implications associated with {name} module.",
    },
};

pub(super) static IMPORT_SUBPROCESS: Check = Check {
    id: "B404",
    name: "import_subprocess",
    docs: "`subprocess` starts programs. Look whether what it is given can come from someone \
           who is not trusted.",
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 78,
    fires: &["import subprocess\n", "from subprocess import run\n"],
    silent: &["import asyncio\n"],
    run: Run::ImportOf {
        names: &["subprocess"],
        text: "Consider possible security implications associated with the subprocess \
               module.",
    },
};

pub(super) static IMPORT_XML_ETREE: Check = Check {
    id: "B405",
    name: "import_xml_etree",
    docs: XML_DOCS,
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["import xml.etree.ElementTree as ET\n"],
    silent: &["import defusedxml.ElementTree as ET\n"],
    run: Run::ImportOf {
        names: &["xml.etree.cElementTree", "xml.etree.ElementTree"],
        text: XML_TEXT,
    },
};

pub(super) static IMPORT_XML_SAX: Check = Check {
    id: "B406",
    name: "import_xml_sax",
    docs: XML_DOCS,
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["from xml import sax\n", "import xml.sax.handler\n"],
    silent: &["import defusedxml.sax\n"],
    run: Run::ImportOf {
        names: &["xml.sax"],
        text: XML_TEXT,
    },
};

pub(super) static IMPORT_XML_EXPAT: Check = Check {
    id: "B407",
    name: "import_xml_expat",
    docs: XML_DOCS,
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["from xml.dom import expatbuilder\n"],
    silent: &["from defusedxml import expatbuilder\n"],
    run: Run::ImportOf {
        names: &["xml.dom.expatbuilder"],
        text: XML_TEXT,
    },
};

pub(super) static IMPORT_XML_MINIDOM: Check = Check {
    id: "B408",
    name: "import_xml_minidom",
    docs: XML_DOCS,
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["import xml.dom.minidom\n"],
    silent: &["import defusedxml.minidom\n"],
    run: Run::ImportOf {
        names: &["xml.dom.minidom"],
        text: XML_TEXT,
    },
};

pub(super) static IMPORT_XML_PULLDOM: Check = Check {
    id: "B409",
    name: "import_xml_pulldom",
    docs: XML_DOCS,
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["from xml.dom.pulldom import parse\n"],
    silent: &["from defusedxml.pulldom import parse\n"],
    run: Run::ImportOf {
        names: &["xml.dom.pulldom"],
        text: XML_TEXT,
    },
};

pub(super) static IMPORT_XMLRPCLIB: Check = Check {
    id: "B411",
    name: "import_xmlrpclib",
    docs: "XML-RPC reads XML that comes over a network. An entity in it can take the memory \
           of the machine, or read its files. Call `defusedxml.xmlrpc.monkey_patch()`, or \
           use another protocol.",
    severities: &[Rank::High],
    confidences: &[Rank::High],
    cwe: 20,
    fires: &["import xmlrpc.client\n"],
    silent: &["import json\n"],
    run: Run::ImportOf {
        names: &["xmlrpc"],
        text: "Using {name} to parse untrusted XML data is known to be vulnerable to XML \
               attacks. Use defusedxml.xmlrpc.monkey_patch() function to monkey-patch \
               xmlrpclib and mitigate XML vulnerabilities.",
    },
};

pub(super) static IMPORT_HTTPOXY: Check = Check {
    id: "B412",
    name: "import_httpoxy",
    docs: "A program behind CGI takes the header `Proxy` of a request for the address of its \
           own proxy (httpoxy). Use WSGI or ASGI without CGI.",
    severities: &[Rank::High],
    confidences: &[Rank::High],
    cwe: 284,
    fires: &[
        "from wsgiref.handlers import CGIHandler\n",
        "import twisted.web.twcgi.CGIScript\n",
    ],
    silent: &["from wsgiref.handlers import SimpleHandler\n"],
    run: Run::ImportOf {
        names: &[
            "wsgiref.handlers.CGIHandler",
            "twisted.web.twcgi.CGIScript",
            "twisted.web.twcgi.CGIDirectory",
        ],
        text: "Consider possible security implications associated with {name} module.",
    },
};

pub(super) static IMPORT_PYCRYPTO: Check = Check {
    id: "B413",
    name: "import_pycrypto",
    docs: "pyCrypto is no longer kept and has known holes. Use `cryptography`.",
    severities: &[Rank::High],
    confidences: &[Rank::High],
    cwe: 327,
    fires: &["from Crypto.Cipher import AES\n", "import Crypto.Hash\n"],
    silent: &["from Cryptodome.Cipher import AES\n", "import Crypto\n"],
    run: Run::ImportOf {
        names: &[
            "Crypto.Cipher",
            "Crypto.Hash",
            "Crypto.IO",
            "Crypto.Protocol",
            "Crypto.PublicKey",
            "Crypto.Random",
            "Crypto.Signature",
            "Crypto.Util",
        ],
        text: "The pyCrypto library and its module {name} are no longer actively maintained \
               and have been deprecated. Consider using pyca/cryptography library.",
    },
};

pub(super) static IMPORT_PYGHMI: Check = Check {
    id: "B415",
    name: "import_pyghmi",
    docs: "IPMI, which `pyghmi` speaks, is insecure. Keep it to a network of its own, or use \
           another protocol.",
    severities: &[Rank::High],
    confidences: &[Rank::High],
    cwe: 319,
    fires: &["import pyghmi\n", "from pyghmi.ipmi import command\n"],
    silent: &["import redfish\n"],
    run: Run::ImportOf {
        names: &["pyghmi"],
        text: "An IPMI-related module is being imported. IPMI is considered insecure. Use an \
               encrypted protocol.",
    },
};
