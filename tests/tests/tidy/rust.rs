//! Rust source taken apart just far enough: code, comments, literals, functions.
//!
//! Not a parser: it knows strings, raw strings, characters, lifetimes and nested comments, and counts braces.

/// A comment or the content of a string literal.
pub(crate) struct Piece {
    /// The line that it begins on, from 1.
    pub(crate) line: usize,
    /// The text, without quotes but with escapes as written.
    pub(crate) text: String,
    /// True for a literal that is the first argument of a method called `text`.
    pub(crate) after_text_call: bool,
    offset: usize,
}

/// A function with a body.
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// The line of `fn`, from 1.
    pub(crate) line: usize,
    /// Lines from `fn` to the closing brace.
    pub(crate) lines: usize,
}

/// One source file, taken apart.
pub(crate) struct Source {
    /// The code with comments and literals cut out, line feeds kept.
    code: String,
    comments: Vec<Piece>,
    literals: Vec<Piece>,
}

impl Source {
    /// Takes `text` apart.
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = Reader {
            rest: text,
            line: 1,
            source: Self { code: String::new(), comments: Vec::new(), literals: Vec::new() },
        };
        while reader.step() {}
        reader.source
    }

    /// The code, with comments and literals cut out.
    #[allow(dead_code, reason = "rows.rs reads it")]
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// All comments.
    pub(crate) fn comments(&self) -> impl Iterator<Item = &Piece> {
        self.comments.iter()
    }

    /// The string literals before the file's test module.
    pub(crate) fn literals_before_tests(&self) -> impl Iterator<Item = &Piece> {
        let end = self.code_before_tests().len();
        self.literals.iter().filter(move |literal| literal.offset < end)
    }

    /// The code before the file's test module.
    pub(crate) fn code_before_tests(&self) -> &str {
        let inline = self.code.match_indices("#[cfg(test)]").find(|(offset, marker)| {
            let rest = self.code[offset + marker.len()..].trim_start();
            let line = rest.lines().next().unwrap_or_default();
            line.starts_with("mod ") && line.ends_with('{')
        });
        inline.map_or(&self.code, |(offset, _)| &self.code[..offset])
    }

    /// How many lines stand before the file's test module.
    pub(crate) fn lines_before_tests(&self) -> usize {
        self.code_before_tests().lines().count()
    }

    /// All functions that have a body.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let starts = self.code.match_indices("fn ").filter(|(offset, _)| {
            !self.code[..*offset].ends_with(|c: char| c.is_alphanumeric() || c == '_')
        });
        starts.filter_map(|(offset, _)| self.function(offset)).collect()
    }

    fn function(&self, offset: usize) -> Option<Function> {
        let rest = &self.code[offset..];
        let name: String =
            rest[3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let (mut nested, mut depth) = (0, 0);
        for (index, c) in rest.char_indices() {
            match c {
                '(' | '[' => nested += 1,
                ')' | ']' => nested -= 1,
                ';' if nested == 0 && depth == 0 => return None,
                '{' => depth += 1,
                '}' if depth == 1 => {
                    let line = self.code[..offset].matches('\n').count() + 1;
                    let lines = rest[..index].matches('\n').count() + 1;
                    return (!name.is_empty()).then_some(Function { name, line, lines });
                }
                '}' => depth -= 1,
                _ => {}
            }
        }
        None
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    source: Source,
}

impl Reader<'_> {
    /// Takes one comment, literal or character of code off the front; false at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        let taken = if self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.comment(end)
        } else if self.rest.starts_with("/*") {
            self.comment(block_comment_end(self.rest))
        } else if let Some(hashes) = raw_string_hashes(self.rest).filter(|_| !self.in_word()) {
            self.raw_string(hashes)
        } else if first == '"' {
            self.literal(1, string_end(self.rest), 1)
        } else if let Some(end) = character_end(self.rest) {
            self.source.code.push_str("''");
            end
        } else {
            self.source.code.push(first);
            self.line += usize::from(first == '\n');
            first.len_utf8()
        };
        self.rest = self.rest.get(taken..).unwrap_or_default();
        true
    }

    /// True when the next character goes on with a word, so that an `r` there begins no raw string.
    fn in_word(&self) -> bool {
        let code = self.source.code.strip_suffix(['b', 'c']).unwrap_or(&self.source.code);
        code.ends_with(|c: char| c.is_alphanumeric() || c == '_')
    }

    fn comment(&mut self, end: usize) -> usize {
        let piece = self.piece(0, end, 0);
        self.source.comments.push(piece);
        end
    }

    fn raw_string(&mut self, hashes: usize) -> usize {
        let open = hashes + 2;
        let close = format!("\"{}", "#".repeat(hashes));
        let content = self.rest.get(open..).and_then(|rest| rest.find(&close));
        self.literal(open, content.map_or(self.rest.len(), |i| open + i + close.len()), close.len())
    }

    fn literal(&mut self, open: usize, end: usize, close: usize) -> usize {
        let piece = self.piece(open, end, close);
        self.source.literals.push(piece);
        end
    }

    /// Cuts a piece of `end` bytes, with `open` and `close` bytes around its text, and keeps its line feeds as code.
    fn piece(&mut self, open: usize, end: usize, close: usize) -> Piece {
        let whole = self.rest.get(..end).unwrap_or_default();
        let text = self.rest.get(open..end.saturating_sub(close)).unwrap_or_default();
        let after_text_call = self.source.code.trim_end().ends_with(".text(");
        let offset = self.source.code.len();
        let line = self.line;
        let feeds = whole.matches('\n').count();
        self.line += feeds;
        self.source.code.push_str(&"\n".repeat(feeds));
        Piece { line, text: text.to_owned(), after_text_call, offset }
    }
}

fn block_comment_end(text: &str) -> usize {
    let (mut depth, mut index) = (0, 0);
    while let Some(rest) = text.get(index..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            index += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            index += 2;
            if depth == 0 {
                return index;
            }
        } else {
            index += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// How many number signs open the raw string at the start of `text`, if there is one.
fn raw_string_hashes(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('r')?;
    let hashes = rest.bytes().take_while(|b| *b == b'#').count();
    rest.get(hashes..)?.starts_with('"').then_some(hashes)
}

fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

/// Where the character literal at the start of `text` ends; `None` for a lifetime or anything else.
fn character_end(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('\'')?;
    let mut chars = rest.char_indices();
    let (_, first) = chars.next()?;
    if first == '\\' {
        let (escape_end, _) = chars.nth(1)?;
        return Some(1 + escape_end + rest.get(escape_end..)?.find('\'')? + 1);
    }
    let (second, quote) = chars.next()?;
    (quote == '\'').then_some(1 + second + 1)
}

#[test]
fn source_is_taken_apart() {
    let source = Source::read(
        "// one \"no string\"\nfn a<'x>(b: [u8; 2]) -> char {\n    c.text(\n        \"key\",\n    );\n    '{'\n}\n\
         /* two /* nested */ */ const R: &str = r#\"raw \"q\" }\"#;\nfn d();\n\
         const E: char = '\\'';\n#[cfg(test)]\nmod tests {\n    const F: &str = \"late\";\n}\n",
    );
    let texts: Vec<_> = source.literals.iter().map(|l| (l.line, l.text.as_str())).collect();
    assert_eq!(texts, [(4, "key"), (8, "raw \"q\" }"), (13, "late")]);
    assert_eq!(source.literals.iter().filter(|l| l.after_text_call).count(), 1);
    assert_eq!(source.literals_before_tests().count(), 2);
    assert_eq!(source.comments().count(), 2);
    let functions: Vec<_> =
        source.functions().into_iter().map(|f| (f.name, f.line, f.lines)).collect();
    assert_eq!(functions, [("a".to_owned(), 2, 6)]);
    assert_eq!(source.lines_before_tests(), 10);
}
