//! The nodes of CPython's `ast` that have children or are checked, and their children in the order
//! of its fields.

use ruff_python_ast::{
    Comprehension, ExceptHandler, ExceptHandlerExceptHandler, Expr, ExprGenerator,
    InterpolatedElement, InterpolatedStringFormatSpec, Keyword, MatchCase, Parameter, Parameters,
    Pattern, Stmt, StmtIf, TypeParam, TypeParams, WithItem,
};

use ruff_text_size::TextRange;

use super::{Piece, Pieces};

/// A node.
#[derive(Clone)]
pub(crate) enum Node<'a> {
    /// `Module`, the root.
    Module,
    Stmt(&'a Stmt),
    /// The `If` that an `elif` is: of the statement's clauses, the one at the index.
    Elif(&'a StmtIf, usize),
    Expr(&'a Expr),
    /// A generator that is the one argument of a call, without parentheses of its own: those of the
    /// call are its.
    BareGenerator(&'a ExprGenerator, TextRange),
    Arguments(&'a Parameters),
    Arg(&'a Parameter),
    Keyword(&'a Keyword),
    Comprehension(&'a Comprehension),
    WithItem(&'a WithItem),
    MatchCase(&'a MatchCase),
    Pattern(&'a Pattern),
    ExceptHandler(&'a ExceptHandlerExceptHandler),
    TypeParam(&'a TypeParam),
    /// `FormattedValue`.
    Formatted(&'a InterpolatedElement),
    /// The `JoinedStr` after the colon of a replacement field.
    FormatSpec(&'a InterpolatedStringFormatSpec),
    /// The `Constant` at an index of a `JoinedStr`.
    Text(Pieces<'a>, usize),
}

impl<'a> Node<'a> {
    /// Calls `visit` with each child.
    pub(crate) fn for_each_child(&self, visit: &mut impl FnMut(Node<'a>)) {
        match *self {
            Node::Stmt(stmt) => of_stmt(stmt, visit),
            Node::Expr(expr) => of_expr(expr, visit),
            Node::Pattern(pattern) => of_pattern(pattern, visit),
            Node::BareGenerator(generator, _) => of_generator(generator, visit),
            Node::Elif(stmt, index) => {
                if let Some(clause) = stmt.elif_else_clauses.get(index) {
                    optional(clause.test.as_ref(), visit);
                    body(&clause.body, visit);
                }
                or_else(stmt, index + 1, visit);
            }
            Node::Arguments(parameters) => {
                for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
                    visit(Node::Arg(&parameter.parameter));
                }
                if let Some(vararg) = &parameters.vararg {
                    visit(Node::Arg(vararg));
                }
                for parameter in &parameters.kwonlyargs {
                    visit(Node::Arg(&parameter.parameter));
                }
                for parameter in &parameters.kwonlyargs {
                    optional(parameter.default.as_deref(), visit);
                }
                if let Some(kwarg) = &parameters.kwarg {
                    visit(Node::Arg(kwarg));
                }
                for parameter in parameters.posonlyargs.iter().chain(&parameters.args) {
                    optional(parameter.default.as_deref(), visit);
                }
            }
            Node::Arg(parameter) => optional(parameter.annotation.as_deref(), visit),
            Node::Keyword(keyword) => visit(Node::Expr(&keyword.value)),
            Node::Comprehension(comprehension) => {
                visit(Node::Expr(&comprehension.target));
                visit(Node::Expr(&comprehension.iter));
                exprs(&comprehension.ifs, visit);
            }
            Node::WithItem(item) => {
                visit(Node::Expr(&item.context_expr));
                optional(item.optional_vars.as_deref(), visit);
            }
            Node::MatchCase(case) => {
                visit(Node::Pattern(&case.pattern));
                optional(case.guard.as_deref(), visit);
                body(&case.body, visit);
            }
            Node::ExceptHandler(handler) => {
                optional(handler.type_.as_deref(), visit);
                body(&handler.body, visit);
            }
            Node::TypeParam(parameter) => match parameter {
                TypeParam::TypeVar(variable) => {
                    optional(variable.bound.as_deref(), visit);
                    optional(variable.default.as_deref(), visit);
                }
                TypeParam::TypeVarTuple(variable) => optional(variable.default.as_deref(), visit),
                TypeParam::ParamSpec(variable) => optional(variable.default.as_deref(), visit),
            },
            Node::Formatted(formatted) => {
                visit(Node::Expr(&formatted.expression));
                if let Some(spec) = &formatted.format_spec {
                    visit(Node::FormatSpec(spec));
                }
            }
            Node::FormatSpec(spec) => pieces(&Pieces::of_elements(&spec.elements), visit),
            Node::Module | Node::Text(..) => {}
        }
    }
}

fn of_stmt<'a>(stmt: &'a Stmt, visit: &mut impl FnMut(Node<'a>)) {
    match stmt {
        Stmt::FunctionDef(function) => {
            visit(Node::Arguments(&function.parameters));
            body(&function.body, visit);
            for decorator in &function.decorator_list {
                visit(Node::Expr(&decorator.expression));
            }
            optional(function.returns.as_deref(), visit);
            type_params(function.type_params.as_deref(), visit);
        }
        Stmt::ClassDef(class) => {
            if let Some(arguments) = &class.arguments {
                exprs(&arguments.args, visit);
                for keyword in &arguments.keywords {
                    visit(Node::Keyword(keyword));
                }
            }
            body(&class.body, visit);
            for decorator in &class.decorator_list {
                visit(Node::Expr(&decorator.expression));
            }
            type_params(class.type_params.as_deref(), visit);
        }
        Stmt::Return(stmt) => optional(stmt.value.as_deref(), visit),
        Stmt::Delete(stmt) => exprs(&stmt.targets, visit),
        Stmt::TypeAlias(stmt) => {
            visit(Node::Expr(&stmt.name));
            type_params(stmt.type_params.as_deref(), visit);
            visit(Node::Expr(&stmt.value));
        }
        Stmt::Assign(stmt) => {
            exprs(&stmt.targets, visit);
            visit(Node::Expr(&stmt.value));
        }
        Stmt::AugAssign(stmt) => {
            visit(Node::Expr(&stmt.target));
            visit(Node::Expr(&stmt.value));
        }
        Stmt::AnnAssign(stmt) => {
            visit(Node::Expr(&stmt.target));
            visit(Node::Expr(&stmt.annotation));
            optional(stmt.value.as_deref(), visit);
        }
        Stmt::For(stmt) => {
            visit(Node::Expr(&stmt.target));
            visit(Node::Expr(&stmt.iter));
            body(&stmt.body, visit);
            body(&stmt.orelse, visit);
        }
        Stmt::While(stmt) => {
            visit(Node::Expr(&stmt.test));
            body(&stmt.body, visit);
            body(&stmt.orelse, visit);
        }
        Stmt::If(stmt) => {
            visit(Node::Expr(&stmt.test));
            body(&stmt.body, visit);
            or_else(stmt, 0, visit);
        }
        Stmt::With(stmt) => {
            for item in &stmt.items {
                visit(Node::WithItem(item));
            }
            body(&stmt.body, visit);
        }
        Stmt::Match(stmt) => {
            visit(Node::Expr(&stmt.subject));
            for case in &stmt.cases {
                visit(Node::MatchCase(case));
            }
        }
        Stmt::Raise(stmt) => {
            optional(stmt.exc.as_deref(), visit);
            optional(stmt.cause.as_deref(), visit);
        }
        Stmt::Try(stmt) => {
            body(&stmt.body, visit);
            for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                visit(Node::ExceptHandler(handler));
            }
            body(&stmt.orelse, visit);
            body(&stmt.finalbody, visit);
        }
        Stmt::Assert(stmt) => {
            visit(Node::Expr(&stmt.test));
            optional(stmt.msg.as_deref(), visit);
        }
        Stmt::Expr(stmt) => visit(Node::Expr(&stmt.value)),
        Stmt::Import(_)
        | Stmt::ImportFrom(_)
        | Stmt::Global(_)
        | Stmt::Nonlocal(_)
        | Stmt::Pass(_)
        | Stmt::Break(_)
        | Stmt::Continue(_)
        | Stmt::IpyEscapeCommand(_) => {}
    }
}

fn of_expr<'a>(expr: &'a Expr, visit: &mut impl FnMut(Node<'a>)) {
    match expr {
        Expr::BoolOp(expr) => exprs(&expr.values, visit),
        Expr::Named(expr) => {
            visit(Node::Expr(&expr.target));
            visit(Node::Expr(&expr.value));
        }
        Expr::BinOp(expr) => {
            visit(Node::Expr(&expr.left));
            visit(Node::Expr(&expr.right));
        }
        Expr::UnaryOp(expr) => visit(Node::Expr(&expr.operand)),
        Expr::Lambda(expr) => {
            if let Some(parameters) = &expr.parameters {
                visit(Node::Arguments(parameters));
            }
            visit(Node::Expr(&expr.body));
        }
        Expr::If(expr) => {
            visit(Node::Expr(&expr.test));
            visit(Node::Expr(&expr.body));
            visit(Node::Expr(&expr.orelse));
        }
        Expr::Dict(expr) => {
            for item in &expr.items {
                optional(item.key.as_ref(), visit);
            }
            for item in &expr.items {
                visit(Node::Expr(&item.value));
            }
        }
        Expr::Set(expr) => exprs(&expr.elts, visit),
        Expr::ListComp(expr) => {
            visit(Node::Expr(&expr.elt));
            comprehensions(&expr.generators, visit);
        }
        Expr::SetComp(expr) => {
            visit(Node::Expr(&expr.elt));
            comprehensions(&expr.generators, visit);
        }
        Expr::DictComp(expr) => {
            optional(expr.key.as_deref(), visit);
            visit(Node::Expr(&expr.value));
            comprehensions(&expr.generators, visit);
        }
        Expr::Generator(expr) => of_generator(expr, visit),
        Expr::Await(expr) => visit(Node::Expr(&expr.value)),
        Expr::Yield(expr) => optional(expr.value.as_deref(), visit),
        Expr::YieldFrom(expr) => visit(Node::Expr(&expr.value)),
        Expr::Compare(expr) => {
            visit(Node::Expr(&expr.left));
            exprs(&expr.comparators, visit);
        }
        Expr::Call(expr) => {
            visit(Node::Expr(&expr.func));
            match &*expr.arguments.args {
                [Expr::Generator(generator)] if !generator.parenthesized => {
                    visit(Node::BareGenerator(generator, expr.arguments.range));
                }
                args => exprs(args, visit),
            }
            for keyword in &expr.arguments.keywords {
                visit(Node::Keyword(keyword));
            }
        }
        Expr::FString(expr) => pieces(&Pieces::of_string(expr), visit),
        Expr::Attribute(expr) => visit(Node::Expr(&expr.value)),
        Expr::Subscript(expr) => {
            visit(Node::Expr(&expr.value));
            visit(Node::Expr(&expr.slice));
        }
        Expr::Starred(expr) => visit(Node::Expr(&expr.value)),
        Expr::List(expr) => exprs(&expr.elts, visit),
        Expr::Tuple(expr) => exprs(&expr.elts, visit),
        Expr::Slice(expr) => {
            optional(expr.lower.as_deref(), visit);
            optional(expr.upper.as_deref(), visit);
            optional(expr.step.as_deref(), visit);
        }
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::EllipsisLiteral(_)
        | Expr::Name(_)
        | Expr::TString(_)
        | Expr::IpyEscapeCommand(_) => {}
    }
}

fn of_generator<'a>(generator: &'a ExprGenerator, visit: &mut impl FnMut(Node<'a>)) {
    visit(Node::Expr(&generator.elt));
    comprehensions(&generator.generators, visit);
}

fn of_pattern<'a>(pattern: &'a Pattern, visit: &mut impl FnMut(Node<'a>)) {
    match pattern {
        Pattern::MatchValue(pattern) => visit(Node::Expr(&pattern.value)),
        Pattern::MatchSequence(pattern) => patterns(&pattern.patterns, visit),
        Pattern::MatchMapping(pattern) => {
            exprs(&pattern.keys, visit);
            patterns(&pattern.patterns, visit);
        }
        Pattern::MatchClass(pattern) => {
            visit(Node::Expr(&pattern.cls));
            patterns(&pattern.arguments.patterns, visit);
            for keyword in &pattern.arguments.keywords {
                visit(Node::Pattern(&keyword.pattern));
            }
        }
        Pattern::MatchAs(pattern) => {
            if let Some(inner) = &pattern.pattern {
                visit(Node::Pattern(inner));
            }
        }
        Pattern::MatchOr(pattern) => patterns(&pattern.patterns, visit),
        Pattern::MatchSingleton(_) | Pattern::MatchStar(_) => {}
    }
}

/// The `orelse` of an `If`: the clauses from an index on.
fn or_else<'a>(stmt: &'a StmtIf, index: usize, visit: &mut impl FnMut(Node<'a>)) {
    match stmt.elif_else_clauses.get(index) {
        Some(clause) if clause.test.is_some() => visit(Node::Elif(stmt, index)),
        Some(clause) => body(&clause.body, visit),
        None => {}
    }
}

fn body<'a>(stmts: &'a [Stmt], visit: &mut impl FnMut(Node<'a>)) {
    for stmt in stmts {
        visit(Node::Stmt(stmt));
    }
}

fn exprs<'a>(exprs: &'a [Expr], visit: &mut impl FnMut(Node<'a>)) {
    for expr in exprs {
        visit(Node::Expr(expr));
    }
}

fn optional<'a>(expr: Option<&'a Expr>, visit: &mut impl FnMut(Node<'a>)) {
    if let Some(expr) = expr {
        visit(Node::Expr(expr));
    }
}

fn patterns<'a>(patterns: &'a [Pattern], visit: &mut impl FnMut(Node<'a>)) {
    for pattern in patterns {
        visit(Node::Pattern(pattern));
    }
}

fn comprehensions<'a>(generators: &'a [Comprehension], visit: &mut impl FnMut(Node<'a>)) {
    for generator in generators {
        visit(Node::Comprehension(generator));
    }
}

fn type_params<'a>(parameters: Option<&'a TypeParams>, visit: &mut impl FnMut(Node<'a>)) {
    for parameter in parameters
        .into_iter()
        .flat_map(|parameters| &parameters.type_params)
    {
        visit(Node::TypeParam(parameter));
    }
}

fn pieces<'a>(pieces: &Pieces<'a>, visit: &mut impl FnMut(Node<'a>)) {
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text { .. } => visit(Node::Text(pieces.clone(), index)),
            Piece::Formatted(formatted) => visit(Node::Formatted(formatted)),
        }
    }
}
