//! Who asks for which language: make's command line, then the caller's environment; a skeleton only by the former.

use super::tree;
use std::process::Command;

/// What make would run for `arguments`, in an environment with these variables of language.
fn command(arguments: &[&str], spoken: &[(&str, &str)]) -> String {
    let mut make = Command::new("make");
    make.arg("-n").args(arguments).current_dir(tree().root());
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "MAKEFLAGS", "MAKELEVEL"] {
        make.env_remove(name);
    }
    let output = make.envs(spoken.iter().copied()).output().expect("make");
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let of_course = lines.lines().rfind(|line| line.contains("/mos-course "));
    of_course.expect("a line that runs it").to_owned()
}

#[test]
fn reports_are_in_the_language_of_the_caller_unless_make_is_told() {
    const CHINESE: (&str, &str) = ("LANG", "zh_CN.UTF-8");
    let grade: &[&str] = &["grade", "LAB=1"];
    let submit: &[&str] = &["submit", "LAB=1", "ID=123456"];
    for target in [grade, submit] {
        assert!(!command(target, &[]).contains("language"));
        assert!(!command(target, &[("LANG", "de_DE.UTF-8")]).contains("language"));
        assert!(command(target, &[CHINESE]).ends_with("--language=zh"));
        assert!(!command(target, &[CHINESE, ("LC_ALL", "C")]).contains("language"));
        assert!(
            command(target, &[("LC_MESSAGES", "zh_TW"), ("LANG", "C")]).ends_with("--language=zh")
        );
        let told = [target, &["LANG=en"]].concat();
        assert!(command(&told, &[CHINESE]).ends_with("--language='en'"));
    }
}

#[test]
fn a_skeleton_is_in_the_language_that_make_is_told() {
    let skeleton = ["skeleton", "LAB=1", "DEST=/tmp/none"];
    assert!(!command(&skeleton, &[("LANG", "zh_CN.UTF-8")]).contains("language"));
    let told = [&skeleton[..], &["LANG=zh"]].concat();
    assert!(command(&told, &[]).ends_with("--language='zh'"));
}
