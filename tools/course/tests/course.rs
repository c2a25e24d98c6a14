//! The course's tables and marks against the tree they belong to.

#![forbid(unsafe_code)]

use mos_course::labs::Course;
use mos_course::language::Language;
use mos_course::mutants::{self, Mutant, mutate};
use mos_course::skeleton::marker::{Comments, Marker, Owner};
use mos_course::skeleton::render::{Level, render};
use mos_course::skeleton::{self, source};
use mos_run::holes;
use mos_run::lab::Lab;
use mos_run::tree::Tree;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The last of the labs that have a number.
const LAST: Lab = Lab::Number(6);

fn course() -> (Tree, Course) {
    let tree = Tree::here().expect("the tree of this test");
    let course = Course::load(tree.root()).expect("the tables of this tree");
    (tree, course)
}

fn text(root: &Path, name: &str) -> String {
    fs::read_to_string(root.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn what_the_tables_name_is_there() {
    let (tree, course) = course();
    for path in course.paths() {
        assert!(tree.root().join(path).exists(), "there is no {path}");
    }
}

#[test]
fn every_exercise_is_marked_where_its_table_says_and_nowhere_else() {
    let (tree, course) = course();
    let last = course.labs().last().expect("labs").number;
    let mut marked = BTreeSet::new();
    for name in skeleton::tracked(tree.root()).expect("a repository") {
        let Some(comments) = Comments::of(&name).filter(|_| course.has_file(last, &name)) else {
            continue;
        };
        let text = text(tree.root(), &name);
        let pieces = source::parse(&course, &name, comments, &text).expect("good marks");
        let numbers = source::exercises(&pieces);
        marked.extend(numbers.into_iter().map(|number| (number, name.clone())));
    }
    let exercises = course.labs().iter().flat_map(|lab| &lab.exercises);
    let expected = exercises.flat_map(|exercise| {
        let files = exercise.files.iter();
        files.map(|file| (exercise.number, file.clone()))
    });
    assert_eq!(marked, expected.collect());
}

#[test]
fn every_exercise_has_a_heading_in_both_languages() {
    let (tree, course) = course();
    for lab in course.labs() {
        for (folder, word) in [("docs/labs", "Exercise"), ("docs/zh", "练习")] {
            let page = text(tree.root(), &format!("{folder}/{}.md", lab.number.stem()));
            for exercise in &lab.exercises {
                let heading = format!("\n### {word} {}: ", exercise.number);
                assert_eq!(page.matches(&heading).count(), 1, "{folder}: {heading}");
            }
        }
    }
}

#[test]
fn a_skeleton_has_the_holes_of_its_lab_and_nothing_of_later_ones() {
    let (tree, course) = course();
    let folder = tempfile::tempdir().expect("a folder");
    for lab in course.labs() {
        let number = lab.number;
        skeleton::replace(&course, tree.root(), Level::skeleton(number), folder.path())
            .expect("a tree");
        let open = holes::open(folder.path()).expect("the holes");
        let all = lab.exercises.iter().map(|exercise| exercise.number);
        assert_eq!(open, all.collect());
        let inside = Course::load(folder.path()).expect("the tables of the skeleton");
        let last = inside.labs().last().map(|lab| lab.number);
        assert_eq!(last, Some(number));
        for absent in Lab::named().filter(|lab| !lab.is_handed_out()) {
            let stem = absent.stem();
            let names = skeleton::tracked(folder.path()).expect("its files");
            // What it is about may be called like it.
            let theirs = |name: &&String| !name.starts_with("kernel/") && name.contains(&stem);
            assert_eq!(names.iter().find(theirs), None);
            let labs = text(folder.path(), "tools/run/src/lab.rs");
            assert!(!labs.contains(&format!("\"{stem}\"")));
        }
        for later in course.labs().iter().filter(|later| later.number > number) {
            for path in &later.new {
                assert!(
                    !folder.path().join(path).exists(),
                    "lab {number} has {path}"
                );
            }
        }
        skeleton::fill(&course, tree.root(), number, folder.path()).expect("the solution");
        let open = holes::open(folder.path()).expect("the holes");
        assert!(open.is_empty());
    }
}

#[test]
fn a_filled_skeleton_is_the_source() {
    let (tree, course) = course();
    let folder = tempfile::tempdir().expect("a folder");
    let Some(last) = course.labs().last() else {
        panic!("there are no labs");
    };
    skeleton::replace(
        &course,
        tree.root(),
        Level::skeleton(last.number),
        folder.path(),
    )
    .expect("a tree");
    skeleton::fill(&course, tree.root(), last.number, folder.path()).expect("the solution");
    for file in course.labs().iter().flat_map(|lab| lab.student_files()) {
        let source = text(tree.root(), file);
        let comments = Comments::of(file).expect("a kind of file with marks");
        let (plain, has_teachers) = all_lines(comments, &source);
        let filled = text(folder.path(), file);
        if has_teachers {
            // Some of it is in no skeleton; the rest must be there, in order. What stands there instead is moved in.
            let mut rest = plain.iter();
            assert!(
                filled
                    .lines()
                    .all(|line| rest.any(|&other| other.trim_start() == line.trim_start())),
                "{file}"
            );
        } else {
            assert!(filled.lines().eq(plain), "{file}");
        }
    }
}

/// A tree without holes may still be wrong: it must not be asked what is right.
#[test]
fn a_students_system_is_not_asked_what_is_right() {
    let (tree, course) = course();
    let name = "tools/course/src/grade/examiner.rs";
    let asks = "return examiner.asked(progress);";
    let whole = text(tree.root(), name);
    assert!(whole.contains(asks));
    for lab in course.labs() {
        let level = Level::skeleton(lab.number);
        let given = render(&course, name, &whole, level).expect("good marks");
        assert!(!given.contains(asks), "lab {}", lab.number);
        assert!(given.contains("known to the teacher's tree alone"));
    }
}

#[test]
fn what_the_teachers_own_checks_do_is_in_no_skeleton() {
    let (tree, course) = course();
    let folder = tempfile::tempdir().expect("a folder");
    let [given, graded] = ["given", "graded"].map(|name| folder.path().join(name));
    let differ = [
        "Files given/user/src/bin/lab4/main.rs and graded/user/src/bin/lab4/main.rs differ",
        "Only in graded/user/src/bin/lab4: unseen.rs",
    ];
    for (lab, differ) in [(3, &[][..]), (4, &differ[..])] {
        let level = Level::skeleton(Lab::Number(lab));
        for (level, dest) in [(level, &given), (level.graded(), &graded)] {
            skeleton::replace(&course, tree.root(), level, dest).expect("a tree");
        }
        let diff = Command::new("diff")
            .args(["-rq", "given", "graded"])
            .current_dir(folder.path())
            .output();
        let said = String::from_utf8(diff.expect("diff runs").stdout).expect("text");
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines, differ);
    }
    assert!(!text(&given, "user/src/bin/lab4/main.rs").contains("unseen"));
}

/// All lines that are solutions, or in a skeleton in place of what is the teacher's; and whether there is any of that.
fn all_lines(comments: Comments, source: &str) -> (Vec<&str>, bool) {
    let mut lines = Vec::new();
    let (mut teacher, mut any) = (false, false);
    for line in source.lines() {
        match comments.marker(line).expect("a good mark") {
            None => lines.push(line),
            Some(Marker::Begin(Owner::Teacher)) => (teacher, any) = (true, true),
            Some(Marker::End(Owner::Teacher)) => teacher = false,
            Some(Marker::Otherwise(code)) if teacher => lines.push(code),
            Some(_) => {}
        }
    }
    (lines, any)
}

#[test]
fn a_clone_is_the_same_whatever_git_is_told_of_the_ends_of_lines() {
    let (tree, course) = course();
    let folder = tempfile::tempdir().expect("a folder");
    let [given, clone] = ["given", "clone"].map(|name| folder.path().join(name));
    skeleton::make(&course, tree.root(), LAST, Language::En, false, &given).expect("a tree");
    let mut git = Command::new("git");
    git.args(["clone", "-q", "-c", "core.autocrlf=true"]);
    assert!(git.args([&given, &clone]).status().expect("git").success());
    for name in skeleton::tracked(&given).expect("its files") {
        let [one, other] = [&given, &clone].map(|root| fs::read(root.join(&name)).ok());
        assert!(one == other, "{name}");
    }
}

/// Whatever lies about and was added with the rest would be in all skeletons.
#[test]
fn every_file_is_text() {
    let (tree, _) = course();
    for name in skeleton::tracked(tree.root()).expect("the files") {
        let text = String::from_utf8(fs::read(tree.root().join(&name)).expect("a file"));
        assert!(text.is_ok_and(|text| !text.contains('\0')), "{name}");
    }
}

#[test]
fn an_archive_of_the_tree_gives_the_same_skeletons() {
    let (tree, course) = course();
    let folder = tempfile::tempdir().expect("a folder");
    for name in skeleton::tracked(tree.root()).expect("the files") {
        let [from, to] = [tree.root(), folder.path()].map(|root| root.join(&name));
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(from, to).expect("a copy");
    }
    let version = |root| skeleton::version(&course, root, LAST, Language::En).expect("a skeleton");
    assert_eq!(version(folder.path()), version(tree.root()));
}

#[test]
fn a_lab_that_is_done_in_the_whole_tree_has_no_skeleton() {
    let (tree, course) = course();
    let folder = tempfile::tempdir().expect("a folder");
    for lab in Lab::named().filter(|lab| !lab.is_handed_out()) {
        let dest = folder.path().join(lab.stem());
        let made = skeleton::make(&course, tree.root(), lab, Language::En, false, &dest);
        let error = made.expect_err("it has none").to_string();
        assert!(error.contains("no skeleton"), "{error}");
        assert!(!dest.exists());
        // A mistake is made in a copy of everything.
        skeleton::replace(&course, tree.root(), Level::solved(lab), &dest).expect("a tree");
        let [all, copied] = [tree.root(), &dest].map(|root| -> BTreeSet<String> {
            let names = skeleton::tracked(root).expect("names");
            names.into_iter().collect()
        });
        assert!(all == copied);
    }
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let (tree, course) = course();
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("mine"), "precious").expect("a file");
    let make = |lab| {
        skeleton::make(
            &course,
            tree.root(),
            lab,
            Language::En,
            false,
            folder.path(),
        )
    };
    let error = make(Lab::Number(1))
        .expect_err("it is not empty")
        .to_string();
    assert!(error.contains("not an empty folder"), "{error}");
    let left: Vec<_> = fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn every_mutant_changes_one_place_of_its_lab() {
    let (tree, course) = course();
    let all = mutants::load(&course, tree.root()).expect("the catalogue");
    let apply = |mutant: &Mutant| -> anyhow::Result<String> {
        mutant.apply(&mutate::solved_text(&course, tree.root(), mutant)?)
    };
    let complaints = all.iter().filter_map(|mutant| apply(mutant).err());
    let complaints: Vec<String> = complaints.map(|error| format!("{error:#}")).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    let exercises = course.labs().iter().flat_map(|lab| &lab.exercises);
    for exercise in exercises {
        let of = |mutant: &&Mutant| mutant.exercise == exercise.number;
        assert!(
            all.iter().any(|m| of(&m)),
            "no mutant of {}",
            exercise.number
        );
    }
}

#[test]
fn a_level_changes_no_file_without_marks() {
    let (_, course) = course();
    let text = "int main(void) { return 0; } // exercise 4.3 begin\n";
    let level = Level::skeleton(Lab::Number(1));
    assert_eq!(render(&course, "a.c", text, level).expect("a file"), text);
}
