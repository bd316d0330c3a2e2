//! Halstead's figures, as Radon's `HalsteadVisitor` and `h_visit` give them.
//!
//! An operator is known by its name, so `a += b` and `a + b` share one. An operand is known by
//! its text or value *and* by the name of the innermost function around it, so two functions of
//! one name share theirs, and one variable in two functions counts twice.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::RandomState;
use ruff_python_ast::{BoolOp, CmpOp, Expr, Operator, UnaryOp};

use super::operand::Operand;
use crate::report::{Halstead, HalsteadFigures, HalsteadFunction};

/// An operator's name as a bit.
#[derive(Clone, Copy, Debug)]
pub(super) struct OperatorSet(u32);

const BOOLEAN: u32 = 0;
const UNARY: u32 = 2;
const BINARY: u32 = 6;
const COMPARISON: u32 = 19;

impl From<BoolOp> for OperatorSet {
    fn from(operator: BoolOp) -> OperatorSet {
        OperatorSet(1 << (BOOLEAN + operator as u32))
    }
}

impl From<UnaryOp> for OperatorSet {
    fn from(operator: UnaryOp) -> OperatorSet {
        OperatorSet(1 << (UNARY + operator as u32))
    }
}

impl From<Operator> for OperatorSet {
    fn from(operator: Operator) -> OperatorSet {
        OperatorSet(1 << (BINARY + operator as u32))
    }
}

impl From<CmpOp> for OperatorSet {
    fn from(operator: CmpOp) -> OperatorSet {
        OperatorSet(1 << (COMPARISON + operator as u32))
    }
}

/// The counts of which the figures are made.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    /// The operators seen, a bit each.
    seen: u32,
    operators: u64,
    distinct_operands: u64,
    operands: u64,
}

/// A function that stands in no other one.
#[derive(Debug)]
struct Outermost<'a> {
    name: &'a str,
    counts: Counts,
}

/// The function that the code stands in, for going back to the one around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    context: u32,
    within: bool,
}

/// The operators and operands of a file.
#[derive(Debug)]
pub(super) struct Tally<'a> {
    source: &'a str,
    total: Counts,
    functions: Vec<Outermost<'a>>,
    /// The code belongs to the last of `functions`.
    within: bool,
    /// The number of the innermost function's name; 0 outside of functions.
    context: u32,
    contexts: HashMap<&'a str, u32, RandomState>,
    /// Each distinct operand with the number of functions there were when it was last seen. One
    /// map does for the file and for all its functions: within a function all operands have a
    /// context, outside none has.
    operands: HashMap<(u32, Operand<'a>), usize, RandomState>,
}

impl<'a> Tally<'a> {
    pub(super) fn of(source: &'a str) -> Tally<'a> {
        Tally {
            source,
            total: Counts::default(),
            functions: Vec::new(),
            within: false,
            context: 0,
            contexts: HashMap::default(),
            operands: HashMap::default(),
        }
    }

    /// The body of a function begins.
    pub(super) fn enter(&mut self, name: &'a str) -> Around {
        let around = Around {
            context: self.context,
            within: self.within,
        };
        if !self.within {
            self.functions.push(Outermost {
                name,
                counts: Counts::default(),
            });
            self.within = true;
        }
        let next = self.contexts.len() as u32 + 1;
        self.context = *self.contexts.entry(name).or_insert(next);
        around
    }

    /// The body of a function ends.
    pub(super) fn leave(&mut self, around: Around) {
        self.context = around.context;
        self.within = around.within;
    }

    /// An expression or statement with operators, as many as `count`.
    pub(super) fn operators(&mut self, set: impl Into<OperatorSet>, count: u64) {
        let OperatorSet(set) = set.into();
        for counts in self.counts() {
            counts.seen |= set;
            counts.operators += count;
        }
    }

    /// An operand.
    pub(super) fn operand(&mut self, expression: &'a Expr) {
        let (mut new, mut new_here) = (true, true);
        if let Some(operand) = Operand::of(expression, self.source) {
            let function = self.functions.len();
            match self.operands.entry((self.context, operand)) {
                Entry::Occupied(mut seen) => {
                    new = false;
                    new_here = seen.insert(function) != function;
                }
                Entry::Vacant(unseen) => {
                    unseen.insert(function);
                }
            }
        }
        self.total.operands += 1;
        self.total.distinct_operands += u64::from(new);
        if self.within
            && let Some(function) = self.functions.last_mut()
        {
            function.counts.operands += 1;
            function.counts.distinct_operands += u64::from(new_here);
        }
    }

    fn counts(&mut self) -> impl Iterator<Item = &mut Counts> {
        let within = self.within;
        let function = self.functions.last_mut().filter(|_| within);
        std::iter::once(&mut self.total).chain(function.map(|function| &mut function.counts))
    }

    /// The figures of the file and of its outermost functions.
    pub(super) fn figures(&self) -> Halstead {
        Halstead {
            total: figures(self.total),
            functions: self
                .functions
                .iter()
                .map(|function| HalsteadFunction {
                    name: function.name.to_owned(),
                    figures: figures(function.counts),
                })
                .collect(),
        }
    }
}

/// The figures from the counts, each by the same operations in the same order as Radon, so that
/// they are equal to the last bit.
fn figures(counts: Counts) -> HalsteadFigures {
    let h1 = u64::from(counts.seen.count_ones());
    let h2 = counts.distinct_operands;
    let (n1, n2) = (counts.operators, counts.operands);
    let (vocabulary, length) = (h1 + h2, n1 + n2);
    let calculated_length = if h1 > 0 && h2 > 0 {
        h1 as f64 * log2(h1) + h2 as f64 * log2(h2)
    } else {
        0.0
    };
    let volume = if vocabulary > 0 {
        length as f64 * log2(vocabulary)
    } else {
        0.0
    };
    let difficulty = if h2 > 0 {
        (h1 * n2) as f64 / (2 * h2) as f64
    } else {
        0.0
    };
    let effort = difficulty * volume;
    HalsteadFigures {
        h1,
        h2,
        n1,
        n2,
        vocabulary,
        length,
        calculated_length,
        volume,
        difficulty,
        effort,
        time: effort / 18.0,
        bugs: volume / 3000.0,
    }
}

/// `math.log(number, 2)`, which is a quotient of two natural logarithms: `log2` differs from it
/// in the last bit.
#[allow(clippy::suboptimal_flops)]
fn log2(number: u64) -> f64 {
    (number as f64).ln() / 2.0_f64.ln()
}
