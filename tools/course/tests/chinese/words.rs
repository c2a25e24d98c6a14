//! One word for a thing.

use super::{files, text};

/// Words that were tried, and what stands instead.
const NOT_THESE: &[(&str, &str)] = &[
    ("检查点", "检查"),
    ("空白实验树", "代码框架"),
    ("实验树", "代码框架"),
    ("映像", "镜像"),
    ("代数", "世代号"),
    ("有空的源码", "未填完的代码"),
    ("只是一种说法", "不可信"),
    ("有什么感觉", "能观察到什么"),
    ("多一个也没有", "恰好 1024 个"),
    ("放手者", "引用者"),
    ("不能提的问题", "发不出的请求"),
    ("陌生", "无关"),
    ("带着结论", "带着运行结果"),
    ("丢页框", "泄漏页框"),
    ("丢失页框", "泄漏页框"),
    ("丢一个页框", "泄漏一个页框"),
];

#[test]
fn one_thing_has_one_word() {
    for name in files("docs/zh") {
        let text = text(&name);
        for (line, number) in text.lines().zip(1..) {
            for (word, other) in NOT_THESE {
                assert!(
                    !line.contains(word),
                    "{name}:{number}: {word}: write {other}"
                );
            }
        }
    }
}

#[test]
fn the_better_words_are_used() {
    let all: String = files("docs/zh").iter().map(|name| text(name)).collect();
    for word in NOT_THESE.iter().map(|(_, word)| word) {
        assert!(all.contains(word), "nobody writes {word}");
    }
}
