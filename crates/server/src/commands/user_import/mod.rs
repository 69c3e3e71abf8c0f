//! `countersign user import`: users with the password hashes of another system.

mod mapping;
mod report;
mod source;

use countersign::{Auth, ForeignUser, ImportMode, ImportOptions, Imported};

use self::{
    mapping::Mapping,
    report::Report,
    source::{Row, Source},
};
use crate::{cli::ImportUsers, exit::Problem, output::Output};

/// Rows that are written together.
const TOGETHER: usize = 2000;

/// Takes over whom it can, and tells of everybody else why not.
pub(super) async fn run(arguments: &ImportUsers, auth: &Auth, out: Output) -> Result<(), Problem> {
    let mapping = Mapping::new(arguments)?;
    let (mut source, mapping) = Source::open(arguments, mapping).await?;
    let mut report = Report::open(arguments.report.as_deref(), &source)?;
    let mode = if arguments.dry_run { ImportMode::DryRun } else { ImportMode::Take };
    let mut import = auth.import(ImportOptions { source: arguments.source.clone(), mode });
    loop {
        let rows = source.next(TOGETHER).await?;
        if rows.is_empty() {
            break;
        }
        let (users, rows) = users(rows, &mapping, &mut report)?;
        let outcomes = import.take(users.clone()).await?;
        for ((outcome, user), number) in outcomes.into_iter().zip(&users).zip(rows) {
            match outcome {
                Imported::Taken(_) => report.taken(),
                Imported::Already => report.already(number, user)?,
                Imported::Refused(denied) => report.refused(number, user, &denied)?,
            }
        }
    }
    report.finish(mode, out)
}

/// The rows that can be read, with their numbers. Of the others the report is told.
fn users(
    rows: Vec<Row>,
    mapping: &Mapping,
    report: &mut Report,
) -> Result<(Vec<ForeignUser>, Vec<u64>), Problem> {
    let (mut users, mut numbers) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for Row { number, cells } in rows {
        match cells.and_then(|cells| mapping.user(cells)) {
            Ok(user) => {
                users.push(user);
                numbers.push(number);
            }
            Err(reason) => report.unreadable(number, &reason)?,
        }
    }
    Ok((users, numbers))
}
