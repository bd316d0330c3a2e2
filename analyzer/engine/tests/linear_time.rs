//! Eight times the input takes about eight times the work, for shapes on which Bandit, Radon or a
//! careless port of them take sixty-four times as much.
//!
//! Work is the processor time of the test's own thread, so a busy machine does not disturb it.

#![cfg(target_os = "linux")]

use codedetect_engine::analyze;
use rustix::time::{ClockId, clock_gettime};

/// How often the shapes repeat at first, and how much more often then.
const UNITS: usize = 1_500;
const FACTOR: usize = 8;

/// What is allowed beyond the factor: caches and the allocator are not linear. A quadratic part
/// would be at 8.
const SLACK: f64 = 3.0;

/// Repeats the middle.
fn shape(before: &str, unit: &str, after: &str, units: usize) -> Vec<u8> {
    [before, &unit.repeat(units), after].concat().into_bytes()
}

/// Nanoseconds that this thread has run.
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn work(bytes: &[u8]) -> f64 {
    let once = || {
        let before = processor_time();
        std::hint::black_box(analyze("input.py", bytes));
        processor_time() - before
    };
    (0..3).map(|_| once()).fold(f64::INFINITY, f64::min)
}

fn assert_linear(before: &str, unit: &str, after: &str) {
    let small = work(&shape(before, unit, after, UNITS));
    let large = work(&shape(before, unit, after, UNITS * FACTOR));
    let ratio = large / small / FACTOR as f64;
    assert!(
        ratio < SLACK,
        "{before:?} {unit:?}: {ratio:.1} times the linear work"
    );
}

#[test]
fn statements_of_many_lines() {
    assert_linear("x = '''\n", "a line of text\n", "'''\n");
    assert_linear("x = {\n", "    'key': ('value', 1.5),\n", "}\n");
    assert_linear("x = (\n", "    'a text' # with a comment\n", ")\n");
    assert_linear("x = f(\n", "\n", ")\n");
    assert_linear("x = 1", " \\\n", "\n\n");
    assert_linear("f'''", "{x!r:>{y}} and\n", "'''\n");
}

#[test]
fn statements_of_one_long_line() {
    assert_linear("x = [", "1, 'a', ", "]\n");
    assert_linear("x = a", " or a == 'b'", "\n");
    assert_linear("", "a; b: c; ", "\n");
    assert_linear("import os", ", sys", "\n");
    assert_linear("f(", "password='x', ", ")\n");
    assert_linear("x = '%s' % (", "y, ", ")\n");
}

#[test]
fn many_statements() {
    assert_linear("", "x = a + 'b' * 2\n", "");
    assert_linear("", "def f(a, b=None):\n    return a if b else f(b)\n", "");
    assert_linear("class A:\n", "    def m(self): pass\n", "");
    assert_linear("if a: pass\n", "elif b: pass\n", "");
    assert_linear("def f():\n", "    eval(x)\n", "");
    assert_linear("", "try: pass\nexcept: pass\n", "");
    assert_linear(
        "",
        "subprocess.Popen('a ' + b, shell=True)  # nosec B602\n",
        "",
    );
    assert_linear("", "import a.b as c\n", "c.d(e)\n");
    assert_linear("x = ''\n", "x = x + 'select ' + y\n", "mark_safe(x)\n");
}

#[test]
fn what_is_no_code() {
    assert_linear("", "# nosec\n", "");
    assert_linear("", "# a comment\x0c # another\n", "");
    assert_linear("", "\n", "");
    assert_linear("", "\r", "");
    assert_linear("", "\u{2028}", "");
}

#[test]
fn what_is_no_python() {
    assert_linear("x = (\n", "a\n", "");
    assert_linear("'''\n", "a\n", "");
    assert_linear("", "'\n", "");
    assert_linear("", "$ ? !\n", "");
    assert_linear("", "\u{202e}x\n", "");
    assert_linear("", "if x:\n  y\n z\n", "");
    assert_linear("", "0x\n", "");
}
