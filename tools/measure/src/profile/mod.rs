//! `make profile`: in which functions a run spends its instructions.

mod flame;
mod functions;
mod stacks;
mod tree;

use crate::bench::table::grouped;
use crate::trace::Subject;
use crate::trace::code::is_user;
use anyhow::{Result, bail};
// teacher begin
use anyhow::ensure;
// teacher end
use functions::Functions;
use mos_run::boot::Boot;
use mos_run::features::Features;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_run::{build, files, out, progress};
use stacks::Stacks;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Functions in the list.
const LISTED: usize = 30;

/// Boots the one program of `boot` on `machine`, prints where it and the kernel spent their instructions,
/// and writes a flame graph to `out`: those of all CPUs together, if there are several.
///
/// # Errors
/// Something does not build or run, or the file cannot be written.
pub fn profile(
    tree: &Tree,
    machine: Machine,
    boot: &Boot,
    features: Features,
    out: Option<PathBuf>,
) -> Result<()> {
    boot.check(tree)?;
    // teacher begin
    ensure!(
        features.cpus <= 1 || machine == Machine::Malta,
        "CPUS={}: GXemul does not tell which CPU executes an instruction: profile several CPUs on malta",
        features.cpus
    );
    // teacher end
    let [program] = boot.programs.as_slice() else {
        bail!("PROG: only one program can be followed: all are at the same addresses");
    };
    let name = format!("{}-{machine}", program.name());
    let default = || tree.build().join("profile").join(format!("{name}.svg"));
    let out = out.unwrap_or_else(default);
    files::check(&out)?;
    let spinner = progress::spinner();
    let kernel = build::kernel_with(features, tree, machine, &spinner)?;
    build::programs_of(tree, boot, &spinner)?;
    let functions = Functions::new(&files::read(&kernel)?, &files::read(&program.path(tree)?)?)?;
    let subject = Subject::new(tree, machine, &kernel, boot)?.on(features);
    let mut stacks = Stacks::new(&subject.code, &functions);
    let mut counts = vec![0; functions.count()];
    let mut cpus: BTreeMap<usize, [u64; 2]> = BTreeMap::new();
    spinner.set_message(format!("Running {} on {machine}", program.name()));
    let run = subject.follow_cpus(tree, |cpu, pc| {
        counts[functions.at(pc).index()] += 1;
        cpus.entry(cpu).or_default()[usize::from(is_user(pc))] += 1;
        stacks.step(cpu, pc);
    })?;
    spinner.finish_and_clear();

    let list = list(&functions, &counts);
    let mut report = format!("{}\n{list}{}", run.console, each(&cpus));
    let title = format!("{name}: instructions by call chain");
    let graph = flame::graph(&title, &stacks.tree(), &functions);
    files::write(&out, graph.as_bytes())?;
    report += &format!("Flame graph: {}\n", out.display());
    out::print(report)
}

/// What each CPU executed, if there are several.
fn each(cpus: &BTreeMap<usize, [u64; 2]>) -> String {
    if cpus.len() < 2 {
        return String::new();
    }
    let line = |(cpu, [kernel, user]): (&usize, &[u64; 2])| {
        let (all, user) = (grouped(kernel + user), grouped(*user));
        format!("CPU {cpu}: {all} instructions, {user} of them in user mode\n")
    };
    cpus.iter().map(line).collect()
}

/// The functions with the most instructions, and the sums.
fn list(functions: &Functions, counts: &[u64]) -> String {
    let sum = |wanted: bool| {
        let side = functions.iter().filter(|(user, ..)| *user == wanted);
        side.map(|(_, _, index)| counts[index]).sum::<u64>()
    };
    let (user, kernel) = (sum(true), sum(false));
    let all = user + kernel;
    let share = |count: u64| count as f64 * 100.0 / all.max(1) as f64;
    let mut text = format!(
        "{} instructions: {} in user mode ({:.1} %), {} in kernel mode ({:.1} %)\n",
        grouped(all),
        grouped(user),
        share(user),
        grouped(kernel),
        share(kernel),
    );
    let mut rows: Vec<_> = functions.iter().filter(|row| counts[row.2] > 0).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(counts[row.2]));
    let rest: u64 = rows.iter().skip(LISTED).map(|row| counts[row.2]).sum();
    let mut line = |count: u64, side: &str, name: &str| {
        text += &format!(
            "{:>13} {:>5.1} % {side:6} {name}\n",
            grouped(count),
            share(count)
        );
    };
    for (user, name, index) in rows.into_iter().take(LISTED) {
        line(counts[index], if user { "user" } else { "kernel" }, name);
    }
    line(rest, "", "all others");
    text
}
