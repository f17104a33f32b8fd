"""Tables out of bytes: encoding and delimiter guessed, mistakes named with their line."""

import csv
import io

from texts import PluginError, mistake, phrase, shown

ENCODINGS = ("utf-8", "utf-16", "windows-1251", "kz-1048")
DELIMITERS = (";", ",", "\t")
# A longer cell is no cell of a survey; the module's own bound is 128 KiB.
csv.field_size_limit(1 << 24)


def decode(name, data, encoding=None):
    """A text of bytes. Without `encoding`: by the mark at the beginning; else UTF-8; else windows-1251."""
    if encoding is None:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return decode(name, data, "utf-16")
        try:
            return decode(name, data, "utf-8")
        except PluginError:
            return decode(name, data, "windows-1251")
    if encoding not in ENCODINGS:
        raise mistake("bad-choice", what=shown(encoding), choices=", ".join(ENCODINGS))
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise PluginError("invalid", phrase("bad-encoding", file=name, encoding=encoding)) from None


def guess_delimiter(content):
    """The delimiter that the first line has most often; of equals the first of `;`, `,`, tab."""
    counts = dict.fromkeys(DELIMITERS, 0)
    quoted = False
    for character in content.lstrip("\r\n"):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "\r\n":
            break
        elif not quoted and character in counts:
            counts[character] += 1
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def rows_of(name, content, delimiter=None):
    """The rows as lists of cells with the line each begins on; rows without any content are left out."""
    delimiter = guess_delimiter(content) if delimiter is None else delimiter
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n':
        raise mistake("bad-choice", what=shown(delimiter), choices="; , \\t")
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    rows, line = [], 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error:
        raise PluginError("invalid", phrase("csv-quote", file=name, line=line)) from None
    return rows


def records_of(name, rows):
    """Rows as dictionaries by the names in the first row. A column without a name is called by its number."""
    if not rows:
        return []
    names = []
    for at, cell in enumerate(without_tail(rows[0][1], 0), 1):
        title = cell.strip() or str(at)
        names.append(title if title not in names else f"{title} ({at})")
    records = []
    for line, row in rows[1:]:
        row = without_tail(row, len(names))
        if len(row) > len(names):
            values = {"file": name, "line": line, "cells": len(row), "columns": len(names)}
            raise PluginError("invalid", phrase("csv-row", **values))
        records.append(dict(zip(names, row + [""] * (len(names) - len(row)))))
    return records


def without_tail(row, least):
    """A row without the empty cells at its end that a spreadsheet adds."""
    end = len(row)
    while end > least and not row[end - 1].strip():
        end -= 1
    return row[:end]
