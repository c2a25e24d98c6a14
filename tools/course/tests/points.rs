//! Points against the work that they are given for.

#![forbid(unsafe_code)]

use mos_course::grade::checks;
use mos_course::labs::Course;
use mos_course::skeleton::marker::{Comments, Owner};
use mos_course::skeleton::source::{self, Piece};
use mos_run::lab::Lab;
use mos_run::number::Number;
use mos_run::tree::Tree;
use std::collections::BTreeMap;
use std::fs;

/// So many times as much to write is never worth less.
const MORE: usize = 3;

/// The lines of code that each exercise is solved by.
fn lines(tree: &Tree, course: &Course) -> BTreeMap<Number, usize> {
    let mut lines = BTreeMap::new();
    let exercises = course.labs().iter().flat_map(|lab| &lab.exercises);
    for exercise in exercises {
        for name in &exercise.files {
            let text = fs::read_to_string(tree.root().join(name)).expect("a file");
            let comments = Comments::of(name).expect("a kind of file with marks");
            let pieces = source::parse(course, name, comments, &text).expect("good marks");
            let own = pieces.iter().filter_map(|piece| match piece {
                Piece::Region(region) if region.owner == Owner::Exercise(exercise.number) => {
                    Some(&region.lines)
                }
                _ => None,
            });
            let is_code = |line: &&&str| {
                let line = line.trim();
                line.contains(char::is_alphanumeric) && !line.starts_with(comments.open)
            };
            *lines.entry(exercise.number).or_default() += own.flatten().filter(is_code).count();
        }
    }
    lines
}

#[test]
fn more_work_is_never_worth_less() {
    let tree = Tree::here().expect("the tree of this test");
    let course = Course::load(tree.root()).expect("the tables of this tree");
    let lines = lines(&tree, &course);
    for lab in course.labs() {
        let mut points: BTreeMap<Number, u32> = BTreeMap::new();
        for check in checks::load(&tree, lab.number, false).expect("checks") {
            let number = check.exercise.parse().expect("a number");
            // A bonus is nobody's due.
            if !check.bonus {
                *points.entry(number).or_default() += check.points;
            }
        }
        for (one, its) in &points {
            for (other, theirs) in &points {
                let (work, less) = (lines[one], lines[other]);
                assert!(
                    work < MORE * less || its >= theirs,
                    "{one} has {work} lines and {its} points, {other} {less} lines and {theirs} points"
                );
            }
        }
    }
}

#[test]
fn what_programs_do_about_faults_is_worth_two_fifths_of_lab_4() {
    let tree = Tree::here().expect("the tree of this test");
    let checks = checks::load(&tree, Lab::Number(4), false).expect("checks");
    let is_late = |exercise: &str| {
        let number: Number = exercise.parse().expect("a number");
        number.index >= 13
    };
    let late = checks
        .iter()
        .filter(|check| is_late(&check.exercise) && !check.bonus);
    let points: u32 = late.map(|check| check.points).sum();
    assert!(points >= 40, "{points}");
}
