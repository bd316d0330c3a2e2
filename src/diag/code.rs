use std::fmt;

use super::Severity;

/// One list: the name in the program, the number a person sees, the title and the explanation.
macro_rules! codes {
    ($($name:ident $id:literal $title:literal $explanation:literal)*) => {
        /// What can be wrong with a stack. The number never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = concat!($id, ": ", $title, ".")] $name,)*
        }

        impl Code {
            /// All codes, by number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The number, such as `E0101`; a warning's begins with W.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// What it is, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// Why it is wrong and what to do.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$name => $explanation,)* }
            }
        }
    };
}

codes! {
    FileMissing "E0001" "file not found"
        "The stack file that was named does not exist. `init` writes one to start from."
    FileIsFolder "E0002" "a folder instead of a file"
        "A stack is one file. Name the file in the folder."
    FileUnreadable "E0003" "file cannot be read"
        "The operating system refused to open or read the file; its reason is in the message."
    FileTooLarge "E0004" "file too large"
        "A stack file may have at most 1 MiB; real ones have a few kilobytes. It was not read further."
    NotUtf8 "E0005" "not UTF-8"
        "YAML is read as UTF-8. Save the file in that encoding; the message says where the first wrong byte is."
    EmptyFile "E0006" "empty stack"
        "The file has no content. A stack has at least `stack`, `environment` and `region`."
    Syntax "E0011" "not YAML"
        "The text is not well-formed YAML 1.2. Often a quote is missing, or the indentation does not fit, a little above the place."
    TabIndent "E0012" "tab in the indentation"
        "YAML is indented with spaces only, and a space stands after a colon."
    DuplicateKey "E0013" "key given twice"
        "A key may stand in a mapping once. Which of the two was meant cannot be known, so neither is taken."
    TooDeep "E0014" "nested too deeply"
        "Mappings and lists may be nested 64 levels deep. No stack needs more than ten."
    AliasExpansion "E0015" "aliases grow too large"
        "The file's aliases would expand to more than 20,000 values. Aliases to a few shared values are fine."
    SeveralDocuments "E0016" "several documents in one file"
        "A file holds one stack. Put the second document, after `---`, into a file of its own, or make it an environment."
    MergeKey "E0017" "merge key"
        "`<<` belongs to YAML 1.1 and is not taken. `environments:` says what differs between two stacks; an alias repeats a whole value."
    Tag "E0018" "YAML tag"
        "Tags such as `!Ref` have no meaning in a stack file. A reference is written `buckets.uploads`, in a text `${buckets.uploads.name}`."
    KeyNotText "E0019" "key that is not a text"
        "Keys are plain words: no lists, mappings or empty keys."
    NotAMapping "E0020" "not a mapping"
        "A stack file is a mapping of sections, such as `network:` and `workloads:`, at its outermost level."
    UnknownEnvironment "E0031" "unknown environment"
        "`--env` names an overlay under `environments:`, and the file has none of that name."
    BadSet "E0032" "malformed --set"
        "`--set` takes a path of keys with dots between them, an equals sign, and a YAML value: `--set workloads.analyzer.port=8080`."
    FixedKey "E0033" "key that may not be overlaid"
        "`environments` and `stack` are the same in every environment: an overlay that changed them would be another stack. `environment` is the overlay's own name, so neither the overlay nor a `--set` beside `--env` may give another."
    UnknownKey "E0101" "unknown key"
        "The section has no such key, so it would have no effect. `explain SECTION` lists the keys."
    MissingKey "E0102" "missing key"
        "The section cannot be understood without this key."
    WrongType "E0103" "wrong type"
        "A text, a number, a list or a mapping stands where another of them is needed. YAML reads 10 as a number and \"10\" as a text."
    WrongUnit "E0104" "wrong value"
        "The text is not of the form that this key takes, such as 80%, 30s, 20GB or 10.0.0.0/16."
    NotOneOf "E0105" "not one of the choices"
        "The key takes one of a few words."
    OutOfRange "E0106" "number out of range"
        "The number is smaller or larger than AWS takes."
    WrongCount "E0107" "too few or too many"
        "The list or mapping has fewer or more entries than it may have."
    IllegalName "E0108" "illegal name"
        "Names of things become part of AWS names, so they have small letters, digits and single hyphens, and bounded length."
    WrongShape "E0109" "wrong shape"
        "The value does not fit what the section takes here. `explain` shows the forms."
    UnknownReference "E0201" "reference to nothing"
        "A reference names a thing of another section, such as `buckets.uploads`, and the stack has none of that name."
    SelfReference "E0202" "reference to itself"
        "A value that is made of itself has no value."
    DisabledReference "E0203" "reference to something disabled"
        "The thing is in the file but turned off, so nothing would stand behind the reference."
    MalformedReference "E0204" "malformed reference"
        "A reference is `section.name`; in a text it is `${section.name.attribute}`. A plain `${` is written `$${`."
    WrongReference "E0205" "reference to the wrong kind of thing"
        "The key takes references to another section: `mounts` to `files`, `secrets` to `parameters`."
    UnknownAttribute "E0206" "unknown attribute"
        "The thing exists, and does not have the attribute that is asked of it."
    IllegalBucketName "E0301" "illegal bucket name"
        "S3 takes 3 to 63 small letters, digits, dots and hyphens, beginning and ending with a letter or digit, not like an IP address and without prefixes that AWS keeps to itself."
    DomainTooLong "E0302" "domain too long for a certificate"
        "The first name on an ACM certificate may have at most 64 characters."
    TagIllegal "E0303" "illegal tag"
        "A tag's key has 1 to 128 characters and its value up to 256, of letters, digits, spaces and _ . : / = + - @. Keys that begin with `aws:` belong to AWS, those with `codedetect:` to this program."
    SubnetOutside "E0401" "subnet outside the network"
        "A subnet's range lies within the range of its network."
    SubnetsOverlap "E0402" "overlapping subnets"
        "Two subnets of a network may not share an address."
    CidrSize "E0403" "range too large or too small"
        "AWS takes networks and subnets from /28 to /16."
    UnknownZone "E0404" "zone does not exist"
        "The region has no availability zone of that letter. The table is of November 2025; `plan` asks AWS which zones the account has."
    TooFewZones "E0405" "too few zones"
        "A load balancer needs subnets in at least two availability zones, and so does a database's subnet group."
    UnknownRegion "E0406" "unknown region"
        "AWS has no region of that code, or a newer one than the table of November 2025 knows."
    SshToWorld "E0407" "SSH open to the world"
        "Port 22 open to every address is found by attackers within minutes. Session Manager needs no open port. Who really wants it says `ssh_from_world_acknowledged: true`."
    MissingSection "E0408" "section missing"
        "What is asked for here needs another section that the stack does not have."
    NatNeedsZone "E0409" "private instances without a way out"
        "Instances in private subnets reach the registry and AWS only through NAT gateways, which stand in the public subnets of the same zones."
    MinAboveMax "E0501" "minimum above maximum"
        "A group cannot have at least more instances than it has at most."
    HealthTimeout "E0502" "health check slower than its interval"
        "An answer must come before the next question: AWS demands that the timeout be shorter than the interval."
    SqlitePlace "E0504" "SQLite outside every mount"
        "The database file would lie on the instance's own disk, be lost with it and be another on each instance. Put it on a mount of `files`."
    SqliteWal "E0505" "SQLite write-ahead log on a network file system"
        "WAL needs memory shared between all writers, which a network file system does not give: the database is corrupted. Use the TRUNCATE journal."
    ReleaseForm "E0506" "how to release is not clear"
        "A workload has exactly one of `blue_green` and `rolling`."
    OutsideZone "E0507" "name outside its zone"
        "A record can only be written for a name in the hosted zone that the section names."
    TwoWorkloads "E0508" "two workloads for one load balancer"
        "The load balancer sends everything to one workload. Give the second one a stack of its own."
    EngineClass "E0601" "engine and class do not go together"
        "RDS does not offer that engine's version on that class, or AWS no longer offers the version."
    StorageSize "E0602" "storage out of bounds"
        "RDS takes 20 GB to 64 TB of gp2 or gp3 storage and 100 GB to 64 TB of io1, in whole gigabytes."
    Retention "E0603" "retention that AWS does not offer"
        "AWS keeps backups and logs, and moves files, only after certain spans. The message lists them."
    LifecycleOrder "E0605" "lifecycle in the wrong order"
        "Objects must move to a colder class before they expire, at least 30 days after they were written."
    LiteralParameter "E0701" "secret written in the file"
        "A stack file lies in a repository. A secret is generated, taken from the environment of whoever applies, or asked for."
    LiteralVariable "E0702" "secret written in a variable"
        "The variable's name says that it is a secret, and its value stands in the file. Move it to `parameters:` and name it under `secrets:`."
    ParameterSource "E0703" "where a parameter comes from is not clear"
        "A parameter has exactly one of `generate`, `from_env` and `prompt`."
    VariableTwice "E0704" "variable given twice"
        "A variable stands under `environment` or under `secrets`, not under both."
    BillingOrder "E0801" "billing thresholds not ascending"
        "Each threshold is an alarm of its own; they are written once each, the smallest first."
    AlarmsWithoutAlerts "E0802" "alarms that nobody hears"
        "An alarm reports to the topic of `alerts:`, which the stack does not have."
    NameTwice "E1001" "one name for two things"
        "Two things of the stack would have the same name in AWS, so each would undo the other."
    Unbuildable "E1002" "stack cannot be built"
        "What the file asks for has no order: something is referred to that is not there, or things need each other in a circle."
    UnknownHostedZone "E1003" "hosted zone not found"
        "Records go into a public hosted zone of the account. Either it exists, or the stack makes one of its own."
    NoImage "E1004" "no machine image"
        "Amazon Linux 2023 has no image for that processor in the region, or it was not looked up."
    UnknownKind "E1005" "unknown kind of resource"
        "`resources:` takes the kinds that this program knows. `explain resources` lists them."
    BadFields "E1006" "fields that the kind does not take"
        "The fields under `resources:` are those of the kind, as its reference lists them; all of them must be there that have no default."
    ReleaseTooLong "E1007" "too much configuration for a release"
        "Image, variables and mounts of a release lie in one parameter, which holds at most 8 KB. Put what is long into a file or a bucket."
    SshAcknowledged "W0901" "SSH is open to the world"
        "It was acknowledged in the file, and it stays worth saying."
    MovingTag "W0902" "image tag that moves"
        "`latest` and the names of branches mean another image tomorrow, so two instances may run different versions. Name a version or a digest."
    UnusedParameter "W0903" "parameter that nothing uses"
        "No workload and no database names the parameter. It is made all the same."
    NothingToWatch "W0904" "alarm without anything to watch"
        "The alarm watches a thing that the stack does not have, so it is left out."
    BurstingFiles "W0905" "slow file system"
        "With `bursting` a small file system is given 1 MiB/s once its credits are spent. `elastic` is charged by use and has no such limit."
    UnusedOverlay "W0906" "overlay for the environment itself"
        "The overlay has the name of the file's own environment and is taken only with `--env`."
    StickyDrain "W0907" "stickiness outlives draining"
        "Clients are held to an instance for longer than it is given to finish. A switch waits for that time before it parks the old colour, so it takes longer."
}

impl Code {
    /// Whether it is an error or a warning.
    pub fn severity(self) -> Severity {
        if self.id().starts_with('W') {
            Severity::Warning
        } else {
            Severity::Error
        }
    }

    /// The code with that number, in either case.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sorted_and_without_doubles() {
        let ids: Vec<_> = Code::ALL.iter().map(|code| code.id()).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
    }

    #[test]
    fn every_code_is_explained() {
        for code in Code::ALL {
            let id = code.id();
            assert!(
                id.len() == 5
                    && id.starts_with(['E', 'W'])
                    && id[1..].bytes().all(|b| b.is_ascii_digit()),
                "{id}"
            );
            assert!(
                !code.title().is_empty() && !code.title().ends_with('.'),
                "{id}"
            );
            assert!(
                code.explanation().len() > 30 && code.explanation().ends_with('.'),
                "{id}"
            );
            assert_eq!(Code::by_id(&id.to_lowercase()), Some(*code));
        }
        assert_eq!(Code::by_id("E9999"), None);
    }
}
