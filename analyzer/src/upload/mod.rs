//! Reading uploads. Everything here is hostile: it is bounded while it is read, not afterwards.
//!
//! A request brings files as `multipart/form-data` (any number of fields with a file name; a field
//! `name` names the scan), or one file as its body, named by `?name=`. A `.zip` stands for the
//! Python files in it.

pub mod archive;
pub mod name;

use axum::body::{Body, BodyDataStream};
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;

pub use archive::{ArchiveError, Ignored};
pub use name::NameError;

use crate::analyze::NamedFile;
use crate::config::Limits;

/// Characters of a field that is no file.
const FIELD: usize = 200;

/// Fields of a form that are no files.
const FIELDS: usize = 20;

/// Entries of an archive of any kind, for each file that an upload may have.
const ENTRIES_A_FILE: usize = 40;

/// What was uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// What the scan is called.
    pub name: String,
    /// The Python files, at least one.
    pub files: Vec<NamedFile>,
    /// The form's other fields, for pages.
    pub fields: Vec<(String, String)>,
    /// The first entries of archives that were left out, because they are no Python.
    pub ignored: Vec<Ignored>,
    /// How many were left out.
    pub ignored_count: usize,
}

/// Why an upload was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// A file is too large.
    #[error("{path} is larger than the {limit} bytes that one file may have")]
    FileTooLarge {
        /// Which.
        path: String,
        /// The limit.
        limit: usize,
    },
    /// All of it is too large.
    #[error("the upload is larger than the {0} bytes that one may have")]
    TooLarge(usize),
    /// There are too many files.
    #[error("the upload has more than the {0} files that one may have")]
    TooManyFiles(usize),
    /// There is none.
    #[error("the upload holds no Python file: send a .py file, several, or a .zip of them")]
    NoFile,
    /// A file is not what we look at.
    #[error("{path} {reason}")]
    NotPython {
        /// Which.
        path: String,
        /// What it is instead.
        reason: &'static str,
    },
    /// A name is none that can be taken.
    #[error("{name} {error}")]
    Name {
        /// The name, fit to be shown.
        name: String,
        /// What is wrong with it.
        error: NameError,
    },
    /// The archive is not one, or plays tricks.
    #[error("the archive cannot be taken: {0}")]
    Archive(ArchiveError),
    /// The content type is another one.
    #[error(
        "a body of type {0} cannot be taken: send multipart/form-data, text/x-python or application/zip"
    )]
    Type(String),
    /// The form is broken.
    #[error("the form cannot be read: {0}")]
    Form(String),
    /// The body broke off.
    #[error("the upload broke off: {0}")]
    Broken(String),
}

impl UploadError {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::FileTooLarge { .. } | Self::TooLarge(_) | Self::TooManyFiles(_) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::Archive(error) if error.is_of_size() => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NoFile | Self::NotPython { .. } | Self::Name { .. } | Self::Archive(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::Type(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Form(_) | Self::Broken(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// Reads an upload of any form, within its limits of size. Those of time are kept by whoever
/// gives the body ([`crate::web::body`]).
pub async fn read(
    request: Request,
    query_name: Option<String>,
    limits: &Limits,
) -> Result<Upload, UploadError> {
    refuse_announced(request.headers(), limits)?;
    match media_type(request.headers()).as_str() {
        "multipart/form-data" => form(request, limits).await,
        kind @ ("text/x-python"
        | "text/plain"
        | "application/x-python-code"
        | "application/octet-stream"
        | "application/zip"
        | "application/x-zip-compressed"
        | "application/x-python"
        | "") => {
            let zipped = kind.contains("zip");
            let default = if zipped { "upload.zip" } else { "code.py" };
            let name = query_name.unwrap_or_else(|| default.to_owned());
            body(request.into_body(), &name, zipped, limits).await
        }
        other => Err(UploadError::Type(name::shown(other))),
    }
}

/// A body that says itself that it is too large is not read.
fn refuse_announced(headers: &HeaderMap, limits: &Limits) -> Result<(), UploadError> {
    let announced = headers
        .get("content-length")
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let most = largest_body(limits) as u64;
    match announced {
        Some(length) if length > most => Err(UploadError::TooLarge(limits.upload_bytes)),
        _ => Ok(()),
    }
}

/// The files, and what a form wraps around each.
fn largest_body(limits: &Limits) -> usize {
    limits
        .upload_bytes
        .saturating_add(limits.files.saturating_add(FIELDS).saturating_mul(1024))
}

fn media_type(headers: &HeaderMap) -> String {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

async fn body(
    body: Body,
    name: &str,
    zipped: bool,
    limits: &Limits,
) -> Result<Upload, UploadError> {
    let mut taken = Taken::new(limits);
    let path = checked(name)?;
    let zipped = zipped || is_zip(&path);
    let limit = taken.limit(zipped);
    let mut stream: BodyDataStream = body.into_data_stream();
    let mut content = Content::new(&path, limit);
    while let Some(chunk) = stream.next().await {
        content.add(&chunk.map_err(|error| UploadError::Broken(error.to_string()))?)?;
    }
    taken
        .add(path.clone(), content.bytes.freeze(), zipped)
        .await?;
    taken.finish(Some(path))
}

async fn form(mut request: Request, limits: &Limits) -> Result<Upload, UploadError> {
    // What other forms may have is far less than a file.
    DefaultBodyLimit::max(largest_body(limits)).apply(&mut request);
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|error| UploadError::Form(error.body_text()))?;
    let mut taken = Taken::new(limits);
    let mut title = None;
    loop {
        let next = form.next_field().await;
        let Some(mut field) = next.map_err(|error| unreadable(&error, limits))? else {
            return taken.finish(title);
        };
        match field.file_name().map(str::to_owned) {
            // A browser sends an input without a file so.
            Some(path) if path.is_empty() => {
                content(&mut field, Content::new("an unnamed file", 0), limits).await?;
            }
            Some(path) => {
                let path = checked(&path)?;
                let zipped = is_zip(&path);
                let empty = Content::new(&path, taken.limit(zipped));
                let bytes = content(&mut field, empty, limits).await?;
                taken.add(path, bytes, zipped).await?;
            }
            None => {
                let key = name::shown(field.name().unwrap_or_default());
                let bytes = content(&mut field, Content::new(&key, FIELD), limits).await?;
                let value = name::printable(&String::from_utf8_lossy(&bytes));
                if key == "name" && !value.trim().is_empty() {
                    title = Some(value.trim().to_owned());
                }
                taken.field(key, value)?;
            }
        }
    }
}

async fn content(
    field: &mut Field<'_>,
    mut content: Content<'_>,
    limits: &Limits,
) -> Result<Bytes, UploadError> {
    while let Some(chunk) = field
        .chunk()
        .await
        .map_err(|error| unreadable(&error, limits))?
    {
        content.add(&chunk)?;
    }
    Ok(content.bytes.freeze())
}

fn unreadable(error: &MultipartError, limits: &Limits) -> UploadError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => UploadError::TooLarge(limits.upload_bytes),
        _ => UploadError::Form(error.body_text()),
    }
}

fn checked(name: &str) -> Result<String, UploadError> {
    name::checked(name).map_err(|error| UploadError::Name {
        name: name::shown(name),
        error,
    })
}

fn is_zip(path: &str) -> bool {
    path.len() >= 4 && path.as_bytes()[path.len() - 4..].eq_ignore_ascii_case(b".zip")
}

/// Refuses what is no Python source by its name, or no text by its content.
fn refuse_other_than_python(path: &str, content: &[u8]) -> Result<(), UploadError> {
    let path = name::python(path).map_err(|error| UploadError::Name {
        name: name::shown(path),
        error,
    })?;
    if content.contains(&0) {
        let reason = "is not Python source: it holds a null byte";
        return Err(UploadError::NotPython { path, reason });
    }
    Ok(())
}

/// The bytes of one file, up to a limit.
struct Content<'a> {
    path: &'a str,
    limit: usize,
    bytes: BytesMut,
}

impl<'a> Content<'a> {
    fn new(path: &'a str, limit: usize) -> Self {
        Self {
            path,
            limit,
            bytes: BytesMut::new(),
        }
    }

    fn add(&mut self, chunk: &[u8]) -> Result<(), UploadError> {
        if chunk.len() > self.limit - self.bytes.len() {
            return Err(UploadError::FileTooLarge {
                path: self.path.to_owned(),
                limit: self.limit,
            });
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }
}

/// What has come so far.
struct Taken<'a> {
    limits: &'a Limits,
    files: Vec<NamedFile>,
    fields: Vec<(String, String)>,
    ignored: Vec<Ignored>,
    ignored_count: usize,
    archive: Option<String>,
    bytes: usize,
}

impl<'a> Taken<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            files: Vec::new(),
            fields: Vec::new(),
            ignored: Vec::new(),
            ignored_count: 0,
            archive: None,
            bytes: 0,
        }
    }

    /// How large the next file may be: an archive may fill the upload.
    fn limit(&self, zipped: bool) -> usize {
        let left = self.limits.upload_bytes.saturating_sub(self.bytes);
        if zipped {
            left
        } else {
            left.min(self.limits.file_bytes)
        }
    }

    async fn add(&mut self, path: String, content: Bytes, zipped: bool) -> Result<(), UploadError> {
        self.bytes += content.len();
        if zipped {
            self.unpack(content).await?;
            self.archive.get_or_insert(path);
        } else {
            refuse_other_than_python(&path, &content)?;
            self.files.push(NamedFile { path, content });
        }
        if self.files.len() > self.limits.files {
            return Err(UploadError::TooManyFiles(self.limits.files));
        }
        // An archive counts as what it is and as what it holds.
        if self.bytes > self.limits.upload_bytes.saturating_mul(2) {
            return Err(UploadError::TooLarge(self.limits.upload_bytes));
        }
        Ok(())
    }

    /// Inflating computes, so it is done where others do not wait for it.
    async fn unpack(&mut self, content: Bytes) -> Result<(), UploadError> {
        let limits = archive::Limits {
            entries: self.limits.files.saturating_mul(ENTRIES_A_FILE),
            files: self.limits.files.saturating_sub(self.files.len()),
            file_bytes: self.limits.file_bytes,
            total_bytes: self.limits.upload_bytes,
        };
        let unpacked = tokio::task::spawn_blocking(move || archive::unpack(&content, &limits))
            .await
            .map_err(|error| UploadError::Broken(error.to_string()))?
            .map_err(UploadError::Archive)?;
        for (path, content) in unpacked.files {
            self.bytes += content.len();
            let content = Bytes::from(content);
            self.files.push(NamedFile { path, content });
        }
        self.ignored.extend(unpacked.ignored);
        self.ignored_count += unpacked.ignored_count;
        Ok(())
    }

    fn field(&mut self, key: String, value: String) -> Result<(), UploadError> {
        if self.fields.len() == FIELDS {
            return Err(UploadError::Form(format!(
                "it has more than {FIELDS} fields"
            )));
        }
        self.fields.push((key, value));
        Ok(())
    }

    fn finish(self, title: Option<String>) -> Result<Upload, UploadError> {
        let name = match (title, self.archive, self.files.as_slice()) {
            (_, _, []) => return Err(UploadError::NoFile),
            (Some(title), _, _) => title,
            (None, Some(archive), _) => archive,
            (None, None, [file]) => file.path.clone(),
            (None, None, [first, ..]) => match first.path.split_once('/') {
                Some((folder, _)) => folder.to_owned(),
                None => format!("{} and {} more", first.path, self.files.len() - 1),
            },
        };
        Ok(Upload {
            name,
            files: self.files,
            fields: self.fields,
            ignored: self.ignored,
            ignored_count: self.ignored_count,
        })
    }
}
