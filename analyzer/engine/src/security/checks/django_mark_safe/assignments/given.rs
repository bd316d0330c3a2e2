//! What a statement gives a name: Bandit's `DeepAssignation`.

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtIf, WithItem};

use super::super::super::super::issue::Raised;

/// What a name was given by a statement.
pub(super) enum Given<'a> {
    Nothing,
    One(&'a Expr),
    /// A `with` statement that binds it.
    With,
    Many(Vec<Given<'a>>),
}

/// What a statement gives a name.
pub(super) fn given_by<'a>(stmt: &'a Stmt, name: &str) -> Result<Given<'a>, Raised> {
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

/// Calls `note` with every name that a statement may give something, and says whether Bandit may
/// raise at it for a name that it does not.
pub(super) fn for_each_name<'a>(stmt: &'a Stmt, note: &mut impl FnMut(&'a str)) -> bool {
    let mut in_all = |bodies: &[&'a [Stmt]]| {
        let mut raises = false;
        for stmt in bodies.iter().copied().flatten() {
            raises |= for_each_name(stmt, note);
        }
        raises
    };
    match stmt {
        Stmt::FunctionDef(function) => in_all(&[&function.body]),
        Stmt::With(with) => {
            let raises = in_all(&[&with.body]);
            with.items.iter().filter_map(bound).for_each(note);
            raises
        }
        Stmt::Try(stmt) => {
            let mut raises = in_all(&[&stmt.body, &stmt.orelse, &stmt.finalbody]);
            for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                raises |= in_all(&[&handler.body]);
            }
            raises
        }
        Stmt::If(stmt) => {
            let mut raises = in_all(&[&stmt.body]);
            for clause in &stmt.elif_else_clauses {
                raises |= in_all(&[&clause.body]);
            }
            raises
        }
        Stmt::For(stmt) => in_all(&[&stmt.body, &stmt.orelse]),
        Stmt::While(stmt) => in_all(&[&stmt.body, &stmt.orelse]),
        Stmt::AugAssign(assign) => {
            name_of(&assign.target).into_iter().for_each(note);
            false
        }
        Stmt::Assign(assign) => match assign.targets.first() {
            Some(Expr::Tuple(targets)) if assign.value.is_tuple_expr() => {
                targets.elts.iter().filter_map(name_of).for_each(note);
                targets.elts.iter().any(|target| !target.is_name_expr())
            }
            target => {
                target.and_then(name_of).into_iter().for_each(note);
                false
            }
        },
        _ => false,
    }
}

fn bound(item: &WithItem) -> Option<&str> {
    item.optional_vars.as_deref().and_then(name_of)
}

fn name_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        _ => None,
    }
}
