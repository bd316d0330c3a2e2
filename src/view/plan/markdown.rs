//! A plan as the comment on a pull request.

use super::entries::{Section, sections};
use super::human::{FIELDS, cost_sentence, summary_text, unblock, what_if_sentence};
use super::{Detail, PlanView};
use crate::view::page::{Look, Page, one_line};
use crate::view::redact::Redactions;
use crate::view::words;

/// GitHub refuses a comment of more characters; bytes are counted here, so that no count of
/// characters disagrees.
const LIMIT: usize = 65_536;
/// What the note about the rest needs.
const NOTE: usize = 256;
/// A plan of more lines is folded.
const LONG: usize = 60;
/// A comment is read on a page wider than a terminal.
const WIDTH: usize = 100;

impl PlanView<'_> {
    /// The plan as a comment, shorter than GitHub allows.
    pub fn markdown(&self, redactions: &Redactions) -> String {
        let look = Look {
            redactions: redactions.clone(),
            ..Look::plain(WIDTH)
        };
        let plan = self.plan;
        let scope = &plan.scope;
        let mut out = format!(
            "### Plan for {} in {}\n\n",
            code(&scope.prefix()),
            code(&scope.region)
        );
        if plan.is_empty() {
            out.push_str("**No changes.** AWS is as the file says.\n");
        } else {
            out.push_str(&format!("**{}**\n", summary_text(&plan.summary())));
        }
        if let Some(cost) = self.cost.filter(|_| !plan.is_empty()) {
            out.push_str(&format!("\n{}\n", escape(&cost_sentence(cost))));
            for one in &cost.what_if {
                out.push_str(&format!("- {}\n", escape(&what_if_sentence(one))));
            }
        }
        self.warnings(&mut out);
        let blocks = self.blocks(&look);
        let lines: usize = blocks.iter().map(|block| block.body.lines().count()).sum();
        let mut left_out = 0;
        for block in &blocks {
            let room = LIMIT.saturating_sub(out.len() + NOTE);
            match block.render(lines > LONG, room) {
                Some(text) if left_out == 0 => out.push_str(&text),
                _ => left_out += 1,
            }
        }
        if left_out > 0 {
            out.push_str(&format!(
                "\n**This comment is full:** {} not shown. The plan's own output has everything.\n",
                words::count(left_out, "part")
            ));
        }
        truncated(out)
    }

    /// What must not be overlooked stands before the folds.
    fn warnings(&self, out: &mut String) {
        let plan = self.plan;
        let mut warnings = Vec::new();
        for section in sections(plan, self.sections) {
            for entry in &section.entries {
                let address = code(entry.step.address.as_str());
                for way in entry.interrupts() {
                    warnings.push(format!("{address} interrupts: {}", escape(way)));
                }
                if entry.loses_data() {
                    let remains = entry.remains().unwrap_or("what it holds is lost");
                    warnings.push(format!("{address} loses its data: {remains}"));
                }
            }
        }
        if !plan.blocked.is_empty() {
            let options = code(&unblock(plan));
            warnings.push(format!(
                "blocked: {} would lose data; {options} lets it go",
                words::count(plan.blocked.len(), "resource")
            ));
        }
        if warnings.is_empty() {
            return;
        }
        let more = warnings.len().saturating_sub(SAID);
        out.push_str("\n> [!WARNING]\n");
        for warning in warnings.iter().take(SAID) {
            out.push_str(&format!("> - {warning}\n"));
        }
        if more > 0 {
            out.push_str(&format!("> - and {more} more\n"));
        }
    }

    fn blocks(&self, look: &Look) -> Vec<Block> {
        let plan = self.plan;
        let mut blocks: Vec<Block> = sections(plan, self.sections)
            .iter()
            .map(|section| self.block(section, look))
            .collect();
        let rest = PlanView {
            plan: &crate::plan::Plan {
                steps: Vec::new(),
                ..plan.clone()
            },
            cost: None,
            sections: self.sections,
            detail: Detail::Terse,
        };
        let human = rest.human(look);
        // Without steps the human view is what is left alone, unclaimed and blocked, and the
        // line that nothing changes.
        let body: Vec<&str> = human.lines().collect();
        let body = body[..body.len().saturating_sub(1)].join("\n");
        if !body.trim().is_empty() {
            blocks.push(Block {
                title: "what is not changed".to_owned(),
                body: format!("{}\n", body.trim_end()),
                diff: false,
            });
        }
        blocks
    }

    fn block(&self, section: &Section<'_>, look: &Look) -> Block {
        let mut page = Page::new(look);
        self.section(&mut page, section);
        let body: String = page
            .finish()
            .lines()
            .skip(1)
            .map(|line| format!("{}\n", as_diff(line)))
            .collect();
        let changes = words::count(section.entries.len(), "change");
        Block {
            title: format!("{}: {changes}", section.name),
            body,
            diff: true,
        }
    }
}

/// Warnings said one by one.
const SAID: usize = 20;

/// Where the human view has the marks of tags and of lines that differ.
const MARKED: [usize; 2] = [FIELDS, FIELDS + 2];

/// A line of the human view with its mark in the first column, where a diff has it.
fn as_diff(line: &str) -> String {
    for (sign, mark) in [
        ("  + ", "+ "),
        ("  - ", "- "),
        ("  ~ ", "! "),
        ("  … ", "# "),
        ("-/+ ", "! -/+ "),
        ("+/- ", "! +/- "),
    ] {
        if let Some(rest) = line.strip_prefix(sign) {
            return format!("{mark}{rest}");
        }
    }
    let text = line.trim_start();
    let indent = line.len() - text.len();
    match text.split_at_checked(2) {
        Some((mark @ ("+ " | "- "), rest)) if MARKED.contains(&indent) => {
            format!("{mark}{}{rest}", " ".repeat(indent - 2))
        }
        // A text which happens to begin like a mark must not be coloured as one.
        _ => format!(" {line}"),
    }
}

/// A fenced part of the comment.
struct Block {
    title: String,
    body: String,
    diff: bool,
}

impl Block {
    /// The block, folded or open; nothing where there is no room even for a part of it.
    fn render(&self, fold: bool, room: usize) -> Option<String> {
        let longest = longest_run(&self.body, '`');
        let fence = "`".repeat(longest.max(2) + 1);
        let language = if self.diff { "diff" } else { "text" };
        let title = escape(&self.title);
        let (open, close) = if fold {
            (
                format!("\n<details><summary>{title}</summary>\n\n"),
                "\n</details>\n",
            )
        } else {
            (format!("\n**{title}**\n\n"), "")
        };
        let frame = open.len() + close.len() + 2 * fence.len() + language.len() + 3;
        let body = fitting(&self.body, room.checked_sub(frame)?)?;
        Some(format!("{open}{fence}{language}\n{body}{fence}\n{close}"))
    }
}

/// The lines that fit, and a note of how many do not.
fn fitting(body: &str, room: usize) -> Option<String> {
    const MORE: usize = 40;
    if body.len() <= room {
        return Some(body.to_owned());
    }
    let mut kept = String::new();
    let mut lines = body.split_inclusive('\n').peekable();
    while let Some(line) = lines.next_if(|line| kept.len() + line.len() + MORE <= room) {
        kept.push_str(line);
    }
    if kept.is_empty() {
        return None;
    }
    kept.push_str(&format!("# … {} more lines\n", lines.count()));
    Some(kept)
}

fn longest_run(text: &str, of: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A name set as code; a backtick in it cannot end the code.
fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'"))
}

/// A text that stands outside a fence: nothing in it is markup or mentions a person.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '@' => escaped.push_str("&#64;"),
            '*' | '_' | '`' | '[' | ']' | '#' | '|' | '\\' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

/// The last word: however the parts were reckoned, the comment is not refused.
fn truncated(mut out: String) -> String {
    if out.len() >= LIMIT {
        let end = out.floor_char_boundary(LIMIT - 1 - 4);
        out.truncate(end);
        out.push_str(" …\n");
    }
    out
}
