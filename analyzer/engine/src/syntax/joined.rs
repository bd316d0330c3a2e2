//! f-strings as CPython's `JoinedStr`: its values, where neighbouring texts are one constant.

use std::borrow::Cow;
use std::rc::Rc;

use ruff_python_ast::{
    ExprFString, FStringPart, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringElements,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// A value of a `JoinedStr`.
pub(crate) enum Piece<'a> {
    /// A `Constant`.
    Text {
        value: Cow<'a, str>,
        range: TextRange,
    },
    /// A `FormattedValue`.
    Formatted(&'a InterpolatedElement),
}

/// The values of a `JoinedStr`, in order.
#[derive(Clone)]
pub(crate) struct Pieces<'a>(Rc<[Piece<'a>]>);

impl<'a> Pieces<'a> {
    /// Of an f-string, with all that is concatenated to it.
    pub(crate) fn of_string(string: &'a ExprFString) -> Self {
        let mut fold = Fold::default();
        for part in &string.value {
            match part {
                FStringPart::Literal(literal) => {
                    fold.text(Cow::Borrowed(&literal.value), literal.range());
                }
                FStringPart::FString(inner) => fold.elements(&inner.elements),
            }
        }
        fold.finish()
    }

    /// Of a format specification.
    pub(crate) fn of_elements(elements: &'a InterpolatedStringElements) -> Self {
        let mut fold = Fold::default();
        fold.elements(elements);
        fold.finish()
    }

    /// The values.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Piece<'a>> {
        self.0.iter()
    }

    /// The text at an index, if it is one.
    pub(crate) fn text(&self, index: usize) -> Option<(&str, TextRange)> {
        match self.0.get(index)? {
            Piece::Text { value, range } => Some((value, *range)),
            Piece::Formatted(_) => None,
        }
    }

    /// The index of the first text.
    pub(crate) fn first_text(&self) -> Option<usize> {
        self.iter()
            .position(|piece| matches!(piece, Piece::Text { .. }))
    }

    /// All texts as one.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.iter().filter_map(|piece| match piece {
            Piece::Text { value, .. } => Some(&**value),
            Piece::Formatted(_) => None,
        })
    }
}

#[derive(Default)]
struct Fold<'a> {
    pieces: Vec<Piece<'a>>,
    /// The constants since the last formatted value.
    open: Option<(Cow<'a, str>, TextRange)>,
}

impl<'a> Fold<'a> {
    fn elements(&mut self, elements: &'a InterpolatedStringElements) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    self.text(Cow::Borrowed(&literal.value), literal.range());
                }
                InterpolatedStringElement::Interpolation(formatted) => {
                    if let Some(debug) = &formatted.debug_text {
                        let start = formatted.start() + TextSize::from(1);
                        let shown = debug.as_str();
                        let range = TextRange::at(start, TextSize::of(shown));
                        self.text(Cow::Borrowed(shown), range);
                    }
                    self.close();
                    self.pieces.push(Piece::Formatted(formatted));
                }
            }
        }
    }

    fn text(&mut self, value: Cow<'a, str>, range: TextRange) {
        match &mut self.open {
            Some((before, before_range)) => {
                before.to_mut().push_str(&value);
                *before_range = before_range.cover(range);
            }
            open => *open = Some((value, range)),
        }
    }

    fn close(&mut self) {
        if let Some((value, range)) = self.open.take()
            && !value.is_empty()
        {
            self.pieces.push(Piece::Text { value, range });
        }
    }

    fn finish(mut self) -> Pieces<'a> {
        self.close();
        Pieces(self.pieces.into())
    }
}
