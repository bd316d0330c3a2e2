//! A call as Bandit's `Context` shows it to the checks.

use std::cell::OnceCell;

use ruff_python_ast::{Expr, ExprCall, Keyword, Stmt};
use ruff_text_size::Ranged;

use super::checks::django_mark_safe::Scopes;
use super::imports::Imports;
use super::issue::Raised;
use super::python::Value;
use super::python::value::makeable;
use super::walk::Parent;
use crate::source::Source;

/// A call.
pub(crate) struct Call<'a, 'c> {
    pub(crate) node: &'a ExprCall,
    /// What stands above it.
    pub(crate) parent: &'c Parent<'a, 'c>,
    /// The statements of the module.
    pub(crate) module: &'a [Stmt],
    pub(crate) source: &'c Source<'c>,
    pub(crate) imports: &'c Imports<'a>,
    /// The scopes in which names were followed.
    pub(crate) scopes: &'c Scopes<'a>,
    /// What is called, aliases resolved; empty where it has no name.
    pub(crate) qualname: &'c str,
    /// The last part of the qualified name.
    pub(crate) name: &'c str,
    arguments: OnceCell<Result<(), Raised>>,
    keywords: OnceCell<Result<(), Raised>>,
}

impl<'a, 'c> Call<'a, 'c> {
    pub(crate) fn new(
        node: &'a ExprCall,
        parent: &'c Parent<'a, 'c>,
        module: &'a [Stmt],
        source: &'c Source<'c>,
        imports: &'c Imports<'a>,
        scopes: &'c Scopes<'a>,
        qualname: &'c str,
    ) -> Self {
        Self {
            node,
            parent,
            module,
            source,
            imports,
            scopes,
            qualname,
            name: qualname.rsplit('.').next().unwrap_or_default(),
            arguments: OnceCell::new(),
            keywords: OnceCell::new(),
        }
    }

    /// The positional arguments.
    pub(crate) fn args(&self) -> &'a [Expr] {
        &self.node.arguments.args
    }

    /// The keyword arguments.
    pub(crate) fn keywords(&self) -> &'a [Keyword] {
        &self.node.arguments.keywords
    }

    /// The parts of the qualified name.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &'c str> {
        self.qualname.split('.')
    }

    /// Bandit's `call_args`, which makes the values of all positional arguments.
    pub(crate) fn arg_values(&self) -> Result<&'a [Expr], Raised> {
        (*self.arguments.get_or_init(|| {
            let mut literals = self.args().iter().filter(|arg| !arg.is_attribute_expr());
            literals.try_for_each(makeable)
        }))?;
        Ok(self.args())
    }

    /// Bandit's `call_keywords`, which makes the values of all keyword arguments.
    pub(crate) fn keyword_values(&self) -> Result<&'a [Keyword], Raised> {
        (*self.keywords.get_or_init(|| {
            let mut literals = self
                .keywords()
                .iter()
                .filter(|keyword| !keyword.value.is_attribute_expr());
            literals.try_for_each(|keyword| makeable(&keyword.value))
        }))?;
        Ok(self.keywords())
    }

    /// Whether a keyword argument is given.
    pub(crate) fn has_keyword(&self, name: &str) -> Result<bool, Raised> {
        Ok(self
            .keyword_values()?
            .iter()
            .any(|keyword| is_named(keyword, name)))
    }

    /// The value of a keyword argument, if it is given: of two, the last.
    pub(crate) fn keyword(&self, name: &str) -> Result<Option<Value<'a>>, Raised> {
        let mut given = self.keyword_values()?.iter().rev();
        let found = given.find(|keyword| is_named(keyword, name));
        Ok(found.map(|keyword| Value::of_argument(&keyword.value)))
    }

    /// Bandit's `get_call_arg_value`.
    pub(crate) fn keyword_value(&self, name: &str) -> Result<Value<'a>, Raised> {
        Ok(self.keyword(name)?.unwrap_or(Value::Unknown))
    }

    /// Whether a keyword argument is this string.
    pub(crate) fn keyword_is(&self, name: &str, expected: &str) -> Result<bool, Raised> {
        Ok(self.keyword_value(name)?.is_str(expected))
    }

    /// Bandit's `get_call_arg_at_position`.
    pub(crate) fn positional(&self, index: usize) -> Result<Value<'a>, Raised> {
        let Some(arg) = self.args().get(index) else {
            return Ok(Value::Unknown);
        };
        if !arg.is_attribute_expr() {
            makeable(arg)?;
        }
        Ok(Value::of_argument(arg))
    }

    /// Bandit's `get_lineno_for_call_arg`: the line of the first such keyword's value.
    pub(crate) fn keyword_line(&self, name: &str) -> Option<u32> {
        let keyword = self
            .keywords()
            .iter()
            .find(|keyword| is_named(keyword, name))?;
        Some(self.source.line(keyword.value.start()))
    }
}

fn is_named(keyword: &Keyword, name: &str) -> bool {
    keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name)
}
