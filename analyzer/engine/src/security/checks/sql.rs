//! Whether text reads like an SQL statement, and what text a chain of operations makes.
//!
//! Bandit searches each string of a chain together with all others, which takes the square of
//! their number. Here the search is an automaton, whose state between two strings is one of few:
//! what the strings before and after a place do to it is found once for the chain.

use std::cell::OnceCell;
use std::sync::LazyLock;

use ruff_python_ast::{Expr, ExprBinOp};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::super::python::{ignoring_case, is_space};

/// Whether a text matches
/// `select\s.*from\s|delete\s+from\s|insert\s+into\s.*values[\s(]|update\s.*set\s`, ignoring case,
/// `.` taking line ends too.
pub(super) fn is_statement<'t>(text: impl IntoIterator<Item = &'t str>) -> bool {
    let automaton = &*AUTOMATON;
    let end = text
        .into_iter()
        .fold(0, |state, part| automaton.run(state, part));
    end & automaton.accepting != 0
}

/// The strings of operations one in another: `"a" + b % "c"`.
pub(crate) struct Chain<'a> {
    /// The strings and where they begin, in order.
    strings: Vec<(TextSize, &'a str)>,
    /// How deep the operations nest, and where the deepest begins.
    height: usize,
    deepest: TextSize,
    tables: OnceCell<Tables>,
}

impl<'a> Chain<'a> {
    pub(crate) fn of(top: &'a ExprBinOp) -> Self {
        let mut chain = Self {
            strings: Vec::new(),
            height: 1,
            deepest: top.start(),
            tables: OnceCell::new(),
        };
        let mut open: Vec<(&'a Expr, usize)> = vec![(&top.right, 2), (&top.left, 2)];
        while let Some((expr, level)) = open.pop() {
            match expr {
                Expr::BinOp(operation) => {
                    if level > chain.height {
                        chain.height = level;
                        chain.deepest = operation.start();
                    }
                    open.push((&operation.right, level + 1));
                    open.push((&operation.left, level + 1));
                }
                Expr::StringLiteral(string) => {
                    chain.strings.push((string.start(), string.value.to_str()));
                }
                _ => {}
            }
        }
        chain
    }

    /// How many calls deep Bandit reads the chain for a string in the operation `around` it, which
    /// is `level` operations deep: it does not read that operation.
    pub(super) fn reach(&self, around: TextRange, level: usize) -> usize {
        if around.contains(self.deepest) {
            level
        } else {
            self.height
        }
    }

    /// Whether a string of the chain, followed by all the others but those in the operation
    /// `around` it, with spaces between, reads like SQL.
    pub(super) fn reads_like_sql(&self, string: &str, around: TextRange) -> bool {
        let before = self
            .strings
            .partition_point(|&(start, _)| start < around.start());
        let after = self
            .strings
            .partition_point(|&(start, _)| start < around.end());
        if before == 0 && after == self.strings.len() {
            return is_statement([string]);
        }
        let tables = self.tables.get_or_init(|| Tables::of(&self.strings));
        let state = Between::after(Between::START, string);
        if after == self.strings.len() {
            state.ends(tables.last[before])
        } else {
            tables.first[before].apply(state).ends(tables.rest[after])
        }
    }
}

/// What the strings of a chain do to the state of the search.
struct Tables {
    /// By count: the first strings, a space after each.
    first: Vec<Effect>,
    /// By count: from which states the first strings make a match, no space after the last.
    last: Vec<Between>,
    /// By index: from which states the strings from there make a match.
    rest: Vec<Between>,
}

impl Tables {
    fn of(strings: &[(TextSize, &str)]) -> Self {
        let mut first = vec![Effect::NONE];
        let mut last = vec![Between::NEVER];
        for (_, string) in strings {
            let before = first.last().copied().unwrap_or(Effect::NONE);
            last.push(Between::from_which(|start| {
                before.apply(start).matches(string)
            }));
            first.push(before.then(string));
        }
        let mut rest = vec![Between::NEVER; strings.len()];
        for (index, (_, string)) in strings.iter().enumerate().rev() {
            rest[index] = match rest.get(index + 1).copied() {
                Some(after) => {
                    Between::from_which(|start| Between::after(start, string).ends(after))
                }
                None => Between::from_which(|start| start.matches(string)),
            };
        }
        Self { first, last, rest }
    }
}

/// Possible states of the search after a space, as a set: what of each statement has been read.
/// Bit 0 is the start, which is always possible; the last is a match.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Between(u8);

impl Between {
    const COUNT: usize = 6;
    const NEVER: Self = Self(0);
    const START: Self = Self(1);
    const MATCHED: Self = Self(1 << Self::COUNT);

    fn single(index: usize) -> Self {
        Self(Self::START.0 | 1 << index)
    }

    /// The set of the states of which something holds.
    fn from_which(holds: impl Fn(Self) -> bool) -> Self {
        let all = (0..Self::COUNT).filter(|&index| holds(Self::single(index)));
        Self(all.fold(0, |set, index| set | 1 << index))
    }

    /// Whether the search has matched, or is in a state from which it will.
    fn ends(self, matching: Self) -> bool {
        (self.0 & Self::MATCHED.0) | (self.0 & matching.0) != 0
    }

    fn state(self) -> u64 {
        let states = AUTOMATON.between.iter().enumerate();
        states.fold(0, |state, (index, bit)| {
            if self.0 & (1 << index) == 0 {
                state
            } else {
                state | bit
            }
        })
    }

    /// The states after a text and a space.
    fn after(self, text: &str) -> Self {
        let end = AUTOMATON.run(AUTOMATON.run(self.state(), text), " ");
        let states = AUTOMATON.between.iter().enumerate();
        let mut set = states.fold(
            Self::START.0 | (self.0 & Self::MATCHED.0),
            |set, (index, bit)| {
                if end & bit == 0 {
                    set
                } else {
                    set | 1 << index
                }
            },
        );
        if end & AUTOMATON.accepting != 0 {
            set |= Self::MATCHED.0;
        }
        Self(set)
    }

    /// Whether a text makes a match.
    fn matches(self, text: &str) -> bool {
        self.0 & Self::MATCHED.0 != 0
            || AUTOMATON.run(self.state(), text) & AUTOMATON.accepting != 0
    }
}

/// What texts do to each state.
#[derive(Clone, Copy)]
struct Effect([Between; Between::COUNT]);

impl Effect {
    const NONE: Self = Self([
        Between(1),
        Between(1 | 1 << 1),
        Between(1 | 1 << 2),
        Between(1 | 1 << 3),
        Between(1 | 1 << 4),
        Between(1 | 1 << 5),
    ]);

    fn apply(&self, states: Between) -> Between {
        let all = self
            .0
            .iter()
            .enumerate()
            .filter(|(index, _)| states.0 & (1 << index) != 0);
        Between(all.fold(states.0 & Between::MATCHED.0, |set, (_, after)| {
            set | after.0
        }))
    }

    fn then(self, text: &str) -> Self {
        Self(self.0.map(|states| states.after(text)))
    }
}

/// The search as an automaton that is in many states at once: a bit for each symbol of the
/// pattern that was read.
struct Automaton {
    /// By ASCII character: the symbols that it is, and the states that it leaves as they are.
    ascii: Box<[(u64, u64); 128]>,
    /// The same of white space above ASCII.
    space: (u64, u64),
    /// The states that every character leaves as they are.
    stay: u64,
    /// The first symbols.
    first: u64,
    /// The last symbols.
    accepting: u64,
    /// The states that a space can leave besides the last, the start first.
    between: [u64; Between::COUNT],
}

/// A symbol of the pattern is a letter, `_` white space, `+` white space once or more, `*` white
/// space and then anything, `(` white space or a parenthesis.
const STATEMENTS: [&str; 4] = [
    "select*from_",
    "delete+from_",
    "insert+into*values(",
    "update*set_",
];

static AUTOMATON: LazyLock<Automaton> = LazyLock::new(|| {
    let mut automaton = Automaton {
        ascii: Box::new([(0, 0); 128]),
        space: (0, 0),
        stay: 0,
        first: 0,
        accepting: 0,
        between: [0; Between::COUNT],
    };
    let (mut spaces, mut runs, mut between) = (0, 0, Vec::new());
    let mut bit = 1u64;
    for statement in STATEMENTS {
        automaton.first |= bit;
        for symbol in statement.bytes() {
            if symbol.is_ascii_alphabetic() {
                automaton.ascii[usize::from(symbol)].0 |= bit;
                automaton.ascii[usize::from(symbol.to_ascii_uppercase())].0 |= bit;
            } else {
                spaces |= bit;
            }
            match symbol {
                b'+' => runs |= bit,
                b'*' => automaton.stay |= bit,
                b'(' => automaton.ascii[usize::from(b'(')].0 |= bit,
                _ => {}
            }
            if matches!(symbol, b'+' | b'*') {
                between.push(bit);
            }
            bit <<= 1;
        }
        automaton.accepting |= bit >> 1;
    }
    for (index, bit) in between.into_iter().enumerate().take(Between::COUNT - 1) {
        automaton.between[index + 1] = bit;
    }
    automaton.space = (spaces, automaton.stay | runs);
    for (code, entry) in (0u8..).zip(automaton.ascii.iter_mut()) {
        entry.1 = automaton.stay;
        if is_space(char::from(code)) {
            *entry = automaton.space;
        }
    }
    automaton
});

impl Automaton {
    /// The state after a text. A match stays one.
    fn run(&self, mut state: u64, text: &str) -> u64 {
        let mut matched = state & self.accepting;
        for character in text.chars() {
            let (symbols, stays) = self.entry(character);
            state = (((state << 1) | self.first) & symbols) | (state & stays);
            matched |= state & self.accepting;
        }
        state | matched
    }

    fn entry(&self, character: char) -> (u64, u64) {
        let folded = if character.is_ascii() {
            character
        } else if is_space(character) {
            return self.space;
        } else {
            ignoring_case(character)
        };
        let entry = self.ascii.get(folded as usize).copied();
        entry.unwrap_or((0, self.stay))
    }
}

#[cfg(test)]
mod tests {
    use ruff_python_parser::parse_expression;

    use super::*;

    #[test]
    fn statements_are_found_as_by_the_expression() {
        for text in [
            "select a from b",
            "SELECT\na\n\nFROM\t",
            "x update t ſet y",
            "delete  \n from t",
            "İnsert into t values(1)",
            "insert into t values ",
            "selselect a from from b",
        ] {
            assert!(is_statement([text]), "{text}");
        }
        for text in [
            "",
            "selecta from b",
            "select a from",
            "select from_",
            "delete x from b",
            "insert x into t values(",
            "insert into t(a) value (",
            "update set",
            "set x update",
        ] {
            assert!(!is_statement([text]), "{text}");
        }
    }

    /// What the definition says, taken literally.
    fn by_definition(chain: &Chain<'_>, string: &str, around: TextRange) -> bool {
        let others = chain
            .strings
            .iter()
            .filter(|(start, _)| !around.contains(*start));
        let whole: Vec<&str> = std::iter::once(string)
            .chain(others.map(|&(_, other)| other))
            .collect();
        is_statement([&*whole.join(" ")])
    }

    fn operations<'a>(expr: &'a Expr, found: &mut Vec<&'a ExprBinOp>) {
        if let Expr::BinOp(operation) = expr {
            found.push(operation);
            operations(&operation.left, found);
            operations(&operation.right, found);
        }
    }

    #[test]
    fn a_string_is_read_with_the_others_of_its_chain() {
        for source in [
            "'select ' + x + ' from ' + y",
            "'a' + ('select ' + x) + 'from' + ('b' + ' ')",
            "'from ' + 'select' + ('delete' + z) + ' ' + ('' + 'from') + 't'",
            "'insert' + ('into' + ('b' + ('values' + ('(' + 'd'))))",
            "('update' + 'b') + ('set' + 'c') + ('values' + 'select')",
            "'x' + ('from' + 'y') + ('delete' + '\\n')",
        ] {
            let parsed = parse_expression(source).expect("parses");
            let Expr::BinOp(top) = parsed.expr() else {
                panic!("no operation: {source}");
            };
            let chain = Chain::of(top);
            let mut all = Vec::new();
            operations(parsed.expr(), &mut all);
            for operation in all {
                for string in [&operation.left, &operation.right] {
                    if let Expr::StringLiteral(string) = &**string {
                        let (string, around) = (string.value.to_str(), operation.range());
                        assert_eq!(
                            chain.reads_like_sql(string, around),
                            by_definition(&chain, string, around),
                            "{string:?} in {source}"
                        );
                    }
                }
            }
        }
    }
}
