//! What files of settings above the tree say to cargo.

use crate::copy::Copy;
use crate::{refusal, source, words};

const FILE: &str = ".cargo/config.toml";

/// Profiles as others like theirs.
const PROFILES: &str = r#"
[profile.release]
codegen-units = 16
debug = 0
debug-assertions = true
incremental = true
lto = false
opt-level = 0
overflow-checks = true
panic = "unwind"
rpath = true
strip = true
[profile.dev]
debug = 0
debug-assertions = false
incremental = false
lto = "fat"
opt-level = 0
overflow-checks = false
panic = "abort"
rpath = true
strip = true
"#;

/// Who links what for them, and runs it.
const TARGETS: &str = r#"
[target.aarch64-linux-android]
linker = "/nowhere/linker"
[target.mipsel-mos]
linker = "/nowhere/linker"
rustflags = ["--nonsense"]
[target.'cfg(all())']
linker = "/nowhere/linker"
runner = ["/nowhere/runner"]
[build]
incremental = true
[env]
OTHERS = "theirs"
"#;

/// What nothing can take back.
const REFUSED: &[&str] = &[
    "alias.fmt = \"fmt --check\"",
    "build.target = \"mips-nowhere-none\"",
    "env.RUSTFLAGS = \"--nonsense\"",
    "patch.crates-io.anyhow.path = \"/nowhere\"",
    "paths = [\"/nowhere\"]",
    "profile.debug-kernel.strip = true",
    "profile.dev.package.mos-run.debug-assertions = false",
    "profile.release.build-override.opt-level = 3",
    "profile.release.split-debuginfo = \"packed\"",
    "profile.test.opt-level = 0",
    "target.mipsel-mos.z.rustc-link-lib = [\"z\"]",
    "unstable.build-std = [\"std\"]",
];

#[test]
fn profiles_that_others_set_are_not_ours() {
    let copy = Copy::of(source().root(), "tree");
    let profiles = || {
        let mut words = vec!["cargo", "--config", "Cargo.toml", "config", "get"];
        words.extend(["-Zunstable-options", "profile"]);
        self::words(&copy.run("tools/toolchain.sh", &words, &[]))
    };
    let ours = profiles();
    copy.write_above(FILE, PROFILES);
    assert_eq!(profiles(), ours);
}

#[test]
fn others_linkers_link_nothing_of_ours() {
    let copy = Copy::of(source().root(), "tree");
    copy.write_above(FILE, TARGETS);
    let said = words(&copy.run("tools/toolchain.sh", &["env"], &[]));
    for setting in [
        "_LINKER=cc",
        "_RUNNER=setpriv --pdeathsig KILL --",
        "CARGO_TARGET_MIPSEL_MOS_LINKER=ld.lld",
        "CARGO_INCREMENTAL=0",
    ] {
        let found = said.lines().any(|line| line.ends_with(setting));
        assert!(found, "no {setting}: {said}");
    }
}

#[test]
fn what_cannot_be_taken_back_is_refused() {
    let copy = Copy::of(source().root(), "tree");
    for setting in REFUSED {
        copy.write_above(FILE, setting);
        let said = refusal(&copy.make(&["image"], &[]));
        assert!(
            said.starts_with("mos: ") && said.contains(setting),
            "{said}"
        );
        assert!(said.ends_with(FILE), "{said}");
    }
}
