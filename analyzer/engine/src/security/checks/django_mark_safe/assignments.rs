//! What the names of a scope were given, as far as Bandit follows it.
//!
//! Bandit reads a scope anew for each name that it follows. Here each scope is read once, and what
//! is found of a name is kept by statement, so that a later question goes on from there.

mod given;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::super::super::call::Call;
use super::super::super::frames;
use super::super::super::issue::Raised;
use super::Format;
use crate::source::Source;
use crate::syntax::Node;
use given::{Given, given_by};

/// The calls that Bandit makes from a call down to the first name that it follows, and from the
/// last name up to what it looks at.
const CHECK: usize = 9;

/// The scopes of a file that were read.
#[derive(Default)]
pub(crate) struct Scopes<'a>(RefCell<HashMap<usize, Rc<Scope<'a>>>>);

impl<'a> Scopes<'a> {
    fn scope(
        &self,
        parameters: Vec<&'a str>,
        body: &'a [Stmt],
        source: &Source<'_>,
    ) -> Rc<Scope<'a>> {
        let mut scopes = self.0.borrow_mut();
        let scope = scopes
            .entry(body.as_ptr().addr())
            .or_insert_with(|| Rc::new(Scope::read(parameters, body, source)));
        Rc::clone(scope)
    }
}

/// A function or a module.
struct Scope<'a> {
    parameters: Vec<&'a str>,
    /// The statements, with their lines, that give each name something.
    giving: HashMap<&'a str, Vec<(u32, &'a Stmt)>>,
    /// Those at which Bandit may raise, whatever the name.
    raising: Vec<(u32, &'a Stmt)>,
    /// By name: the statements that matter, and what is known of the name after each.
    known: RefCell<HashMap<&'a str, Known<'a>>>,
}

#[derive(Default)]
struct Known<'a> {
    statements: Rc<[(u32, &'a Stmt)]>,
    states: Vec<State>,
}

/// What is known of a name after a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Secure,
    Insecure,
    /// Insecure, whatever follows.
    Lost,
    /// Bandit raises.
    Raised,
}

impl<'a> Scope<'a> {
    fn read(parameters: Vec<&'a str>, body: &'a [Stmt], source: &Source<'_>) -> Self {
        let mut scope = Self {
            parameters,
            giving: HashMap::new(),
            raising: Vec::new(),
            known: RefCell::default(),
        };
        for stmt in body {
            let line = Node::Stmt(stmt).lines(source).0;
            let raises = given::for_each_name(stmt, &mut |name| {
                let statements = scope.giving.entry(name).or_default();
                if statements
                    .last()
                    .is_none_or(|&(_, last)| !std::ptr::eq(last, stmt))
                {
                    statements.push((line, stmt));
                }
            });
            if raises {
                scope.raising.push((line, stmt));
            }
        }
        scope
    }

    fn statements(&self, name: &'a str) -> Rc<[(u32, &'a Stmt)]> {
        let mut known = self.known.borrow_mut();
        let known = known.entry(name).or_default();
        if known.statements.is_empty() {
            let giving = self.giving.get(name).map_or(&[][..], Vec::as_slice);
            let mut statements = [giving, &self.raising].concat();
            statements.sort_by_key(|(_, stmt)| stmt.start());
            statements.dedup_by(|(_, one), (_, other)| std::ptr::eq(*one, *other));
            known.statements = statements.into();
        }
        Rc::clone(&known.statements)
    }

    /// The last state of a name that is known, and after how many statements.
    fn state(&self, name: &str, count: usize) -> (usize, State) {
        let known = self.known.borrow();
        let states = known.get(name).map_or(&[][..], |known| &known.states);
        let count = count.min(states.len());
        let state = count
            .checked_sub(1)
            .and_then(|last| states.get(last).copied());
        (count, state.unwrap_or(State::Insecure))
    }

    fn note(&self, name: &'a str, count: usize, state: State) {
        let mut known = self.known.borrow_mut();
        let states = &mut known.entry(name).or_default().states;
        if states.len() == count {
            states.push(state);
        }
    }
}

/// A question about the names of a scope.
pub(super) struct Question<'a, 'c> {
    scope: Rc<Scope<'a>>,
    source: &'c Source<'c>,
    /// How much deeper Python lets Bandit go.
    left: usize,
}

impl<'a, 'c> Question<'a, 'c> {
    pub(super) fn of_function(function: &'a StmtFunctionDef, call: &Call<'a, 'c>) -> Self {
        let parameters = function.parameters.args.iter();
        let parameters = parameters
            .map(|parameter| parameter.parameter.name.as_str())
            .collect();
        Self::of(parameters, &function.body, call)
    }

    pub(super) fn of_module(call: &Call<'a, 'c>) -> Self {
        Self::of(Vec::new(), call.module, call)
    }

    fn of(parameters: Vec<&'a str>, body: &'a [Stmt], call: &Call<'a, 'c>) -> Self {
        Self {
            scope: call.scopes.scope(parameters, body, call.source),
            source: call.source,
            left: frames::left(call.parent.depth() + CHECK),
        }
    }

    /// Whether a name holds nothing but constant strings, by the statements above a line.
    pub(super) fn is_secure_name(&mut self, name: &'a str, until: u32) -> Result<bool, Raised> {
        if self.scope.parameters.contains(&name) {
            return Ok(false);
        }
        self.left = self.left.checked_sub(1).ok_or(Raised)?;
        let state = stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.follow(name, until));
        self.left += 1;
        match state {
            State::Raised => Err(Raised),
            state => Ok(state == State::Secure),
        }
    }

    fn follow(&mut self, name: &'a str, until: u32) -> State {
        let statements = self.scope.statements(name);
        let above = statements.partition_point(|&(line, _)| line < until);
        let (known, mut state) = self.scope.state(name, above);
        for (index, &(line, stmt)) in statements.iter().enumerate().take(above).skip(known) {
            if !matches!(state, State::Lost | State::Raised) {
                state = self.after(stmt, line, name, state).unwrap_or(State::Raised);
            }
            self.scope.note(name, index, state);
        }
        state
    }

    fn after(
        &mut self,
        stmt: &'a Stmt,
        line: u32,
        name: &'a str,
        before: State,
    ) -> Result<State, Raised> {
        let is_secure = match given_by(stmt, name)? {
            Given::Nothing => return Ok(before),
            Given::One(Expr::StringLiteral(_)) => true,
            Given::One(Expr::Name(other)) => {
                let until = self.source.line(other.start());
                self.is_secure_name(&other.id, until)?
            }
            Given::One(Expr::Call(call)) => match Format::of_call(call) {
                Some(format) => self.is_secure_format(&format)?,
                None => false,
            },
            Given::One(_) | Given::With => return Ok(State::Lost),
            Given::Many(all) => {
                if !self.are_secure(&all, line)? {
                    return Ok(State::Lost);
                }
                true
            }
        };
        Ok(if is_secure {
            State::Secure
        } else {
            State::Insecure
        })
    }

    fn are_secure(&mut self, all: &[Given<'a>], until: u32) -> Result<bool, Raised> {
        for given in all {
            let is_secure = match given {
                Given::One(Expr::StringLiteral(_)) => true,
                Given::One(Expr::Name(other)) => self.is_secure_name(&other.id, until)?,
                _ => false,
            };
            if !is_secure {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether all values that are put into a string are secure.
    pub(super) fn is_secure_format(&mut self, format: &Format<'a>) -> Result<bool, Raised> {
        let until = self.source.line(format.start);
        let mut args: Vec<&'a Expr> = format.args.iter().collect();
        let mut next = 0;
        while let Some(&arg) = args.get(next) {
            next += 1;
            let is_secure = match arg {
                Expr::StringLiteral(_) => true,
                Expr::Name(name) => self.is_secure_name(&name.id, until)?,
                Expr::Call(call) => match Format::of_call(call) {
                    Some(inner) => self.is_secure_format(&inner)?,
                    None => false,
                },
                Expr::Starred(starred) => match &*starred.value {
                    Expr::List(list) => {
                        args.extend(&list.elts);
                        true
                    }
                    Expr::Tuple(tuple) => {
                        args.extend(&tuple.elts);
                        true
                    }
                    _ => false,
                },
                _ => false,
            };
            if !is_secure {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
