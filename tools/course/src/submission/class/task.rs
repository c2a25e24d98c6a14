//! What is to be done about each thing that was handed in, and what becomes of it.

use super::Options;
use super::collect::Handed;
use super::record::{self, Record};
use super::rules::{Rules, Time};
use super::scores::{Fate, Row};
use super::similar::{Given, Print, Sources};
use super::stop::Way;
use super::told::{SCORES, place};
use crate::archive::{self, Contents};
use crate::grade::answers;
use crate::grade::examiner::Examiners;
use crate::grade::report;
use crate::labs::Course;
use crate::skeleton::render::{Level, render};
use crate::submission::cell::Cells;
use crate::submission::{accept, grade_one, write};
use crate::thinking::{self, Question};
use anyhow::{Result, ensure};
use indicatif::ProgressBar;
use mos_run::files;
use mos_run::lab::Lab;
use mos_run::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// What is the same for all that a class has handed in.
#[derive(Debug)]
pub struct Class {
    /// The teacher's tree, and the labs that it has.
    tree: Tree,
    course: Course,
    /// What the lots are drawn from.
    pub seed: u64,
    /// What tells the tree that grades from others, if that is known: without git it is not, and nothing is kept.
    grader: Option<String>,
    only: BTreeSet<String>,
    /// Where reports go.
    pub out: Option<PathBuf>,
    /// What it makes of the points.
    pub rules: Rules,
    /// What the students of each lab were given.
    given: Mutex<BTreeMap<Lab, Arc<Given>>>,
    /// How far it is.
    pub way: Way,
}

/// What is to be done about one thing that was handed in.
#[derive(Clone, Debug)]
pub struct Task {
    handed: Handed,
    /// When it was, as far as its file says.
    modified: Time,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// It was graded before, as it would be now; or others are asked for.
    Kept(Box<Record>),
    /// It is to be graded; or it is no archive, of which just that is to be said.
    Grade(Option<String>),
}

impl Task {
    /// Whether that takes time.
    pub fn is_long(&self) -> bool {
        matches!(self.what, What::Grade(_)) && self.handed.other.is_none()
    }
}

/// What became of it.
#[derive(Debug)]
pub struct Done {
    /// Its row in the table.
    pub row: Row,
    /// The thinking questions, and what was answered.
    pub questions: Vec<Question>,
    /// See `questions`.
    pub answers: BTreeMap<u32, String>,
    /// What others may have in common with it.
    pub print: Option<Print>,
    /// Whether it was graded now.
    pub is_new: bool,
    /// The report, where it is kept nowhere else.
    pub report: Option<String>,
    /// Whether what is to be kept is kept.
    pub kept: Result<()>,
}

impl Class {
    /// The one that the options speak of.
    ///
    /// # Errors
    /// Its rules make no sense, or nothing can be written where its reports go.
    pub fn new(teacher: &Tree, options: &Options) -> Result<Self> {
        let course = Course::load(teacher.root())?;
        let rules = options.rules.as_deref().map(Rules::load).transpose()?;
        let rules = rules.unwrap_or_default();
        rules.check(|lab, name| {
            let number = name.parse();
            number.is_ok_and(|number| course.exercise(number).is_some_and(|e| e.number.lab == lab))
        })?;
        let out = options.out.clone();
        if let Some(out) = &out {
            files::check(&out.join(SCORES))?;
        }
        Ok(Self {
            seed: record::seed(options.seed, out.as_deref(), answers::draw)?,
            grader: record::grader(teacher.root(), options.guard.is_none(), options.cpus).ok(),
            only: options.only.iter().cloned().collect(),
            tree: teacher.clone(),
            course,
            out,
            rules,
            given: Mutex::default(),
            way: Way::default(),
        })
    }

    /// What is to be done about all that was found. What nobody asks for is left out, if it was never graded.
    ///
    /// # Errors
    /// A student is asked for who has handed nothing in.
    pub fn tasks(&self, found: Vec<Handed>) -> Result<Vec<Task>> {
        let mut missing = self.only.clone();
        let mut tasks = Vec::new();
        for handed in found {
            let packed = match handed.other {
                None => archive::read(&handed.path).ok(),
                Some(_) => None,
            };
            let out = self.out.as_ref();
            let kept = out.and_then(|out| Record::load(out, place(&handed.name)));
            let known = packed.as_deref().zip(self.grader.as_deref());
            let made_of = known.map(|(packed, grader)| record::made_of(packed, grader, self.seed));
            let is_asked_for = self.only.is_empty()
                || packed.is_some_and(|packed| {
                    let id = archive::unpack(&packed).map(|contents| contents.manifest.id);
                    id.is_ok_and(|id| missing.remove(&id) || self.only.contains(&id))
                });
            let what = match kept {
                Some(kept) if made_of.as_ref() == Some(&kept.made_of) || !is_asked_for => {
                    What::Kept(kept.into())
                }
                _ if is_asked_for => What::Grade(made_of),
                _ => continue,
            };
            let modified = fs::symlink_metadata(&handed.path).and_then(|data| data.modified());
            let modified = Time::from(chrono::DateTime::<chrono::Utc>::from(
                modified.unwrap_or(SystemTime::UNIX_EPOCH),
            ));
            tasks.push(Task {
                handed,
                modified,
                what,
            });
        }
        let missing: Vec<String> = missing.into_iter().collect();
        let nobody = missing.join(",");
        ensure!(
            missing.is_empty(),
            "ONLY={nobody}: nobody has handed that in"
        );
        Ok(tasks)
    }

    /// Does what is to be done, with checks run by so many `workers` at a time, and keeps what is to be kept.
    pub fn one(
        &self,
        examiners: &Examiners,
        cells: &Cells,
        task: &Task,
        workers: usize,
        progress: &ProgressBar,
    ) -> Done {
        let (mut graded, mut report, mut kept) = (None, None, Ok(()));
        let mut record = match &task.what {
            What::Kept(record) => record.as_ref().clone(),
            What::Grade(made_of) => {
                let line;
                (line, graded) = grade_one(examiners, cells, &task.handed, workers, progress);
                Record::new(made_of.clone().unwrap_or_default(), line, graded.as_ref())
            }
        };
        let contents = match record.line.fate {
            Fate::Graded => archive::read(&task.handed.path).ok(),
            _ => None,
        };
        let contents = contents.and_then(|packed| accept(&self.course, &packed).ok());
        let (questions, answers) = self.answered(contents.as_ref());
        let print = contents
            .as_ref()
            .and_then(|contents| self.print(&record, contents).ok());
        record.answered = (answers.len(), questions.len());
        let is_new = matches!(task.what, What::Grade(_));
        match (&self.out, &graded) {
            (Some(out), _) if is_new && record.line.fate != Fate::Other => {
                let _pen = self.way.writes();
                kept = write(&record.line, graded.as_ref(), self.seed, out)
                    .and_then(|()| record.save(out));
            }
            (None, Some(graded)) => report = Some(report::text(graded, self.seed)),
            _ => {}
        }
        Done {
            row: self.row(task, record),
            questions,
            answers,
            print,
            is_new,
            report,
            kept,
        }
    }

    /// What the table of scores has of a task already, before anything is done.
    pub fn known(&self, task: &Task) -> Option<Row> {
        match &task.what {
            What::Kept(record) => Some(self.row(task, record.as_ref().clone())),
            What::Grade(_) => None,
        }
    }

    fn row(&self, task: &Task, record: Record) -> Row {
        let line = &record.line;
        let handed_in = self.rules.handed_in(&line.file, task.modified);
        let lab = line.lab.unwrap_or_default();
        let worth = self.rules.worth(lab, &line.id, &record.points(), handed_in);
        Row {
            handed_in,
            worth,
            record,
        }
    }

    /// The thinking questions that an archive answers, in its language, and the answers.
    fn answered(&self, contents: Option<&Contents>) -> (Vec<Question>, BTreeMap<u32, String>) {
        let Some(contents) = contents else {
            return Default::default();
        };
        let file = contents
            .files
            .get(thinking::FILE)
            .map_or(&[][..], Vec::as_slice);
        let language = thinking::language(file);
        let questions = thinking::questions(self.tree.root(), contents.manifest.lab, language);
        let questions = questions.unwrap_or_default();
        let answers = thinking::answers(&questions, file);
        (questions, answers)
    }

    fn print(&self, record: &Record, contents: &Contents) -> Result<Print> {
        let lab = contents.manifest.lab;
        let files = self.course.lab(lab)?.student_files().into_iter();
        let sources = files.filter_map(|name| {
            let text = String::from_utf8_lossy(contents.files.get(name)?);
            Some((name.to_owned(), text.into_owned()))
        });
        let (line, given) = (&record.line, self.given(lab)?);
        Ok(Print::new(
            &line.file,
            &line.id,
            lab,
            &sources.collect(),
            &given,
        ))
    }

    fn given(&self, lab: Lab) -> Result<Arc<Given>> {
        let mut known = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(given) = known.get(&lab) {
            return Ok(given.clone());
        }
        let mut sources = Sources::new();
        for name in self.course.lab(lab)?.student_files() {
            let text = String::from_utf8(files::read(&self.tree.root().join(name))?)?;
            let text = render(&self.course, name, &text, Level::skeleton(lab))?;
            sources.insert(name.to_owned(), text);
        }
        let given = Arc::new(Given::new(&sources));
        known.insert(lab, given.clone());
        Ok(given)
    }
}
