"""Reports and proposals, built call by call."""

from wit_world.imports import proposals, reports

from texts import Text, as_string, as_text, mistake, phrase, shown
from values import as_count, as_number, decimals_of, to_json

HIDDEN = reports.Cell_Hidden()


def share(value):
    """A cell with a share, 0 to 1, shown in percent."""
    return reports.Cell_Share(as_number(value))


def item(path):
    """A cell with a thing of the plan, shown as its title with a link."""
    return reports.Cell_Item(as_string(path))


def column(title, unit=None, decimals=None):
    """A column of a table with its unit and the digits after the decimal point of its numbers."""
    return (as_text(title), optional_text(unit), decimals)


def series(name, values=None, points=None):
    """A row of values of a chart, one for each category; in a scatter chart points `(x, y, label)`."""
    numbers = [None if value is None else as_number(value) for value in values or []]
    marks = [reports.Point(as_number(x), as_number(y), as_text(label)) for x, y, label in points or []]
    return reports.Series(as_text(name), numbers, marks)


def optional_text(value):
    return None if value is None else as_text(value)


def optional_pair(value):
    if value is None:
        return None
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise mistake("bad-number", what=shown(value))
    return (as_number(value[0]), as_number(value[1]))


def choice(enum, what):
    name = str(what).upper().replace("-", "_")
    if name not in enum.__members__:
        choices = ", ".join(each.lower().replace("_", "-") for each in enum.__members__)
        raise mistake("bad-choice", what=what, choices=choices)
    return enum[name]


def cell(value):
    kinds = (reports.Cell_Empty, reports.Cell_Share, reports.Cell_Hidden, reports.Cell_Item)
    if isinstance(value, kinds):
        return value
    if value is None:
        return reports.Cell_Empty()
    if isinstance(value, bool):
        return reports.Cell_Text(phrase("yes" if value else "no"))
    if isinstance(value, (str, Text, dict)):
        words = as_text(value)
        return reports.Cell_Text(words) if words.kk or words.ru or words.en else reports.Cell_Empty()
    if isinstance(value, (list, tuple, set)):
        raise mistake("bad-cell", what=shown(value))
    return reports.Cell_Number(as_number(value))


class Report:
    """A report: `Report("Title").paragraph("…").table(…)`. Every call gives the report back."""

    def __init__(self, title):
        self.title = as_text(title)
        self.blocks = []

    def _with(self, block):
        self.blocks.append(block)
        return self

    def heading(self, text, level=2):
        """A heading of level 1, 2 or 3."""
        level = as_count("level", level, 1, 3)
        return self._with(reports.Block_Heading(reports.Heading(level, as_text(text))))

    def paragraph(self, text):
        """A paragraph."""
        return self._with(reports.Block_Paragraph(as_text(text)))

    def items(self, texts):
        """A list of texts."""
        return self._with(reports.Block_Items([as_text(each) for each in texts]))

    def number(
        self, label, value, *, unit=None, decimals=None, interval=None, n=None, method=None, source=None
    ):
        """One number with what a reader must know of it."""
        value = as_number(value)
        number = reports.Number(
            label=as_text(label),
            value=value,
            unit=optional_text(unit),
            decimals=decimals_of(decimals, [value]),
            interval=optional_pair(interval),
            n=None if n is None else as_count("n", n),
            method=optional_text(method),
            source=None if source is None else as_string(source),
        )
        return self._with(reports.Block_Number(number))

    def table(self, columns, rows, title=""):
        """A table. A column is a text or `column(…)`; a cell a text, a number, `None`, `share`, `item` or `HIDDEN`."""
        columns = [each if isinstance(each, tuple) else column(each) for each in columns]
        cells = []
        for at, row in enumerate(rows, 1):
            if not isinstance(row, (list, tuple)) or len(row) != len(columns):
                size = len(row) if isinstance(row, (list, tuple)) else shown(row)
                raise mistake("bad-row", row=at, cells=size, columns=len(columns))
            cells.append([cell(value) for value in row])
        heads = []
        for at, (head, unit, decimals) in enumerate(columns):
            numbers = [row[at].value for row in cells if isinstance(row[at], reports.Cell_Number)]
            heads.append(reports.Column(head, unit, decimals_of(decimals, numbers)))
        return self._with(reports.Block_Table(reports.Table(as_text(title), heads, cells)))

    def chart(self, kind, title, categories, rows, *, unit=None, axis=None):
        """A chart: `bar`, `stacked-bar`, `line`, `radar`, `scatter`. Rows: `{"name": [1, 2]}` or a list of `series(…)`."""
        kind = choice(reports.ChartKind, kind)
        categories = [as_text(each) for each in categories]
        if isinstance(rows, dict):
            rows = [series(name, values) for name, values in rows.items()]
        for row in rows:
            if not isinstance(row, reports.Series):
                raise mistake("bad-cell", what=shown(row))
            if kind != reports.ChartKind.SCATTER and len(row.values) != len(categories):
                sizes = {"values": len(row.values), "categories": len(categories)}
                raise mistake("bad-series", name=row.name, **sizes)
        chart = reports.Chart(
            as_text(title), kind, categories, list(rows), optional_text(unit), optional_pair(axis)
        )
        return self._with(reports.Block_Chart(chart))

    def callout(self, tone, text):
        """A box that stands out: `info`, `good`, `warning` or `critical`."""
        return self._with(reports.Block_Callout(reports.Callout(choice(reports.Tone, tone), as_text(text))))

    def quotation(self, text, source):
        """Somebody's words, and whose they are."""
        return self._with(reports.Block_Quotation(reports.Quotation(as_string(text), as_text(source))))


class edit:  # noqa: N801: used as `edit.set(…)`, like a module
    """What a proposal would change."""

    @staticmethod
    def set(path, value):
        """Writes a value at a path; `None` clears."""
        return proposals.Edit_Set(proposals.SetValue(as_string(path), to_json(value)))

    @staticmethod
    def add(path, fields, *, id=None, after=None):
        """Adds an item to a list."""
        return proposals.Edit_Add(proposals.AddItem(as_string(path), id, to_json(fields), after))

    @staticmethod
    def remove(path):
        """Removes an item."""
        return proposals.Edit_Remove(as_string(path))

    @staticmethod
    def write(path, text):
        """Puts a text in place of the text at a path; what others wrote meanwhile stays."""
        return proposals.Edit_Write(proposals.WriteText(as_string(path), as_string(text)))


EDITS = (proposals.Edit_Set, proposals.Edit_Add, proposals.Edit_Remove, proposals.Edit_Write)
# Set when a model was asked: what is proposed afterwards may be its words.
model_was_asked = False


def propose(title, reason, *edits):
    """Edits that belong together, with the reason. A person accepts them, or not."""
    for each in edits:
        if not isinstance(each, EDITS):
            raise mistake("bad-edit", what=shown(each))
    origin = proposals.Origin.MODEL if model_was_asked else proposals.Origin.COMPUTED
    return proposals.Proposal(as_text(title), as_text(reason), origin, list(edits))
