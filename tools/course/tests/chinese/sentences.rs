//! Catalogues of sentences: none is missing, none is of yesterday, and each is laid over a report as it should be.

use super::{files, text, tree};
use mos_course::grade::checks;
use mos_course::language::{Catalogue, Language};
use mos_run::lab::Lab;
use std::collections::{BTreeMap, BTreeSet};

fn catalogue(name: &str) -> BTreeMap<String, String> {
    toml::from_str(&text(name)).expect("a catalogue")
}

/// The sentences of the checks of `lab`.
fn sentences(lab: Lab) -> BTreeSet<String> {
    let table: toml::Table = text(&format!("tests/checks/{}.toml", lab.stem()))
        .parse()
        .expect("checks");
    let checks = table["check"].as_array().expect("a list");
    let said = checks.iter().flat_map(|check| {
        let steps = check["steps"].as_array().expect("a list").iter();
        steps.chain([&check["tests"]])
    });
    said.map(|text| text.as_str().expect("a sentence").to_owned())
        .collect()
}

#[test]
fn every_sentence_of_a_check_is_known_and_no_other() {
    let mut before = BTreeSet::new();
    for lab in checks::labs(&tree()).expect("labs") {
        let file = format!("docs/zh/checks/{}.toml", lab.stem());
        let mut known: BTreeSet<String> = catalogue(&file).into_keys().collect();
        let said = sentences(lab);
        let missing: Vec<_> = said
            .difference(&known)
            .filter(|text| !before.contains(*text))
            .collect();
        assert!(missing.is_empty(), "{file} lacks {missing:#?}");
        known.retain(|text| !said.contains(text));
        assert!(known.is_empty(), "{file}: nobody says {known:#?}");
        before.extend(said);
    }
}

#[test]
fn every_sentence_of_a_report_is_one_that_is_said() {
    let mut said = BTreeSet::new();
    for name in files("tools/course/src/grade") {
        let source = text(&name);
        for line in source.lines() {
            let literals = line.split('"').skip(1).step_by(2);
            let parts = literals.flat_map(|literal| literal.split("\\n"));
            said.extend(parts.map(|part| varying(part.trim())));
        }
    }
    // What is put together of two: the second is known or stays as it is.
    let parts = |english: &str| english.split("; ").map(str::to_owned).collect::<Vec<_>>();
    for (english, chinese) in catalogue("docs/zh/verdicts.toml") {
        let known =
            said.contains(&english) || parts(&english).iter().all(|part| said.contains(part));
        // A word behind which something stands, as `again: {}`.
        assert!(known, "nobody says {english:?} in tools/course/src/grade");
        let gaps = |text: &str| text.matches("{}").count();
        assert_eq!(gaps(&english), gaps(&chinese), "{english:?}");
    }
}

/// A format string with `{}` for everything that varies.
fn varying(literal: &str) -> String {
    let mut text = String::new();
    let mut rest = literal;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((_, after)) = behind.split_once('}') else {
            break;
        };
        text += before;
        text += "{}";
        rest = after;
    }
    text + rest
}

/// In which folders checks say what they see.
const SEE: [&str; 8] = [
    "user/src/bin/challenges",
    "user/src/bin/lab3",
    "user/src/bin/lab4",
    "user/src/bin/lab5",
    "user/src/bin/lab6",
    "user/src/bin/smp",
    "kernel/checks/src",
    "kernel/src/checks",
];

#[test]
fn nearly_all_that_checks_see_is_known() {
    let known: BTreeSet<String> = files("docs/zh/seen")
        .iter()
        .flat_map(|name| catalogue(name).into_keys())
        .collect();
    let mut seen = BTreeSet::new();
    for folder in SEE {
        for name in files(folder) {
            let source = text(&name);
            let literals = source.split("saw!(").skip(1);
            seen.extend(literals.filter_map(|rest| Some(rest.split('"').nth(1)?.to_owned())));
        }
    }
    let missing: Vec<_> = seen.difference(&known).collect();
    // What is not stays English, which is no harm, as long as it is little.
    assert!(
        missing.len() * 10 < seen.len(),
        "docs/zh/seen lacks {missing:#?}"
    );
}

#[test]
fn a_report_is_told_in_chinese() {
    let catalogue = Catalogue::load(tree().root(), Language::Zh).expect("the catalogues");
    let english = "\
Lab 4
FAIL  0/4  dispatch               4.1          -
       System calls are told apart by their number.
       Not so: an unknown number is an invalid argument (1 of 2 steps are right).
       - a call's number (getenvid, where there is such a call), and what it returns: (0, Err(Inval))
       + it did not end within 300 million instructions; the kernel was last in x (80010000)
       (- expected, + seen) on the console:
         | Score: 100/100
       again: make grade LAB=4 CHECK=dispatch
Score: 0/100
";
    let chinese = "\
实验 4
FAIL  0/4  dispatch               4.1          -
       系统调用由调用号区分。
       不成立：不存在的调用号是无效的参数（已有 1 步正确，共 2 步）。
       - 一个调用号（如果有这个调用，则是 getenvid），以及返回的结果：(0, Err(Inval))
       + 在 300 百万条指令之内没有结束；内核最后在 x (80010000)
       （- 应该看到，+ 实际看到）控制台上是：
         | Score: 100/100
       重测：make grade LAB=4 CHECK=dispatch
得分：0/100
";
    assert_eq!(catalogue.report(english), chinese);
}
