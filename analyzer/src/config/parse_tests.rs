use super::*;

fn config(values: &[(&str, &str)]) -> Result<Config, ConfigError> {
    from_lookup(|name| {
        values
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn nothing_said_is_a_folder_a_file_and_this_machine() {
    let config = config(&[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:5000");
    assert_eq!(
        config.database,
        DatabaseAddress::Sqlite("codedetect-data/codedetect.db".into())
    );
    assert_eq!(
        config.uploads,
        UploadsAddress::Folder("codedetect-data".into())
    );
    assert_eq!(config.drain, Duration::from_secs(30));
}

#[test]
fn the_stack_files_values_are_understood() {
    let config = config(&[
        ("DATABASE_URL", "sqlite:///mnt/efs/database/codedetect.db"),
        ("UPLOADS", "s3://codedetect-prod-uploads/uploads/"),
        (
            "ALERTS_TOPIC",
            "arn:aws:sns:eu-west-1:123456789012:codedetect-prod-alerts",
        ),
        ("PORT", "5000"),
    ])
    .unwrap();
    assert_eq!(config.listen.to_string(), "0.0.0.0:5000");
    assert_eq!(
        config.database,
        DatabaseAddress::Sqlite("/mnt/efs/database/codedetect.db".into())
    );
    assert_eq!(
        config.uploads,
        UploadsAddress::S3 {
            bucket: "codedetect-prod-uploads".into(),
            prefix: "uploads/".into()
        }
    );
}

#[test]
fn a_password_is_put_into_an_url_without_one_and_never_shown() {
    let secret = |url: &str| match config(&[("DATABASE_URL", url), ("DB_PASSWORD", "p@ss/w:rd")]) {
        Ok(Config {
            database: DatabaseAddress::Postgres(url),
            ..
        }) => {
            assert!(!format!("{url:?}").contains("rd"));
            url.reveal().to_owned()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(
        secret("postgres://app@db.example.com:5432/codedetect"),
        "postgres://app:p%40ss%2Fw%3Ard@db.example.com:5432/codedetect"
    );
    assert_eq!(
        secret("postgres://app:own@db.example.com/codedetect"),
        "postgres://app:own@db.example.com/codedetect"
    );
}

#[test]
fn a_wrong_value_names_its_variable_and_what_to_say() {
    for (name, value) in [
        ("LISTEN", "everywhere"),
        ("PORT", "70000"),
        ("DATABASE_URL", "mysql://app:pw@db.example.com/x"),
        ("DATABASE_URL", "sqlite://"),
        ("UPLOADS", "ftp://example.com"),
        ("UPLOADS", "s3://"),
        ("ALERTS_TOPIC", "alerts"),
        ("MAX_FILE_SIZE", "big"),
        ("MAX_FILES", "0"),
        ("DRAIN_TIMEOUT", "30"),
        ("LOG_FORMAT", "xml"),
        ("CODEDETECT_INSTANCE", "a\nb"),
        ("MAX_FILE_SIZE", "4GiB"),
        ("SCAN_CPU_TIME", "0s"),
        ("SCAN_MEMORY", "1MiB"),
        ("SCAN_MEMORY", "1000GiB"),
        ("SCAN_TIME", "1ms"),
        ("SCAN_TIME", "1h"),
        ("UPLOAD_SILENCE", "0s"),
        ("UPLOAD_TIME", "10"),
    ] {
        let error = config(&[(name, value)]).unwrap_err();
        assert_eq!(error.name, name);
        assert!(error.to_string().contains("say "), "{error}");
        assert!(!error.to_string().contains("pw"), "{error}");
    }
}

#[test]
fn what_a_scan_may_take_is_said_by_variables_within_bounds() {
    let default = config(&[]).unwrap().scan;
    assert_eq!(default.source, 1 << 20);
    let config = config(&[
        ("SCAN_TIME", "1m"),
        ("SCAN_CPU_TIME", "1s"),
        ("SCAN_MEMORY", "64MiB"),
        ("MAX_FILE_SIZE", "2MiB"),
    ])
    .unwrap();
    let expected = ScanLimits {
        wall: Duration::from_secs(60),
        cpu: Duration::from_secs(1),
        memory: 64 << 20,
        source: 2 << 20,
        ..default
    };
    assert_eq!(config.scan, expected);
}
