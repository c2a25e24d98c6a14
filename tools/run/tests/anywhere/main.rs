//! The tree in strange places and in strange company: where it works it does so as anywhere else, and where it cannot
//! it says so in a line, before anything is built.

#![forbid(unsafe_code)]

mod copy;
mod exported;
mod settings;
mod variables;
mod writing;

use copy::Copy;
use exported::EXPORTED;
use mos_run::tree::Tree;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Output;

/// What a path can have, but for what cargo cannot carry.
const STRANGE: &str = "100% \"a,b\" $HOME's #1 [x] 内核";

/// Settings of somebody who works on other things too, in a folder above. Where packages come from holds for us as well.
const ABOVE: &str = r#"
[build]
target-dir = "/nowhere/target"
build-dir = "/nowhere/build"
rustc = "/nowhere/rustc"
rustc-wrapper = "/nowhere/wrapper"
rustc-workspace-wrapper = "/nowhere/wrapper"
rustflags = ["--nonsense"]
rustdocflags = ["--nonsense"]
[profile.release]
debug = 0
[net]
retry = 7
"#;

fn has(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

fn source() -> Tree {
    Tree::here().unwrap()
}

/// All that was said by what went well.
fn words(output: &Output) -> String {
    let words = [output.stdout.as_slice(), &output.stderr].concat();
    let words = String::from_utf8_lossy(&words).into_owned();
    assert!(output.status.success(), "{words}");
    words
}

/// The line that was said by what was refused; make adds one of its own.
fn refusal(output: &Output) -> String {
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "it was done: {words}");
    let lines: Vec<&str> = words
        .lines()
        .filter(|line| !line.starts_with("make: "))
        .collect();
    assert_eq!((lines.len(), &*output.stdout), (1, &b""[..]), "{words}");
    lines.concat()
}

/// A copy that brings along what was built elsewhere, with a change that no time stamp tells of.
#[test]
fn a_copy_is_built_of_its_own_sources() {
    let copy = Copy::of(source().root(), STRANGE);
    copy.write_above(".cargo/config.toml", ABOVE);
    copy.built(source().root());
    copy.change_unnoticed("user/src/bin/hello.rs", "hello, I", "olleh, I");

    let said = words(&copy.make(&["image", "PROG=hello", "OUT=$first's.elf"], EXPORTED));
    assert!(
        said.contains("built elsewhere"),
        "it was not noticed: {said}"
    );
    let image = fs::read(copy.root().join("$first's.elf")).unwrap();
    assert!(has(&image, "olleh, I am"), "another tree's program");
    assert!(has(&image, ".debug_info"), "another profile");

    // From now on nothing is built, and nobody has anything to say.
    let built = copy.time_of("target/debug/mos-run");
    let said = words(&copy.make(&["run", "PROG=hello"], &[]));
    assert!(said.contains("olleh, I am"), "{said}");
    let said = words(&copy.make(&["image", "PROG=hello", "OUT=second.elf"], EXPORTED));
    assert_eq!((&*said, copy.time_of("target/debug/mos-run")), ("", built));
    assert_eq!(fs::read(copy.root().join("second.elf")).unwrap(), image);

    for (out, why) in [
        ("OUT=/dev/null", "no regular file"),
        ("OUT=tools", "a folder"),
    ] {
        let said = refusal(&copy.make(&["image", out], &[]));
        assert!(
            said.starts_with("mos: cannot write") && said.ends_with(why),
            "{said}"
        );
    }

    let setting = ["cargo", "config", "get", "-Zunstable-options", "net.retry"];
    let said = copy.run("tools/toolchain.sh", &setting, EXPORTED).stdout;
    assert_eq!(said, b"net.retry = 7\n");
}

#[test]
fn what_cargo_cannot_carry_is_refused() {
    for (name, why) in [
        (&b"a:b"[..], "a colon in the path"),
        (b"a\nb", "a line feed in the path"),
        (b"a\n", "a line feed in the path"),
        (b"a\xffb", "a path that is not UTF-8"),
    ] {
        let copy = Copy::of(source().root(), OsStr::from_bytes(name));
        let said = refusal(&copy.make(&["image"], &[]));
        assert!(said.contains(why), "{said}");
        assert!(!copy.root().join("target").exists(), "something was built");
    }
}

/// Packages are kept in the home folder; without one they are kept in the tree.
#[test]
fn a_home_folder_is_not_needed() {
    let copy = Copy::of(source().root(), "tree");
    for home in ["/dev/null", "/dev/null/nowhere"] {
        let said = words(&copy.run(
            "tools/toolchain.sh",
            &["env"],
            &[("HOME", home), ("CARGO_HOME", "")],
        ));
        let place = copy.root().join("target/packages");
        assert!(
            said.lines()
                .any(|line| line == format!("CARGO_HOME={}", place.display())),
            "{said}"
        );
    }
}
