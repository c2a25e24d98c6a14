//! QEMU's plugins of `tools/run/plugin`: built from C by the host's compiler when they are needed.

use crate::tree::Tree;
use crate::{files, made};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// How they are compiled, as strictly as the compiler can.
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

/// A plugin: each is a C file of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plugin {
    /// Writes the address of every instruction.
    Trace,
    /// Counts instructions, and ends the run at a limit.
    Count,
}

impl Plugin {
    fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Count => "count",
        }
    }

    /// QEMU's arguments for this plugin with `arguments` of its own. It is built first if it is missing or
    /// made of another source.
    ///
    /// # Errors
    /// There is no C compiler, or it does not compile.
    pub fn arguments(self, tree: &Tree, arguments: &str) -> Result<Vec<String>> {
        // QEMU wants commas in a file's name doubled.
        let path = self.build(tree)?.display().to_string().replace(',', ",,");
        Ok(vec!["-plugin".to_owned(), format!("{path},{arguments}")])
    }

    fn build(self, tree: &Tree) -> Result<PathBuf> {
        let folder = tree.root().join("tools/run/plugin");
        let source = folder.join(self.name()).with_extension("c");
        let plugin = tree.build().join("plugin").join(self.name());
        let plugin = plugin.with_extension("so");
        let inputs = [source.clone(), folder.join("qemu.h")];
        made::of(&inputs, &FLAGS, &plugin, || compile(&source, &plugin))
            .with_context(|| format!("cannot build QEMU's plugin {}", source.display()))?;
        Ok(plugin)
    }
}

fn compile(source: &Path, plugin: &Path) -> Result<()> {
    // Into another file first, so that an interrupted build leaves none that looks ready.
    let folder = tempfile::tempdir()?;
    let object = folder.path().join("plugin.so");
    let mut cc = Command::new("cc");
    cc.args(FLAGS).arg("-o").arg(&object).arg(source);
    let status = cc.status().context("cannot run the C compiler `cc`")?;
    ensure!(status.success(), "`cc` failed with {status}");
    files::write(plugin, &files::read(&object)?)
}
