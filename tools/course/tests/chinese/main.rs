//! The Chinese half of the course against the English one.

#![forbid(unsafe_code)]

mod asked;
mod pages;
mod sentences;
mod words;

use mos_course::labs::Course;
use mos_course::language::{self, Language};
use mos_course::skeleton;
use mos_course::skeleton::marker::Comments;
use mos_course::skeleton::render::Level;
use mos_run::holes;
use mos_run::tree::Tree;
use std::fs;
use std::path::{Path, PathBuf};

fn tree() -> Tree {
    Tree::here().expect("the tree of this test")
}

fn text(name: &str) -> String {
    let path = tree().root().join(name);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The files of `folder`, and of those in it, as seen from the tree.
fn files(folder: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(tree().root().join(folder)).expect("a folder") {
        let entry = entry.expect("a file");
        let name = format!("{folder}/{}", entry.file_name().to_str().expect("UTF-8"));
        match entry.path().is_dir() {
            true => names.extend(files(&name)),
            false => names.push(name),
        }
    }
    names.sort();
    names
}

#[test]
fn what_stands_at_a_hole_has_followed_the_english() {
    let tree = tree();
    let course = Course::load(tree.root()).expect("the tables of this tree");
    let mut late = Vec::new();
    let exercises = course.labs().iter().flat_map(|lab| &lab.exercises);
    for exercise in exercises.clone() {
        let version = language::version(&exercise.title, &exercise.task);
        let told = course.chinese().of(exercise.number);
        if told.is_none_or(|told| told.of != version) {
            late.push(format!("{}: of = \"{version}\"", exercise.number));
        }
    }
    assert!(
        late.is_empty(),
        "docs/zh/tasks has not followed tests/labs; translate, then write:\n{}",
        late.join("\n")
    );
    let numbers = exercises.map(|exercise| exercise.number);
    let told = course.chinese().all().iter().map(|task| task.number);
    assert!(
        told.eq(numbers),
        "docs/zh/tasks: not the order of tests/labs"
    );
}

#[test]
fn a_chinese_skeleton_differs_from_an_english_one_in_its_comments_alone() {
    let tree = tree();
    let course = Course::load(tree.root()).expect("the tables of this tree");
    let folder = tempfile::tempdir().expect("a folder");
    for lab in course.labs() {
        let made = [Language::En, Language::Zh].map(|language| {
            let root = folder.path().join(language.word().trim());
            let level = Level::skeleton(lab.number).told_in(language);
            skeleton::replace(&course, tree.root(), level, &root).expect("a tree");
            assert_eq!(Language::of_tree(&root), language);
            root
        });
        let [english, chinese] = made
            .each_ref()
            .map(|root| holes::open(root).expect("holes"));
        assert_eq!(english, chinese);
        for name in lab.student_files() {
            let [english, chinese] = made.each_ref().map(|root| code(root, name));
            assert_eq!(english, chinese, "{name}");
        }
        for exercise in &lab.exercises {
            let heading = format!("练习 {}：", exercise.number);
            for name in &exercise.files {
                let text = fs::read_to_string(made[1].join(name)).expect("a file");
                assert_eq!(text.matches(&heading).count(), 1, "{name}: {heading}");
            }
        }
    }
}

/// The lines of a file but for comments.
fn code(root: &Path, name: &str) -> Vec<String> {
    let open = Comments::of(name).expect("a kind of file with marks").open;
    let text = fs::read_to_string(PathBuf::from(root).join(name)).expect("a file");
    let lines = text.lines().filter(|line| !line.trim().starts_with(open));
    lines.map(str::to_owned).collect()
}
