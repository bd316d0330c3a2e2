//! The checks, a file each; the blacklists are a table each.

mod any_other_function_with_shell_equals_true;
mod assert_used;
mod blacklisted_calls;
mod blacklisted_imports;
mod django_extra_used;
pub(crate) mod django_mark_safe;
mod django_rawsql_used;
mod exec_used;
mod flask_debug_true;
mod handlers;
mod hardcoded_bind_all_interfaces;
mod hardcoded_password_default;
mod hardcoded_password_funcarg;
mod hardcoded_password_string;
mod hardcoded_sql_expressions;
mod hardcoded_tmp_directory;
mod hashlib_insecure_functions;
mod http;
mod huggingface_unsafe_download;
mod jinja2_autoescape_false;
mod linux_commands_wildcard_injection;
mod logging_config_insecure_listen;
mod markupsafe_markup_xss;
mod paramiko_calls;
mod passwords;
mod processes;
mod pytorch_load;
mod request_with_no_cert_validation;
mod request_without_timeout;
mod set_bad_file_permissions;
mod snmp_insecure_version;
mod snmp_weak_cryptography;
pub(crate) mod sql;
mod ssh_no_host_key_verification;
mod ssl_with_bad_defaults;
mod ssl_with_bad_version;
mod ssl_with_no_version;
mod start_process_with_a_shell;
mod start_process_with_no_shell;
mod start_process_with_partial_path;
mod subprocess_popen_with_shell_equals_true;
mod subprocess_without_shell_equals_true;
mod tarfile_unsafe_members;
mod tls;
mod trojansource;
mod try_except_continue;
mod try_except_pass;
mod use_of_mako_templates;
mod weak_cryptographic_key;
mod yaml_load;

use super::registry::Check;

/// All checks, by id.
pub static ALL: &[&Check] = &[
    &assert_used::CHECK,
    &exec_used::CHECK,
    &set_bad_file_permissions::CHECK,
    &hardcoded_bind_all_interfaces::CHECK,
    &hardcoded_password_string::CHECK,
    &hardcoded_password_funcarg::CHECK,
    &hardcoded_password_default::CHECK,
    &hardcoded_tmp_directory::CHECK,
    &try_except_pass::CHECK,
    &try_except_continue::CHECK,
    &request_without_timeout::CHECK,
    &flask_debug_true::CHECK,
    &tarfile_unsafe_members::CHECK,
    &blacklisted_calls::PICKLE,
    &blacklisted_calls::MARSHAL,
    &blacklisted_calls::MD5,
    &blacklisted_calls::CIPHERS,
    &blacklisted_calls::CIPHER_MODES,
    &blacklisted_calls::MKTEMP_Q,
    &blacklisted_calls::EVAL,
    &blacklisted_calls::MARK_SAFE,
    &blacklisted_calls::URLLIB_URLOPEN,
    &blacklisted_calls::RANDOM,
    &blacklisted_calls::TELNETLIB,
    &blacklisted_calls::XML_BAD_CELEMENTTREE,
    &blacklisted_calls::XML_BAD_ELEMENTTREE,
    &blacklisted_calls::XML_BAD_EXPATREADER,
    &blacklisted_calls::XML_BAD_EXPATBUILDER,
    &blacklisted_calls::XML_BAD_SAX,
    &blacklisted_calls::XML_BAD_MINIDOM,
    &blacklisted_calls::XML_BAD_PULLDOM,
    &blacklisted_calls::FTPLIB,
    &blacklisted_calls::UNVERIFIED_CONTEXT,
    &hashlib_insecure_functions::CHECK,
    &blacklisted_imports::IMPORT_TELNETLIB,
    &blacklisted_imports::IMPORT_FTPLIB,
    &blacklisted_imports::IMPORT_PICKLE,
    &blacklisted_imports::IMPORT_SUBPROCESS,
    &blacklisted_imports::IMPORT_XML_ETREE,
    &blacklisted_imports::IMPORT_XML_SAX,
    &blacklisted_imports::IMPORT_XML_EXPAT,
    &blacklisted_imports::IMPORT_XML_MINIDOM,
    &blacklisted_imports::IMPORT_XML_PULLDOM,
    &blacklisted_imports::IMPORT_XMLRPCLIB,
    &blacklisted_imports::IMPORT_HTTPOXY,
    &blacklisted_imports::IMPORT_PYCRYPTO,
    &blacklisted_imports::IMPORT_PYGHMI,
    &request_with_no_cert_validation::CHECK,
    &ssl_with_bad_version::CHECK,
    &ssl_with_bad_defaults::CHECK,
    &ssl_with_no_version::CHECK,
    &weak_cryptographic_key::CHECK,
    &yaml_load::CHECK,
    &ssh_no_host_key_verification::CHECK,
    &snmp_insecure_version::CHECK,
    &snmp_weak_cryptography::CHECK,
    &paramiko_calls::CHECK,
    &subprocess_popen_with_shell_equals_true::CHECK,
    &subprocess_without_shell_equals_true::CHECK,
    &any_other_function_with_shell_equals_true::CHECK,
    &start_process_with_a_shell::CHECK,
    &start_process_with_no_shell::CHECK,
    &start_process_with_partial_path::CHECK,
    &hardcoded_sql_expressions::CHECK,
    &linux_commands_wildcard_injection::CHECK,
    &django_extra_used::CHECK,
    &django_rawsql_used::CHECK,
    &logging_config_insecure_listen::CHECK,
    &trojansource::CHECK,
    &pytorch_load::CHECK,
    &huggingface_unsafe_download::CHECK,
    &jinja2_autoescape_false::CHECK,
    &use_of_mako_templates::CHECK,
    &django_mark_safe::CHECK,
    &markupsafe_markup_xss::CHECK,
];
