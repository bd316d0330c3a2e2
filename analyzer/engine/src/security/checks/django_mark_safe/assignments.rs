//! What the names of a scope were given, as far as Bandit follows it.

use std::collections::HashMap;

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFunctionDef, StmtIf};
use ruff_text_size::Ranged;

use super::super::super::call::Call;
use super::super::super::frames;
use super::super::super::issue::Raised;
use super::super::super::syntax::Node;
use super::Format;
use crate::source::Source;

/// The calls that Bandit makes from a call down to the first name that it follows, and from the
/// last name up to what it looks at.
const CHECK: usize = 9;

/// A function or a module.
pub(super) struct Scope<'a, 'c> {
    parameters: Vec<&'a str>,
    body: &'a [Stmt],
    source: &'c Source<'c>,
    /// What was found of a name above a line.
    known: HashMap<(&'a str, u32), Result<bool, Raised>>,
    /// How much deeper Python lets Bandit go.
    left: usize,
}

/// What a name was given by a statement.
enum Given<'a> {
    Nothing,
    One(&'a Expr),
    /// A `with` statement that binds it.
    With,
    Many(Vec<Given<'a>>),
}

impl<'a, 'c> Scope<'a, 'c> {
    pub(super) fn of_function(function: &'a StmtFunctionDef, call: &Call<'a, 'c>) -> Self {
        let parameters = function.parameters.args.iter();
        Self {
            parameters: parameters
                .map(|parameter| parameter.parameter.name.as_str())
                .collect(),
            ..Self::of(&function.body, call)
        }
    }

    pub(super) fn of_module(call: &Call<'a, 'c>) -> Self {
        Self::of(call.module, call)
    }

    fn of(body: &'a [Stmt], call: &Call<'a, 'c>) -> Self {
        Self {
            parameters: Vec::new(),
            body,
            source: call.source,
            known: HashMap::new(),
            left: frames::left(call.parent.depth() + CHECK),
        }
    }

    /// Whether a name holds nothing but constant strings, by the statements above a line.
    pub(super) fn is_secure_name(&mut self, name: &'a str, until: u32) -> Result<bool, Raised> {
        if self.parameters.contains(&name) {
            return Ok(false);
        }
        if let Some(&known) = self.known.get(&(name, until)) {
            return known;
        }
        self.left = self.left.checked_sub(1).ok_or(Raised)?;
        let secure = stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.follow(name, until));
        self.left += 1;
        self.known.insert((name, until), secure);
        secure
    }

    fn follow(&mut self, name: &'a str, until: u32) -> Result<bool, Raised> {
        let mut secure = false;
        for stmt in self.body {
            let line = Node::Stmt(stmt).lines(self.source).0;
            if line >= until {
                break;
            }
            match given_by(stmt, name)? {
                Given::Nothing => {}
                Given::One(Expr::StringLiteral(_)) => secure = true,
                Given::One(Expr::Name(other)) => {
                    let until = self.source.line(other.start());
                    secure = self.is_secure_name(&other.id, until)?;
                }
                Given::One(Expr::Call(call)) => {
                    secure = match Format::of_call(call) {
                        Some(format) => self.is_secure_format(&format)?,
                        None => false,
                    };
                }
                Given::One(_) | Given::With => return Ok(false),
                Given::Many(all) => {
                    if !self.are_secure(&all, line)? {
                        return Ok(false);
                    }
                    secure = true;
                }
            }
        }
        Ok(secure)
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

/// What a statement gives a name.
fn given_by<'a>(stmt: &'a Stmt, name: &str) -> Result<Given<'a>, Raised> {
    let is_it = |expr: &Expr| matches!(expr, Expr::Name(other) if other.id == name);
    let mut all = Vec::new();
    match stmt {
        Stmt::FunctionDef(function) if !function.is_async => {
            given_in(&function.body, name, &mut all)?;
        }
        Stmt::With(with) if !with.is_async => {
            // The last item decides.
            let vars = with
                .items
                .last()
                .and_then(|item| item.optional_vars.as_deref());
            let mut bodies = with
                .items
                .iter()
                .filter(|item| !item.optional_vars.as_deref().is_some_and(is_it));
            if bodies.next().is_some() {
                given_in(&with.body, name, &mut all)?;
            }
            if vars.is_some_and(is_it) {
                return Ok(Given::With);
            }
        }
        Stmt::Try(stmt) if !stmt.is_star => {
            given_in(&stmt.body, name, &mut all)?;
            for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                given_in(&handler.body, name, &mut all)?;
            }
            given_in(&stmt.orelse, name, &mut all)?;
            given_in(&stmt.finalbody, name, &mut all)?;
        }
        Stmt::If(stmt) => {
            given_in(&stmt.body, name, &mut all)?;
            given_in_clauses(stmt, name, &mut all)?;
        }
        Stmt::For(stmt) if !stmt.is_async => {
            given_in(&stmt.body, name, &mut all)?;
            given_in(&stmt.orelse, name, &mut all)?;
        }
        Stmt::While(stmt) => {
            given_in(&stmt.body, name, &mut all)?;
            given_in(&stmt.orelse, name, &mut all)?;
        }
        Stmt::AugAssign(assign) if is_it(&assign.target) => return Ok(Given::One(&assign.value)),
        Stmt::Assign(assign) => return assigned(assign.targets.first(), &assign.value, name),
        _ => {}
    }
    Ok(if all.is_empty() {
        Given::Nothing
    } else {
        Given::Many(all)
    })
}

fn given_in<'a>(body: &'a [Stmt], name: &str, all: &mut Vec<Given<'a>>) -> Result<(), Raised> {
    for stmt in body {
        match given_by(stmt, name)? {
            Given::Nothing => {}
            Given::Many(inner) => all.extend(inner),
            one => all.push(one),
        }
    }
    Ok(())
}

fn given_in_clauses<'a>(
    stmt: &'a StmtIf,
    name: &str,
    all: &mut Vec<Given<'a>>,
) -> Result<(), Raised> {
    stmt.elif_else_clauses
        .iter()
        .try_for_each(|clause| given_in(&clause.body, name, all))
}

fn assigned<'a>(
    target: Option<&'a Expr>,
    value: &'a Expr,
    name: &str,
) -> Result<Given<'a>, Raised> {
    match (target, value) {
        (Some(Expr::Name(target)), _) if target.id == name => Ok(Given::One(value)),
        (Some(Expr::Tuple(targets)), Expr::Tuple(values)) => {
            for (index, target) in targets.elts.iter().enumerate() {
                // Bandit asks each target for its name, and raises where it has none.
                let Expr::Name(target) = target else {
                    return Err(Raised);
                };
                if target.id == name {
                    return values.elts.get(index).map(Given::One).ok_or(Raised);
                }
            }
            Ok(Given::Nothing)
        }
        _ => Ok(Given::Nothing),
    }
}
