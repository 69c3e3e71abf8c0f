//! Where rows come from: CSV, JSON lines, or a table of another application's database.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use countersign::ForeignTable;
use indicatif::ProgressBar;
use serde_json::{Map, Value};

use super::{
    super::db::progress_bar,
    mapping::{Cell, Mapping},
};
use crate::{
    cli::{Format, ImportUsers},
    exit::Problem,
    settings::has_password,
};

/// A row with its cells as the mapping names them, or why it cannot be read.
pub(super) struct Row {
    /// Its line in the file, or its place in the table; from 1.
    pub(super) number: u64,
    pub(super) cells: Result<Vec<Cell>, String>,
}

/// Rows, read once from the first to the last.
pub(super) struct Source {
    /// What goes before the number of a row.
    pub(super) name: String,
    pub(super) bar: ProgressBar,
    rows: Rows,
}

enum Rows {
    /// The reader, and where in a record each column is.
    Csv(Box<csv::Reader<Box<dyn Read>>>, Vec<usize>),
    /// The reader, the line it is at, and the mapping's names.
    Lines(Box<dyn BufRead>, u64, Vec<String>, bool),
    /// The table, what was read of it and not handed on, and how many rows that was.
    Table(ForeignTable, VecDeque<Result<Vec<Option<String>>, String>>, u64),
}

impl Source {
    /// Opens what the arguments name. The mapping comes back with the columns that are there.
    pub(super) async fn open(
        arguments: &ImportUsers,
        mut mapping: Mapping,
    ) -> Result<(Self, Mapping), Problem> {
        let Some(path) = &arguments.file else { return open_table(arguments, mapping).await };
        let name = path.display().to_string();
        let problem = |error: io::Error| Problem::usage(format!("{name}: {error}"));
        let (reader, length): (Box<dyn Read>, u64) = if path == Path::new("-") {
            (Box::new(io::stdin().lock()), 0)
        } else {
            let file = File::open(path).map_err(problem)?;
            let length = file.metadata().map_err(problem)?.len();
            (Box::new(file), length)
        };
        let bar = progress_bar("bytes", length);
        let reader: Box<dyn Read> = Box::new(bar.wrap_read(reader));
        let is_csv = match arguments.format {
            Some(format) => format == Format::Csv,
            None => path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")),
        };
        let rows = if is_csv {
            let reader = csv::Reader::from_reader(reader);
            open_csv(reader, &mut mapping).map_err(|error| error.about(&name))?
        } else {
            let names = mapping.names().into_iter().map(str::to_owned).collect();
            Rows::Lines(Box::new(BufReader::new(reader)), 0, names, mapping.is_given)
        };
        Ok((Self { name, bar, rows }, mapping))
    }

    /// At most so many further rows; none after the last.
    pub(super) async fn next(&mut self, most: usize) -> Result<Vec<Row>, Problem> {
        let rows = match &mut self.rows {
            Rows::Csv(reader, places) => next_records(reader, places, most),
            Rows::Lines(reader, line, names, lenient) => {
                next_lines(reader, line, (names, !*lenient), most)
            }
            Rows::Table(table, read, number) => {
                let rows = next_of_table(table, read, number, most).await?;
                self.bar.inc(rows.len() as u64);
                return Ok(rows);
            }
        };
        rows.map_err(|error| Problem::failed(format!("{}: {error}", self.name)))
    }
}

async fn open_table(
    arguments: &ImportUsers,
    mapping: Mapping,
) -> Result<(Source, Mapping), Problem> {
    let url = match (&arguments.from, &arguments.from_file) {
        (Some(url), _) if has_password(url) => {
            return Err(Problem::usage(
                "--from: a URL without a password, which everybody on this machine could read; \
                 put it into a file and name that with --from-file",
            ));
        }
        (Some(url), _) => url.clone(),
        (None, Some(path)) => std::fs::read_to_string(path)
            .map_err(|error| Problem::usage(format!("{}: {error}", path.display())))?,
        (None, None) => return Err(Problem::usage("a FILE or --from is needed")),
    };
    let name = arguments.table.clone().unwrap_or_default();
    let opened = ForeignTable::open(url.trim(), &name, &mapping.names()).await;
    let table = opened.map_err(|error| Problem::usage(format!("{name}: {error}")))?;
    let bar = progress_bar("rows", table.len());
    let rows = Rows::Table(table, VecDeque::new(), 0);
    Ok((Source { name, bar, rows }, mapping))
}

fn open_csv(
    mut reader: csv::Reader<Box<dyn Read>>,
    mapping: &mut Mapping,
) -> Result<Rows, Problem> {
    let head = reader.headers().map_err(|error| Problem::usage(error.to_string()))?.clone();
    let place = |name: &str| head.iter().position(|known| known == name);
    let known = mapping.names();
    if let Some(absent) = mapping.needed().iter().find(|name| place(name).is_none()) {
        return Err(Problem::usage(format!("there is no column {absent}")));
    }
    if !mapping.is_given
        && let Some(strange) = head.iter().find(|name| !known.contains(name))
    {
        return Err(Problem::usage(format!(
            "the column {strange:?} has no meaning; --username, --email and so on say what is what"
        )));
    }
    mapping.keep(|name| place(name).is_some());
    let places = mapping.names().into_iter().filter_map(place).collect();
    Ok(Rows::Csv(Box::new(reader), places))
}

fn next_records(
    reader: &mut csv::Reader<Box<dyn Read>>,
    places: &[usize],
    most: usize,
) -> io::Result<Vec<Row>> {
    let mut rows = Vec::new();
    while rows.len() < most {
        let number = reader.position().line();
        let mut record = csv::StringRecord::new();
        let cells = match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => Ok(cells(&record, places)),
            Err(error) => match error.kind() {
                csv::ErrorKind::Io(_) => return Err(io::Error::other(error)),
                csv::ErrorKind::Utf8 { .. } => Err("it is not UTF-8".to_owned()),
                _ => Err("it has not as many fields as the first line".to_owned()),
            },
        };
        let number = record.position().map_or(number, csv::Position::line);
        rows.push(Row { number, cells });
    }
    Ok(rows)
}

fn cells(record: &csv::StringRecord, places: &[usize]) -> Vec<Cell> {
    places.iter().map(|at| record.get(*at).map(str::to_owned).into_iter().collect()).collect()
}

fn next_lines(
    reader: &mut dyn BufRead,
    line: &mut u64,
    (names, is_strict): (&[String], bool),
    most: usize,
) -> io::Result<Vec<Row>> {
    let (mut rows, mut bytes) = (Vec::new(), Vec::new());
    while rows.len() < most {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        *line += 1;
        if !bytes.trim_ascii().is_empty() {
            rows.push(Row { number: *line, cells: object(&bytes, names, is_strict) });
        }
    }
    Ok(rows)
}

fn object(bytes: &[u8], names: &[String], is_strict: bool) -> Result<Vec<Cell>, String> {
    // The error's own words may quote a hash.
    let no_object =
        |error: serde_json::Error| format!("column {}: expected a JSON object", error.column());
    let object: Map<String, Value> = serde_json::from_slice(bytes).map_err(no_object)?;
    let cell = |name: &String| texts(name, object.get(name).unwrap_or(&Value::Null));
    let cells = names.iter().map(cell).collect::<Result<_, _>>()?;
    match object.keys().find(|name| is_strict && !names.contains(name)) {
        Some(strange) => Err(format!("the member {strange:?} has no meaning")),
        None => Ok(cells),
    }
}

fn texts(name: &str, value: &Value) -> Result<Cell, String> {
    Ok(match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Number(_) | Value::Bool(_) => vec![value.to_string()],
        Value::Array(items) => {
            let lists = items.iter().map(|item| texts(name, item));
            lists.collect::<Result<Vec<_>, _>>()?.concat()
        }
        Value::Object(_) => return Err(format!("{name}: expected a text")),
    })
}

async fn next_of_table(
    table: &mut ForeignTable,
    read: &mut VecDeque<Result<Vec<Option<String>>, String>>,
    number: &mut u64,
    most: usize,
) -> Result<Vec<Row>, Problem> {
    while read.len() < most {
        match table.next().await? {
            Some(rows) => read.extend(rows),
            None => break,
        }
    }
    let rows = read.drain(..most.min(read.len())).map(|cells| {
        *number += 1;
        let cell = |text: Option<String>| text.into_iter().collect();
        Row { number: *number, cells: cells.map(|row| row.into_iter().map(cell).collect()) }
    });
    Ok(rows.collect())
}
