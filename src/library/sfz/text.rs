//! The text of an SFZ file as it is meant: without comments, with what it includes, its variables
//! replaced; and the headers and opcodes in it.

use std::path::Path;

use super::files::Files;
use crate::instrument::open;

/// Longer texts aren't SFZ files, with all that they include, bytes.
const LONGEST: usize = 32 << 20;
/// Longer values of variables aren't names: each may hold others twice, bytes.
const LONGEST_VALUE: usize = 1_024;
/// Files that include files, and how many in all: a file may include itself.
const DEEPEST: usize = 16;
const MOST: usize = 4_096;

/// A header or an opcode.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Header(String),
    Opcode(String, String),
}

/// All that an SFZ file says, in order.
pub(super) fn tokens(file: &Path, files: &mut Files) -> Vec<Token> {
    let mut reading = Reading {
        files,
        variables: Vec::new(),
        text: String::new(),
        left: (LONGEST, MOST),
    };
    reading.file(file, 0);
    split(&reading.text)
}

struct Reading<'a> {
    files: &'a mut Files,
    /// Longer names first: `$KEYS` isn't `$KEY`.
    variables: Vec<(String, String)>,
    text: String,
    /// Bytes, and files.
    left: (usize, usize),
}

impl Reading<'_> {
    fn file(&mut self, file: &Path, depth: usize) {
        if depth > DEEPEST || self.left.1 == 0 {
            return;
        }
        let Ok(bytes) = open::read(file, self.left.0 as u64) else {
            return;
        };
        let text = decoded(bytes);
        self.left = (self.left.0.saturating_sub(text.len()), self.left.1 - 1);
        for line in without_comments(&text).lines() {
            self.line(line, file, depth);
            self.text.push('\n');
        }
    }

    fn line(&mut self, mut line: &str, file: &Path, depth: usize) {
        while let Some((before, directive, rest)) = next_directive(line) {
            self.say(before);
            line = match directive {
                Directive::Define => self.define(rest),
                Directive::Include => {
                    let (path, rest) = quoted(rest);
                    let path = self.replaced(path);
                    let included = self.files.included(&path, file);
                    if let Some(included) = included {
                        self.text.push('\n');
                        self.file(&included, depth + 1);
                    }
                    rest
                }
            };
        }
        self.say(line);
    }

    /// `$NAME value`; the rest of the line is returned.
    fn define<'a>(&mut self, rest: &'a str) -> &'a str {
        let rest = rest.trim_start();
        let (name, rest) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        let rest = rest.trim_start();
        let (value, rest) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        let value = self.replaced(value);
        if name.len() > 1 && value.len() <= LONGEST_VALUE {
            self.variables.retain(|(known, _)| known != name);
            self.variables.push((name.to_owned(), value));
            self.variables
                .sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        }
        rest
    }

    fn say(&mut self, text: &str) {
        let text = self.replaced(text);
        // Variables may be longer than their names.
        if let Some(left) = self.left.0.checked_sub(text.len()) {
            self.left.0 = left;
            self.text.push_str(&text);
        }
    }

    fn replaced(&self, text: &str) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$')
            && replaced.len() <= LONGEST
        {
            let (before, from) = rest.split_at(at);
            replaced.push_str(before);
            let known = self
                .variables
                .iter()
                .find(|(name, _)| from.starts_with(name.as_str()));
            let (said, length) = known.map_or(("$", 1), |(name, value)| (value, name.len()));
            replaced.push_str(said);
            rest = &from[length..];
        }
        replaced + rest
    }
}

/// Text in UTF-8, or in the Western code page that older editors write.
fn decoded(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes);
    let text =
        text.unwrap_or_else(|fault| fault.into_bytes().into_iter().map(char::from).collect());
    text.trim_start_matches('\u{feff}').replace('\r', "\n")
}

/// Without `// …` and `/* … */`, each of which hides the other.
fn without_comments(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('/') {
        bare.push_str(before);
        rest = if let Some(line) = after.strip_prefix('/') {
            bare.push(' ');
            line.find('\n').map_or("", |end| &line[end..])
        } else if let Some(stretch) = after.strip_prefix('*') {
            bare.push(' ');
            stretch.split_once("*/").map_or("", |(_, after)| after)
        } else {
            bare.push('/');
            after
        };
    }
    bare + rest
}

enum Directive {
    Define,
    Include,
}

/// What comes before the next `#define` or `#include`, and after it.
fn next_directive(line: &str) -> Option<(&str, Directive, &str)> {
    let find = |word: &str, then: char| {
        let mut places = line.match_indices(word).map(|(at, _)| at);
        places.find(|at| {
            let rest = &line[at + word.len()..];
            rest.trim_start().starts_with(then)
                && (then == '"' || rest.starts_with(char::is_whitespace))
        })
    };
    let (define, include) = ("#define", "#include");
    let found = [
        find(define, '$').map(|at| (at, Directive::Define, define)),
        find(include, '"').map(|at| (at, Directive::Include, include)),
    ];
    let (at, directive, word) = found.into_iter().flatten().min_by_key(|(at, ..)| *at)?;
    Some((&line[..at], directive, &line[at + word.len()..]))
}

/// What is within the quotes that a text begins with, and what follows.
fn quoted(text: &str) -> (&str, &str) {
    let text = text.trim_start().trim_start_matches('"');
    text.split_once('"').unwrap_or((text, ""))
}

/// Headers and opcodes in order. A value goes on to the next opcode, for samples have spaces in
/// their names.
fn split(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for line in text.lines() {
        for part in line
            .split_inclusive('>')
            .flat_map(|part| part.split_inclusive('<'))
        {
            let part = part.trim_end_matches('<');
            if let Some(header) = part.trim().strip_suffix('>') {
                tokens.push(Token::Header(header.trim().to_lowercase()));
                continue;
            }
            let begins: Vec<usize> = opcodes(part);
            let ends = begins.iter().skip(1).copied().chain([part.len()]);
            for (begin, end) in begins.iter().zip(ends) {
                if let Some((name, value)) = part[*begin..end].split_once('=') {
                    let value = value.trim().trim_matches('"').to_owned();
                    tokens.push(Token::Opcode(name.to_lowercase(), value));
                }
            }
        }
    }
    tokens
}

/// Where the opcodes of a text begin: words with a name before their `=`, outside quotes.
fn opcodes(text: &str) -> Vec<usize> {
    let (mut begins, mut quotes) = (Vec::new(), false);
    let mut after_space = true;
    for (at, letter) in text.char_indices() {
        if after_space && !quotes {
            let word = text[at..]
                .split(char::is_whitespace)
                .next()
                .unwrap_or_default();
            let name = word.split_once('=').map_or("", |(name, _)| name);
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if !name.is_empty() && name.chars().all(is_name) {
                begins.push(at);
            }
        }
        let opens = letter == '"' && (quotes || text[..at].ends_with('='));
        quotes ^= opens && (quotes || text[at + 1..].contains('"'));
        after_space = letter.is_whitespace();
    }
    begins
}
