//! What an exception handler takes, as B110 and B112 see it.

use ruff_python_ast::{ExceptHandlerExceptHandler, Expr};

/// Whether a handler is bare or names `Exception`.
pub(super) fn takes_any(handler: &ExceptHandlerExceptHandler) -> bool {
    match handler.type_.as_deref() {
        None => true,
        Some(Expr::Name(name)) => name.id == "Exception",
        Some(_) => false,
    }
}
