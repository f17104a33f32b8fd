//! A text document in blocks, before it is Word or Markdown.

/// A document to be read and printed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    /// What it is called.
    pub(crate) title: String,
    /// The language's code: `kk`.
    pub(crate) language: &'static str,
    /// Whether its pages are wider than high.
    pub(crate) is_wide: bool,
    /// What it holds.
    pub(crate) blocks: Vec<Block>,
}

/// One block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// A heading; level 1 to 3.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(Style, String),
    /// Lines with a mark each, or numbered.
    List { is_numbered: bool, items: Vec<String> },
    /// A table.
    Grid(Grid),
    /// Columns of blocks beside each other.
    Beside(Vec<Vec<Self>>),
    /// A table of contents, of the headings of level 1.
    Contents(String),
    /// A radar.
    Chart(Chart),
    /// The end of a page.
    PageEnd,
}

/// A chart of several series over the same categories.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chart {
    /// What it shows.
    pub(crate) title: String,
    /// The names around it; three at least.
    pub(crate) categories: Vec<String>,
    /// Names and values, one value for each category.
    pub(crate) series: Vec<(String, Vec<Option<f64>>)>,
    /// The ends of the axis.
    pub(crate) axis: (f64, f64),
}

impl Chart {
    /// The chart as a block, without series that have no value; nothing if it would show nothing, or less than an area.
    pub(crate) fn block(mut self) -> Option<Block> {
        self.series.retain(|(_, values)| values.iter().any(Option::is_some));
        (self.categories.len() >= 3 && !self.series.is_empty()).then_some(Block::Chart(self))
    }
}

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Text as most of it.
    Body,
    /// A line that names what follows.
    Strong,
    /// A remark in smaller letters.
    Faint,
    /// What the reader must know of the text: that a program wrote it.
    Notice,
    /// The document's name.
    Title,
    /// The document's name on a page of its own.
    Cover,
    /// In the middle of the page.
    Centre,
    /// In the middle, strong: the word that an order begins with.
    CentreStrong,
    /// On the right half of the page.
    Right,
    /// A paragraph of an order: even on both sides, the first line moved in.
    Order,
    /// A place to sign, after some room.
    Signature,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Grid {
    /// The headings of its columns; none for a table without.
    pub(crate) heading: Vec<String>,
    /// Its rows, all with as many cells.
    pub(crate) rows: Vec<Vec<Cell>>,
    /// The columns' shares of the width; chosen by the content if empty.
    pub(crate) widths: Vec<u16>,
}

/// A cell: lines below each other.
pub(crate) type Cell = Vec<Line>;

/// A line of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// How it looks.
    pub(crate) weight: Weight,
    /// What it says.
    pub(crate) text: String,
}

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Plain,
    Strong,
    Faint,
}

impl Line {
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { weight: Weight::Plain, text: text.into() }
    }

    pub(crate) fn strong(text: impl Into<String>) -> Self {
        Self { weight: Weight::Strong, text: text.into() }
    }

    pub(crate) fn faint(text: impl Into<String>) -> Self {
        Self { weight: Weight::Faint, text: text.into() }
    }
}

/// The lines of a text, each plain.
pub(crate) fn lines(text: &str) -> Cell {
    text.lines().filter(|line| !line.trim().is_empty()).map(Line::plain).collect()
}

impl Grid {
    /// The columns' shares of the width: those that were given, or by what the columns hold. Every column has room for
    /// its longest word; what is left goes where the longest lines are.
    pub(crate) fn shares(&self) -> Vec<u16> {
        /// Letters of a cell that stand beside each other on a page.
        const PAGE_LETTERS: usize = 84;
        if !self.widths.is_empty() {
            return self.widths.clone();
        }
        let columns = self.rows.first().map_or(self.heading.len(), Vec::len);
        let needs: Vec<(usize, usize)> = (0..columns).map(|column| self.need(column)).collect();
        let least = needs.iter().map(|(word, _)| word).sum::<usize>();
        let more = needs.iter().map(|(word, line)| line - word).sum::<usize>().max(1);
        let left = PAGE_LETTERS.saturating_sub(least);
        // In tenths of a letter.
        let share = |(word, line): (usize, usize)| word * 10 + (line - word) * left * 10 / more;
        needs.into_iter().map(|need| u16::try_from(share(need)).unwrap_or(1).max(1)).collect()
    }

    /// How many letters a column needs at least, for its longest word, and at most, for its longest line.
    fn need(&self, column: usize) -> (usize, usize) {
        const WORD_LETTERS_MAX: usize = 17;
        const LINE_LETTERS_MAX: usize = 60;
        const MARGIN_LETTERS: usize = 2;
        let cells = self.rows.iter().filter_map(|row| row.get(column)).flatten();
        let heading = self.heading.get(column).map(String::as_str);
        let count = |text: &str| text.chars().count();
        let line = cells.clone().map(|line| count(&line.text)).max().unwrap_or_default();
        let longest = |text: &str| text.split_whitespace().map(count).max().unwrap_or_default();
        // Strong letters are wider by a quarter.
        let heading = heading.map(longest).unwrap_or_default() * 5 / 4;
        let word = cells.map(|line| longest(&line.text)).max().unwrap_or_default().max(heading);
        let word = word.min(WORD_LETTERS_MAX) + MARGIN_LETTERS;
        (word, (line.min(LINE_LETTERS_MAX) + MARGIN_LETTERS).max(word))
    }
}
