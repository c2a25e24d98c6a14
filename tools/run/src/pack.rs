//! Building what is to boot, and packing it.

use crate::boot::Boot;
use crate::build;
use crate::features::Features;
use crate::machine::Machine;
use crate::options::BootOptions;
use crate::progress;
use crate::tree::Tree;
use anyhow::Result;
use indicatif::ProgressBar;
use std::path::PathBuf;

/// What builds the kernel with these features.
pub fn with(features: Features) -> impl Fn(&Tree, Machine, &ProgressBar) -> Result<PathBuf> {
    move |tree, machine, spinner| build::kernel_with(features, tree, machine, spinner)
}

/// Builds what is needed to `boot` that on the machine of `options`, the kernel with `features` by `build`, and the
/// image of it.
///
/// # Errors
/// Something does not build, or is not there.
pub fn pack(
    tree: &Tree,
    options: &BootOptions,
    boot: Boot,
    features: Features,
    build: impl Fn(&Tree, Machine, &ProgressBar) -> Result<PathBuf>,
) -> Result<(Boot, Vec<u8>)> {
    let machine = options.machine;
    // teacher begin
    let boot = boot.told(features.word()?);
    // teacher end
    boot.check(tree)?;
    let spinner = progress::spinner();
    let kernel = match &options.kernel {
        Some(kernel) => kernel.clone(),
        None => build(tree, machine, &spinner)?,
    };
    build::programs_of(tree, &boot, &spinner)?;
    spinner.finish_and_clear();
    let image = boot.image(tree, &kernel)?;
    Ok((boot, image))
}
