//! Cyclomatic complexity, as Radon's `ComplexityVisitor` counts it.
//!
//! The list of a file is that of `cc_visit`: first the functions, then each class followed by its
//! methods, all in the order of the source. (`radon cc` shows the same blocks sorted by
//! complexity.) What Radon's visitor does not do is kept too: the bases and decorators of a class
//! and the decorators and defaults of a function count nothing, an `assert` counts one whatever
//! its condition, and an inner class or a closure adds nothing to what encloses it.

use ruff_python_ast::{MatchCase, Pattern, StmtTry};
use ruff_text_size::TextSize;

use crate::report::{Block, BlockKind};
use crate::source::Source;

/// What one of Radon's visitors has seen.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    /// Decisions in the code itself, outside functions and classes.
    pub(super) decisions: u64,
    /// Where the last node begins, by position.
    pub(super) last: Option<TextSize>,
    pub(super) functions: Vec<Function<'a>>,
    pub(super) classes: Vec<Class<'a>>,
}

/// A function. Radon lists those in it under it, not among a file's blocks.
#[derive(Debug)]
pub(super) struct Function<'a> {
    name: &'a str,
    /// Where its `def` or `async` stands.
    start: TextSize,
    /// Where the last node begins that Radon takes into account.
    last: TextSize,
    complexity: u64,
}

/// A class with its methods. Radon lists the classes in it under it.
#[derive(Debug)]
pub(super) struct Class<'a> {
    name: &'a str,
    /// Where its `class` stands.
    start: TextSize,
    last: TextSize,
    methods: Vec<Function<'a>>,
    /// Decisions of its body and of its methods, and one.
    real_complexity: u64,
}

impl<'a> Scope<'a> {
    /// A node begins here.
    pub(super) fn node(&mut self, start: TextSize) {
        self.last = self.last.max(Some(start));
    }

    /// This scope is a function's body. `last` is then that of the body's last statement alone.
    pub(super) fn into_function(self, name: &'a str, start: TextSize) -> Function<'a> {
        Function {
            name,
            start,
            last: self.last.map_or(start, |last| last.max(start)),
            complexity: self.decisions + 1,
        }
    }

    /// This scope is a class's body.
    pub(super) fn into_class(self, name: &'a str, start: TextSize) -> Class<'a> {
        let methods = self.functions.iter();
        Class {
            name,
            start,
            last: methods
                .clone()
                .map(|method| method.last)
                .chain(self.last)
                .fold(start, TextSize::max),
            real_complexity: 1
                + self.decisions
                + methods.map(|method| method.complexity).sum::<u64>(),
            methods: self.functions,
        }
    }

    /// Radon's `total_complexity`, for the scope of a whole file.
    pub(super) fn total(&self) -> u64 {
        let functions = self
            .functions
            .iter()
            .map(|function| function.complexity - 1);
        let classes = self.classes.iter().map(|class| class.real_complexity - 1);
        1 + self.decisions + functions.sum::<u64>() + classes.sum::<u64>()
    }
}

impl Class<'_> {
    /// The methods' average, and one where there are several.
    fn complexity(&self) -> u64 {
        match self.methods.len() as u64 {
            0 => self.real_complexity,
            1 => self.real_complexity,
            methods => self.real_complexity / methods + 1,
        }
    }
}

/// What a `try` adds: its handlers, and one for its `else`. `except*` adds nothing.
pub(super) fn of_try(statement: &StmtTry) -> u64 {
    if statement.is_star {
        return 0;
    }
    statement.handlers.len() as u64 + u64::from(!statement.orelse.is_empty())
}

/// What a `match` adds: its cases, save one where any is a bare name or `_`.
pub(super) fn of_match(cases: &[MatchCase]) -> u64 {
    let catches_all = cases.iter().any(
        |case| matches!(&case.pattern, Pattern::MatchAs(pattern) if pattern.pattern.is_none()),
    );
    cases.len() as u64 - u64::from(catches_all)
}

/// Radon's rank of a complexity.
pub(super) fn rank(complexity: u64) -> char {
    match complexity {
        0..=5 => 'A',
        6..=10 => 'B',
        11..=20 => 'C',
        21..=30 => 'D',
        31..=40 => 'E',
        _ => 'F',
    }
}

/// The blocks of a file: functions, then each class and its methods.
pub(super) fn blocks(scope: &Scope<'_>, source: &Source<'_>) -> Vec<Block> {
    let mut blocks = Vec::with_capacity(scope.functions.len());
    for function in &scope.functions {
        blocks.push(function_block(function, None, source));
    }
    for class in &scope.classes {
        push_class(class, source, &mut blocks);
    }
    blocks
}

fn push_class(class: &Class<'_>, source: &Source<'_>, blocks: &mut Vec<Block>) {
    let (line, col) = source.line_column(class.start);
    let complexity = class.complexity();
    blocks.push(Block {
        kind: BlockKind::Class,
        name: class.name.to_owned(),
        class: None,
        line,
        end_line: source.line(class.last),
        col,
        complexity,
        rank: rank(complexity),
    });
    let methods = class.methods.iter();
    blocks.extend(methods.map(|method| function_block(method, Some(class.name), source)));
}

fn function_block(function: &Function<'_>, class: Option<&str>, source: &Source<'_>) -> Block {
    let (line, col) = source.line_column(function.start);
    Block {
        kind: if class.is_some() {
            BlockKind::Method
        } else {
            BlockKind::Function
        },
        name: function.name.to_owned(),
        class: class.map(str::to_owned),
        line,
        end_line: source.line(function.last),
        col,
        complexity: function.complexity,
        rank: rank(function.complexity),
    }
}
