//! The plugin that makes QEMU write its trace: built from C by the host's compiler when it is needed.

use crate::files;
use crate::tree::Tree;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How it is compiled, as strictly as the compiler can.
const FLAGS: [&str; 8] = [
    "-std=c11",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-fvisibility=hidden",
    "-shared",
    "-fPIC",
];

/// The path of the plugin, which is built first if it is missing or older than its source.
///
/// # Errors
/// There is no C compiler, or it does not compile.
pub fn build(tree: &Tree) -> Result<PathBuf> {
    let source = tree.root().join("tools/plugin/trace.c");
    let plugin = tree.build().join("plugin/trace.so");
    if !is_newer(&plugin, &source) {
        compile(&source, &plugin)
            .with_context(|| format!("cannot build QEMU's plugin {}", source.display()))?;
    }
    Ok(plugin)
}

fn is_newer(plugin: &Path, source: &Path) -> bool {
    let modified = |path| fs::metadata(path).and_then(|metadata| metadata.modified());
    match (modified(plugin), modified(source)) {
        (Ok(plugin), Ok(source)) => plugin > source,
        _ => false,
    }
}

fn compile(source: &Path, plugin: &Path) -> Result<()> {
    // Into another file first, so that an interrupted build leaves none that looks ready.
    let folder = tempfile::tempdir()?;
    let object = folder.path().join("trace.so");
    let mut cc = Command::new("cc");
    cc.args(FLAGS).arg("-o").arg(&object).arg(source);
    let status = cc.status().context("cannot run the C compiler `cc`")?;
    ensure!(status.success(), "`cc` failed with {status}");
    files::write(plugin, &files::read(&object)?)
}
