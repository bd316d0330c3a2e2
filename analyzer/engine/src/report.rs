//! What an analysis says: the document that `analyze --format json` prints, that a worker
//! process answers with, and that the service stores. Its shape is versioned by [`VERSION`].
//!
//! Lines count from 1, columns from 0 in UTF-8 bytes, as CPython's `ast` has them.

use serde::{Deserialize, Serialize};

/// The version of the document's shape. A field may be added without a new version; one that
/// is removed, or changes its meaning, needs one.
pub const VERSION: u32 = 1;

/// The analysis of a project: one file or many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`VERSION`].
    pub version: u32,
    /// One entry a file, in the order given.
    pub files: Vec<FileReport>,
    /// The scores of all files together.
    pub scores: Scores,
}

/// The analysis of one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileReport {
    /// The name by which the file was given.
    pub path: String,
    /// Security findings in Bandit's order.
    pub findings: Vec<Finding>,
    /// Analyses that gave nothing, and why. Empty for a file that parses.
    pub errors: Vec<AnalysisError>,
    /// Lines of code, as Bandit counts them: neither blank nor a comment alone.
    pub loc: u64,
    /// Findings that a bare `# nosec` suppressed.
    pub nosec: u64,
    /// Findings that a `# nosec` naming tests suppressed.
    pub skipped_tests: u64,
    /// Cyclomatic complexity of functions, methods and classes, in the order of Radon's `cc_visit`:
    /// the functions, then each class and its methods. Closures and inner classes are not among
    /// them, as they are not in Radon's list.
    pub complexity: Vec<Block>,
    /// Absent where the source could not be parsed, or has no raw counts.
    pub maintainability: Option<Maintainability>,
    /// Absent where the source has no tokens; it need not parse.
    pub raw: Option<Raw>,
    /// Absent where the source could not be parsed.
    pub halstead: Option<Halstead>,
    /// The scores of this file.
    pub scores: Scores,
}

/// A security finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Bandit's id: `B101`.
    pub test_id: String,
    /// Bandit's name: `assert_used`.
    pub test_name: String,
    /// The line that Bandit reports (its `line_number`).
    pub line: u32,
    /// The last line of Bandit's `line_range`.
    pub end_line: u32,
    /// Bandit's `col_offset`.
    pub col: i32,
    /// Bandit's `end_col_offset`.
    pub end_col: i32,
    /// How bad it is.
    pub severity: Rank,
    /// How sure the check is.
    pub confidence: Rank,
    /// Bandit's text, word by word.
    pub text: String,
    /// The number of the weakness in the CWE list; 0 where Bandit names none.
    pub cwe: u32,
}

/// Bandit's ranking of severity and of confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Rank {
    /// `UNDEFINED`.
    Undefined,
    /// `LOW`.
    Low,
    /// `MEDIUM`.
    Medium,
    /// `HIGH`.
    High,
}

/// One of the analyses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Analysis {
    /// Bandit's checks.
    Security,
    /// Radon's cyclomatic complexity.
    Complexity,
    /// Radon's raw counts.
    Raw,
    /// Radon's Halstead figures.
    Halstead,
    /// Radon's maintainability index.
    Maintainability,
}

/// Why an analysis gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnalysisError {
    /// Which.
    pub analysis: Analysis,
    /// Why, in a sentence for the person who wrote the file.
    pub reason: String,
    /// Where, if it is known.
    pub line: Option<u32>,
}

/// A function, method or class with its cyclomatic complexity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: BlockKind,
    /// Its name.
    pub name: String,
    /// The class of a method.
    pub class: Option<String>,
    /// The line of its definition, as Radon gives it.
    pub line: u32,
    /// Its last line, as Radon gives it.
    pub end_line: u32,
    /// Its column.
    pub col: u32,
    /// Radon's figure: of a class, its `complexity` (with the methods' average), not the real one.
    pub complexity: u64,
    /// Radon's rank of it, `A` to `F`.
    pub rank: char,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockKind {
    /// A function outside a class.
    Function,
    /// A function in a class.
    Method,
    /// A class.
    Class,
}

/// Radon's maintainability index, comments counted, multi-line strings as comments.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Maintainability {
    /// 0 to 100.
    pub index: f64,
    /// `A`, `B` or `C`.
    pub rank: char,
}

/// Radon's raw counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw {
    /// Lines.
    pub loc: u64,
    /// Logical lines.
    pub lloc: u64,
    /// Source lines.
    pub sloc: u64,
    /// Comments.
    pub comments: u64,
    /// Lines of multi-line strings that are no code.
    pub multi: u64,
    /// Lines that are a comment or a one-line docstring alone.
    pub single_comments: u64,
    /// Blank lines.
    pub blank: u64,
}

/// Radon's Halstead figures of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Halstead {
    /// Of the whole file.
    pub total: HalsteadFigures,
    /// Of each function, in Radon's order.
    pub functions: Vec<HalsteadFunction>,
}

/// The figures of one function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HalsteadFunction {
    /// Its name, as Radon gives it.
    pub name: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: HalsteadFigures,
}

/// Halstead's figures, by Radon's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HalsteadFigures {
    /// Distinct operators.
    pub h1: u64,
    /// Distinct operands.
    pub h2: u64,
    /// Operators.
    #[serde(rename = "N1")]
    pub n1: u64,
    /// Operands.
    #[serde(rename = "N2")]
    pub n2: u64,
    /// h1 + h2.
    pub vocabulary: u64,
    /// N1 + N2.
    pub length: u64,
    /// h1·log2 h1 + h2·log2 h2.
    pub calculated_length: f64,
    /// length · log2 vocabulary.
    pub volume: f64,
    /// h1/2 · N2/h2.
    pub difficulty: f64,
    /// difficulty · volume.
    pub effort: f64,
    /// effort / 18, seconds.
    pub time: f64,
    /// volume / 3000.
    pub bugs: f64,
}

/// How secure and how well written, as two figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// 0 (worst) to 100.
    pub security: u32,
    /// 0 (worst) to 10, one decimal.
    pub quality: f64,
}
