//! The one walk over a syntax tree that serves both complexity and Halstead's figures. It visits
//! what Radon's visitors visit of CPython's tree, in ruff's.
//!
//! Expressions wait in a list rather than on the stack: neither figure depends on their order
//! within a statement.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::{
    Arguments, Comprehension, Decorator, ExceptHandler, Expr, FStringPart,
    InterpolatedStringElement, Parameters, Pattern, Stmt, StmtClassDef, StmtFunctionDef, TypeParam,
    TypeParams,
};
use ruff_text_size::{Ranged, TextSize};

use super::complexity::{Scope, of_match, of_try};
use super::halstead::Tally;

/// What the walk found.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) tally: Tally<'a>,
}

/// Walks a file.
pub(super) fn walk<'a>(source: &'a str, body: &'a [Stmt], tokens: &Tokens) -> Found<'a> {
    let mut walk = Walk {
        tokens,
        scope: Scope::default(),
        tally: Tally::of(source),
        waiting: Vec::new(),
        decides: true,
    };
    walk.body(body);
    Found {
        scope: walk.scope,
        tally: walk.tally,
    }
}

struct Walk<'a, 't> {
    tokens: &'t Tokens,
    scope: Scope<'a>,
    tally: Tally<'a>,
    /// Expressions of the present statement that are still to be visited.
    waiting: Vec<&'a Expr>,
    /// Whether expressions count for complexity: not in an `assert` nor in a class's bases.
    decides: bool,
}

impl<'a> Walk<'a, '_> {
    fn body(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn node(&mut self, start: TextSize) {
        if self.decides {
            self.scope.node(start);
        }
    }

    fn decide(&mut self, count: usize) {
        if self.decides {
            self.scope.decisions += count as u64;
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => return self.function(function),
            Stmt::ClassDef(class) => return self.class(class),
            Stmt::Assert(assert) => {
                self.decide(1);
                let decides = std::mem::replace(&mut self.decides, false);
                self.expression(&assert.test);
                self.expressions(assert.msg.as_deref());
                self.decides = decides;
                return;
            }
            _ => self.node(statement.start()),
        }
        match statement {
            Stmt::Return(node) => self.expressions(node.value.as_deref()),
            Stmt::Delete(node) => self.expressions(&node.targets),
            Stmt::TypeAlias(node) => {
                self.expression(&node.name);
                self.type_params(node.type_params.as_deref());
                self.expression(&node.value);
            }
            Stmt::Assign(node) => {
                self.expressions(&node.targets);
                self.expression(&node.value);
            }
            Stmt::AugAssign(node) => {
                self.tally.operators(node.op, 1);
                self.tally.operand(&node.target);
                self.tally.operand(&node.value);
                self.expression(&node.target);
                self.expression(&node.value);
            }
            Stmt::AnnAssign(node) => {
                self.expression(&node.target);
                self.expression(&node.annotation);
                self.expressions(node.value.as_deref());
            }
            Stmt::For(node) => {
                self.decide(1 + usize::from(!node.orelse.is_empty()));
                self.expression(&node.target);
                self.expression(&node.iter);
                self.body(&node.body);
                self.body(&node.orelse);
            }
            Stmt::While(node) => {
                self.decide(1 + usize::from(!node.orelse.is_empty()));
                self.expression(&node.test);
                self.body(&node.body);
                self.body(&node.orelse);
            }
            Stmt::If(node) => {
                self.decide(1);
                self.expression(&node.test);
                self.body(&node.body);
                for clause in &node.elif_else_clauses {
                    // An `elif` is an `if` of its own; an `else` is no node.
                    if let Some(test) = &clause.test {
                        self.decide(1);
                        self.node(clause.start());
                        self.expression(test);
                    }
                    self.body(&clause.body);
                }
            }
            Stmt::With(node) => {
                for item in &node.items {
                    self.expression(&item.context_expr);
                    self.expressions(item.optional_vars.as_deref());
                }
                self.body(&node.body);
            }
            Stmt::Match(node) => {
                self.scope.decisions += of_match(&node.cases);
                self.expression(&node.subject);
                for case in &node.cases {
                    self.pattern(&case.pattern);
                    self.expressions(case.guard.as_deref());
                    self.body(&case.body);
                }
            }
            Stmt::Raise(node) => {
                self.expressions(node.exc.as_deref());
                self.expressions(node.cause.as_deref());
            }
            Stmt::Try(node) => {
                self.scope.decisions += of_try(node);
                self.body(&node.body);
                for ExceptHandler::ExceptHandler(handler) in &node.handlers {
                    self.node(handler.start());
                    self.expressions(handler.type_.as_deref());
                    self.body(&handler.body);
                }
                self.body(&node.orelse);
                self.body(&node.finalbody);
            }
            Stmt::Import(node) => node.names.iter().for_each(|name| self.node(name.start())),
            Stmt::ImportFrom(node) => node.names.iter().for_each(|name| self.node(name.start())),
            Stmt::Expr(node) => self.expression(&node.value),
            Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::Assert(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    /// Radon sees nothing of a function but its body, and gives each statement of it a visitor of
    /// its own. It asks the last of them alone where the function ends.
    fn function(&mut self, function: &'a StmtFunctionDef) {
        let around = self.tally.enter(&function.name);
        let scope = std::mem::take(&mut self.scope);
        for statement in &function.body {
            self.scope.last = None;
            self.body(std::slice::from_ref(statement));
        }
        let inner = std::mem::replace(&mut self.scope, scope);
        self.tally.leave(around);
        let start = self.keyword(function.start(), &function.decorator_list);
        self.scope
            .functions
            .push(inner.into_function(&function.name, start));
    }

    /// To the complexity of a class only its body counts, to Halstead's figures all of it.
    fn class(&mut self, class: &'a StmtClassDef) {
        let decides = std::mem::replace(&mut self.decides, false);
        for decorator in &class.decorator_list {
            self.expression(&decorator.expression);
        }
        self.type_params(class.type_params.as_deref());
        if let Some(arguments) = class.arguments.as_deref() {
            self.wait_for_arguments(arguments);
            self.visit_waiting();
        }
        self.decides = decides;
        let scope = std::mem::take(&mut self.scope);
        self.body(&class.body);
        let inner = std::mem::replace(&mut self.scope, scope);
        let start = self.keyword(class.start(), &class.decorator_list);
        self.scope
            .classes
            .push(inner.into_class(&class.name, start));
    }

    /// Where the `def`, `async` or `class` of a definition stands, which begins at `start` with
    /// its decorators.
    fn keyword(&self, start: TextSize, decorators: &[Decorator]) -> TextSize {
        let Some(last) = decorators.last() else {
            return start;
        };
        let after = self
            .tokens
            .partition_point(|token| token.start() < last.end());
        self.tokens[after..]
            .iter()
            .find(|token| {
                matches!(
                    token.kind(),
                    TokenKind::Def | TokenKind::Async | TokenKind::Class
                )
            })
            .map_or(start, Ranged::start)
    }

    fn type_params(&mut self, params: Option<&'a TypeParams>) {
        for param in params.iter().flat_map(|params| &params.type_params) {
            self.node(param.start());
            match param {
                TypeParam::TypeVar(param) => {
                    self.expressions(param.bound.as_deref());
                    self.expressions(param.default.as_deref());
                }
                TypeParam::TypeVarTuple(param) => self.expressions(param.default.as_deref()),
                TypeParam::ParamSpec(param) => self.expressions(param.default.as_deref()),
            }
        }
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        let mut patterns = vec![pattern];
        while let Some(pattern) = patterns.pop() {
            self.node(pattern.start());
            match pattern {
                Pattern::MatchValue(node) => self.expression(&node.value),
                Pattern::MatchSequence(node) => patterns.extend(&node.patterns),
                Pattern::MatchMapping(node) => {
                    self.expressions(&node.keys);
                    patterns.extend(&node.patterns);
                }
                Pattern::MatchClass(node) => {
                    self.expression(&node.cls);
                    patterns.extend(&node.arguments.patterns);
                    patterns.extend(
                        node.arguments
                            .keywords
                            .iter()
                            .map(|keyword| &keyword.pattern),
                    );
                }
                Pattern::MatchAs(node) => patterns.extend(node.pattern.as_deref()),
                Pattern::MatchOr(node) => patterns.extend(&node.patterns),
                Pattern::MatchSingleton(_) | Pattern::MatchStar(_) => {}
            }
        }
    }

    fn expressions(&mut self, expressions: impl IntoIterator<Item = &'a Expr>) {
        self.waiting.extend(expressions);
        self.visit_waiting();
    }

    fn expression(&mut self, expression: &'a Expr) {
        self.waiting.push(expression);
        self.visit_waiting();
    }

    fn visit_waiting(&mut self) {
        while let Some(expression) = self.waiting.pop() {
            self.visit(expression);
        }
    }
}

/// Expressions: each is counted, and lets what is in it wait.
impl<'a> Walk<'a, '_> {
    fn visit(&mut self, expression: &'a Expr) {
        self.node(expression.start());
        match expression {
            Expr::BoolOp(node) => {
                self.decide(node.values.len() - 1);
                self.tally.operators(node.op, 1);
                node.values.iter().for_each(|value| self.tally.operand(value));
                self.waiting.extend(&node.values);
            }
            Expr::BinOp(node) => {
                self.tally.operators(node.op, 1);
                self.tally.operand(&node.left);
                self.tally.operand(&node.right);
                self.waiting.extend([&*node.left, &node.right]);
            }
            Expr::UnaryOp(node) => {
                self.tally.operators(node.op, 1);
                self.tally.operand(&node.operand);
                self.waiting.push(&node.operand);
            }
            Expr::Compare(node) => {
                node.ops.iter().for_each(|&op| self.tally.operators(op, 1));
                self.tally.operand(&node.left);
                node.comparators.iter().for_each(|value| self.tally.operand(value));
                self.waiting.push(&node.left);
                self.waiting.extend(&node.comparators);
            }
            Expr::Named(node) => self.waiting.extend([&*node.target, &node.value]),
            Expr::Lambda(node) => {
                if let Some(parameters) = node.parameters.as_deref() {
                    self.parameters(parameters);
                }
                self.waiting.push(&node.body);
            }
            Expr::If(node) => {
                self.decide(1);
                self.waiting.extend([&*node.test, &node.body, &node.orelse]);
            }
            Expr::Dict(node) => {
                for item in &node.items {
                    self.waiting.extend(&item.key);
                    self.waiting.push(&item.value);
                }
            }
            Expr::Set(node) => self.waiting.extend(&node.elts),
            Expr::List(node) => self.waiting.extend(&node.elts),
            Expr::Tuple(node) => self.waiting.extend(&node.elts),
            Expr::ListComp(node) => self.comprehension([&*node.elt], &node.generators),
            Expr::SetComp(node) => self.comprehension([&*node.elt], &node.generators),
            Expr::Generator(node) => self.comprehension([&*node.elt], &node.generators),
            Expr::DictComp(node) => {
                let elements = node.key.as_deref().into_iter().chain([&*node.value]);
                self.comprehension(elements, &node.generators);
            }
            Expr::Await(node) => self.waiting.push(&node.value),
            Expr::Yield(node) => self.waiting.extend(node.value.as_deref()),
            Expr::YieldFrom(node) => self.waiting.push(&node.value),
            Expr::Call(node) => {
                self.waiting.push(&node.func);
                self.wait_for_arguments(&node.arguments);
            }
            Expr::FString(node) => self.fstring(node.value.iter()),
            Expr::Attribute(node) => self.waiting.push(&node.value),
            Expr::Subscript(node) => self.waiting.extend([&*node.value, &node.slice]),
            Expr::Starred(node) => self.waiting.push(&node.value),
            Expr::Slice(node) => {
                let parts = [&node.lower, &node.upper, &node.step];
                self.waiting.extend(parts.into_iter().flatten().map(|part| &**part));
            }
            Expr::Name(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            // Not of Python 3.13, so not in a tree that is analysed.
            | Expr::TString(_)
            | Expr::IpyEscapeCommand(_) => {}
        }
    }

    fn parameters(&mut self, parameters: &'a Parameters) {
        for parameter in parameters {
            self.node(parameter.as_parameter().start());
            self.waiting.extend(parameter.annotation());
            self.waiting.extend(parameter.default());
        }
    }

    fn wait_for_arguments(&mut self, arguments: &'a Arguments) {
        self.waiting.extend(&arguments.args);
        for keyword in &arguments.keywords {
            self.node(keyword.start());
            self.waiting.push(&keyword.value);
        }
    }

    fn comprehension(
        &mut self,
        elements: impl IntoIterator<Item = &'a Expr>,
        generators: &'a [Comprehension],
    ) {
        self.waiting.extend(elements);
        for generator in generators {
            self.decide(1 + generator.ifs.len());
            self.waiting.extend([&generator.target, &generator.iter]);
            self.waiting.extend(&generator.ifs);
        }
    }

    fn fstring<'p>(&mut self, parts: impl Iterator<Item = &'p FStringPart>)
    where
        'a: 'p,
        'p: 'a,
    {
        let mut text = JoinedText::default();
        for part in parts {
            match part {
                FStringPart::Literal(literal) => {
                    let start = text.literal(literal.start(), literal.value.is_empty());
                    start.into_iter().for_each(|start| self.node(start));
                }
                FStringPart::FString(fstring) => {
                    self.fstring_elements(&fstring.elements, &mut text)
                }
            }
        }
    }

    fn fstring_elements(
        &mut self,
        elements: impl IntoIterator<Item = &'a InterpolatedStringElement>,
        text: &mut JoinedText,
    ) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    if !literal.value.is_empty() {
                        let start = text.literal(literal.start(), false);
                        start.into_iter().for_each(|start| self.node(start));
                    }
                }
                InterpolatedStringElement::Interpolation(interpolation) => {
                    self.node(interpolation.start());
                    *text = JoinedText::default();
                    self.waiting.push(&interpolation.expression);
                    if let Some(specification) = interpolation.format_spec.as_deref() {
                        self.node(specification.start());
                        self.fstring_elements(&specification.elements, &mut JoinedText::default());
                    }
                }
            }
        }
    }
}

/// The constants between two expressions of an f-string, which CPython joins to one node that
/// begins where the first of them does. An empty one counts only for where it begins, and only
/// if it is a string of its own.
#[derive(Default)]
struct JoinedText {
    start: Option<TextSize>,
    counted: bool,
}

impl JoinedText {
    /// One more constant; where the joined one begins, the first time that it is not empty.
    fn literal(&mut self, start: TextSize, empty: bool) -> Option<TextSize> {
        let start = *self.start.get_or_insert(start);
        if empty || self.counted {
            return None;
        }
        self.counted = true;
        Some(start)
    }
}
