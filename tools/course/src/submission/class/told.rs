//! What people are told while a class is graded, and in the end.

use super::page::Page;
use super::record;
use super::scores::{self, Fate, Line, Row};
use super::similar::{self, Print};
use super::stop;
use super::task::{Class, Done, Task};
use anyhow::Result;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use mos_run::{files, out, progress};
use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The tables, in the folder for all reports.
pub const SCORES: &str = "scores.csv";
const SIMILAR: &str = "similar.csv";

/// Where the reports on an archive of this name are, in the folder for all: under the name, unless something of ours is
/// called so there.
pub fn place(name: &Path) -> PathBuf {
    let first = name.iter().next().unwrap_or_default().to_string_lossy();
    let bare = first.trim_start_matches('_');
    let ours = [SCORES, SIMILAR, record::SEED];
    let ours = ours.iter().any(|ours| bare.eq_ignore_ascii_case(ours));
    // With one mark more than it has, so that no other has as many.
    let mut place = OsString::from(if ours { "_" } else { "" });
    place.push(name);
    PathBuf::from(place)
}

/// What has been told.
#[derive(Debug)]
pub struct Told<'a> {
    class: &'a Class,
    /// A row of each task of which something is known, and how many were told.
    rows: Vec<Option<Row>>,
    told: usize,
    prints: Vec<Print>,
    lines: MultiProgress,
    bar: ProgressBar,
    begun: Instant,
    /// Those that take time, and how many of them are done.
    long: u32,
    done: u32,
    /// Whether all that was said and written is said and written. What is lost of one is no reason not to grade the others.
    fine: Result<()>,
}

/// Where those that are being graded show how far they are.
#[derive(Clone, Debug)]
pub struct Spinners(MultiProgress);

impl Spinners {
    /// For one more.
    pub fn begin(&self) -> ProgressBar {
        self.0.insert_from_back(1, progress::spinner())
    }
}

impl<'a> Told<'a> {
    /// Nothing yet, of these tasks.
    ///
    /// # Errors
    /// There can be no such bar.
    pub fn new(class: &'a Class, tasks: &[Task]) -> Result<Self> {
        let lines = MultiProgress::new();
        let bar = lines.add(ProgressBar::new(tasks.len() as u64));
        bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")?);
        let long = tasks.iter().filter(|task| task.is_long()).count();
        Ok(Self {
            class,
            rows: tasks.iter().map(|task| class.known(task)).collect(),
            told: 0,
            prints: Vec::new(),
            lines,
            bar,
            begun: Instant::now(),
            long: u32::try_from(long)?,
            done: 0,
            fine: Ok(()),
        })
    }

    /// See [`Spinners`].
    pub fn spinners(&self) -> Spinners {
        Spinners(self.lines.clone())
    }

    /// Tells what became of the next, and writes down what is known so far, of those that were graded before too: it shall not
    /// be lost. Where there is no room for it the rest is not begun: nothing of that could be kept.
    pub fn hear(&mut self, done: Done) -> ControlFlow<()> {
        let pen = self.class.way.writes();
        let line = &done.row.record.line;
        let score = line.score.map_or("-".to_owned(), |score| score.to_string());
        let again = if done.is_new { "" } else { " (as before)" };
        let mut text = format!("{}: {score}/{} {}{again}\n", line.file, line.of, line.note);
        text += done.report.as_deref().unwrap_or_default();
        let page = Page {
            record: &done.row.record,
            worth: &done.row.worth,
            handed_in: done.row.handed_in,
            questions: &done.questions,
            answers: &done.answers,
        };
        let written = match &self.class.out {
            Some(out) if line.fate != Fate::Other => page.write(&out.join(&line.place)),
            _ => Ok(()),
        };
        self.note(done.kept.and(written));
        if done.is_new && line.fate != Fate::Other {
            self.done += 1;
        }
        if let Some(row) = self.rows.get_mut(self.told) {
            *row = Some(done.row);
        }
        self.told += 1;
        self.prints.extend(done.print);
        let table = self.keep(SCORES, || scores::table(&self.known()));
        self.note(table);
        self.class.way.told();
        drop(pen);
        let printed = self.lines.suspend(|| out::print(text));
        self.note(printed);
        if let Some(left) = left(self.begun.elapsed(), self.done, self.long) {
            self.bar.set_message(left);
        }
        self.bar.inc(1);
        match &self.fine {
            Err(error) if stop::is_full(error) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn known(&self) -> Vec<Row> {
        self.rows.iter().flatten().cloned().collect()
    }

    /// Tells what there is to say in the end. Returns whether everything could be graded.
    ///
    /// # Errors
    /// Something was lost that should have been said or written.
    pub fn finish(mut self) -> Result<bool> {
        self.bar.finish_and_clear();
        let pairs = similar::pairs(&self.prints);
        // Of half a class that would be half the truth.
        if self.told == self.rows.len() {
            let kept = self.keep(SIMILAR, || similar::table(&pairs));
            self.note(kept);
        }
        let lines = self.rows.iter().flatten().map(|row| &row.record.line);
        let mut text = scores::left_over(lines.clone());
        if let (false, Some(out)) = (pairs.is_empty(), &self.class.out) {
            let (count, path) = (pairs.len(), out.join(SIMILAR));
            text += &format!(
                "Pairs that look alike, to be looked at: {count}, in {}\n",
                path.display()
            );
        }
        let printed = out::print(text);
        self.fine.map_err(|error| match stop::is_full(&error) {
            true => error.context(format!("stopped: {}", self.class.way.so_far(true))),
            false => error,
        })?;
        printed?;
        let graded = |line: &Line| matches!(line.fate, Fate::Graded | Fate::Refused);
        Ok(lines.clone().any(graded) && lines.clone().all(|line| line.fate != Fate::Ungraded))
    }

    /// Writes a table of all.
    fn keep(&self, name: &str, table: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
        match &self.class.out {
            Some(out) => files::write(&out.join(name), &table()?),
            None => Ok(()),
        }
    }

    fn note(&mut self, outcome: Result<()>) {
        if self.fine.is_ok() {
            self.fine = outcome;
        }
    }
}

/// In words, how long the rest takes if it goes on like that: `done` of `all` took this time.
fn left(elapsed: Duration, done: u32, all: u32) -> Option<String> {
    let rest = all.checked_sub(done).filter(|&rest| rest > 0 && done > 0)?;
    let seconds = (elapsed * rest / done).as_secs();
    Some(match seconds {
        0..=99 => format!("about {seconds} s left"),
        _ => format!("about {} min left", seconds.div_ceil(60)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_report_is_where_the_tables_are() {
        for (name, at) in [
            ("x.tar.zst", "x.tar.zst"),
            ("a/scores.csv", "a/scores.csv"),
            ("scores.csv", "_scores.csv"),
            ("Scores.CSV/x", "_Scores.CSV/x"),
            ("_scores.csv", "__scores.csv"),
            ("seed", "_seed"),
            ("similar.csv/x", "_similar.csv/x"),
            ("_x", "_x"),
        ] {
            assert_eq!(place(Path::new(name)), Path::new(at));
        }
    }

    #[test]
    fn the_rest_takes_as_long_as_what_is_done_did() {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        assert_eq!(left(minutes(2), 15, 300).unwrap(), "about 38 min left");
        assert_eq!(left(minutes(2), 3, 5).unwrap(), "about 80 s left");
        assert_eq!(left(minutes(0), 0, 300), None);
        assert_eq!(left(minutes(2), 5, 5), None);
    }
}
