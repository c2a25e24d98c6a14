//! The command line of `mos`.

#![forbid(unsafe_code)]

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};
use mos::image::Image;
use mos::{change, make, put, show, system};
use mos_run::boot::Boot;
use mos_run::debug;
use mos_run::disk::{self, Disk};
use mos_run::emulator::Settings;
use mos_run::features::Features;
use mos_run::machine::Machine;
use mos_run::options::BootOptions;
use mos_run::pack::{pack, with};
use mos_run::run;
use mos_run::tree::Tree;
use mos_run::{cli, out};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Makes, checks, reads and changes disks of MOS. Those of big-endian systems and of JOS are only read.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Cmd,
}

#[derive(Subcommand)]
enum Cmd {
    /// Make IMAGE a new disk with these files and folders; what is in a folder instead, where it ends in a slash
    Mkfs {
        /// The file to write
        image: PathBuf,
        /// How large it is: bytes, or with K, M or G; if not given, 4M or what the files need
        #[arg(short, long, value_parser = make::size)]
        size: Option<u64>,
        /// Files and folders
        files: Vec<PathBuf>,
    },
    // teacher begin
    // otherwise: /// Make the system's disk anew
    /// Build the programs of the system's disk and make it anew
    // teacher end
    Disk {
        /// The machine whose disk it is
        #[arg(long, value_enum, default_value = "malta")]
        machine: Machine,
        /// Where to write it, if not to build/MACHINE/disk.img
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Boot the system, with its own disk or others; the exit status is its verdict
    Run(Started),
    /// Boot the system likewise, on malta under gdb
    Debug(Started),
    /// Say what is wrong; the exit status is 1 if something is and was not mended
    Fsck {
        /// Mend it
        #[arg(short = 'y', long)]
        mend: bool,
        /// The disk
        image: PathBuf,
    },
    /// List directories
    Ls {
        /// With sizes
        #[arg(short, long)]
        long: bool,
        /// The disk
        image: PathBuf,
        /// Files and directories; the root, if not given
        paths: Vec<String>,
    },
    /// List all that is in directories
    Tree {
        /// The disk
        image: PathBuf,
        /// Directories; the root, if not given
        paths: Vec<String>,
    },
    /// Write what is in files to standard output
    Cat {
        /// The disk
        image: PathBuf,
        /// Files
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Copy files and folders of this host to the disk; what is in a folder instead, where it ends in a slash
    Put {
        /// The directory of the disk they come to
        #[arg(short, long, default_value = "/")]
        to: String,
        /// The disk
        image: PathBuf,
        /// Files and folders
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Remove files and empty directories
    Rm {
        /// Directories with all that is in them
        #[arg(short, long)]
        recursive: bool,
        /// The disk
        image: PathBuf,
        /// What to remove
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Make directories
    Mkdir {
        /// The disk
        image: PathBuf,
        /// What to make
        #[arg(required = true)]
        paths: Vec<String>,
    },
    /// Give a file or a directory another path
    Mv {
        /// The disk
        image: PathBuf,
        /// Its path
        from: String,
        /// The path it shall have, or the directory it shall be in
        to: String,
    },
}

/// How the system is started.
#[derive(Args)]
struct Started {
    #[command(flatten)]
    options: BootOptions,
    #[command(flatten)]
    features: Features,
    /// Files that are the machine's disks instead, separated by commas
    #[arg(long, value_delimiter = ',')]
    disk: Vec<PathBuf>,
}

fn main() -> ExitCode {
    cli::main(|cli: Cli| execute(cli.command))
}

fn execute(command: Cmd) -> Result<ExitCode> {
    match command {
        Cmd::Mkfs { image, size, files } => make::make(&image, size, &files)?,
        Cmd::Disk { machine, out } => {
            let tree = Tree::here()?;
            let out = out.unwrap_or_else(|| system::path(&tree, machine));
            system::make(&tree, &out)?;
        }
        Cmd::Run(started) => return run(&started),
        Cmd::Debug(started) => return debug(&started),
        Cmd::Fsck { mend, image } => return check(&image, mend),
        Cmd::Ls { long, image, paths } => {
            let mut image = Image::look_at(&image)?;
            for path in or_root(paths) {
                show::list(&mut image, &path, long)?;
            }
        }
        Cmd::Tree { image, paths } => {
            let mut image = Image::look_at(&image)?;
            for path in or_root(paths) {
                show::tree(&mut image, &path)?;
            }
        }
        Cmd::Cat { image, paths } => {
            let mut image = Image::look_at(&image)?;
            for path in paths {
                out::print(image.read(&path)?)?;
            }
        }
        Cmd::Put { to, image, files } => Image::change(&image, |image| {
            let put = |file: &PathBuf| put::put(image, file, &to);
            files.iter().try_for_each(put)
        })?,
        Cmd::Rm {
            recursive,
            image,
            paths,
        } => Image::change(&image, |image| {
            let remove = |path: &String| change::remove(image, path, recursive);
            paths.iter().try_for_each(remove)
        })?,
        Cmd::Mkdir { image, paths } => Image::change(&image, |image| {
            let make = |path: &String| image.make_dir(path);
            paths.iter().try_for_each(make)
        })?,
        Cmd::Mv { image, from, to } => {
            Image::change(&image, |image| change::rename(image, &from, &to))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Boots the system.
fn run(started: &Started) -> Result<ExitCode> {
    let Started {
        ref options,
        features,
        ref disk,
    } = *started;
    let tree = Tree::here()?;
    let (boot, disks) = system(&tree, options, disk)?;
    let more = disk::arguments(options.machine, &disks);
    let (_, image) = pack(&tree, options, boot, features, with(features))?;
    run::to_the_end(&tree, options.machine, &image, settings(features), &more)
}

/// The same, for gdb.
fn debug(started: &Started) -> Result<ExitCode> {
    let Started {
        ref options,
        features,
        ref disk,
    } = *started;
    let kernel = debug::kernel(features, options.machine)?;
    let tree = Tree::here()?;
    let (boot, disks) = system(&tree, options, disk)?;
    let (boot, image) = pack(&tree, options, boot, features, kernel)?;
    debug::debug(&tree, &boot, &image, settings(features), &disks)
}

/// What the system begins with, and the disks at `paths`, or its own.
fn system(tree: &Tree, options: &BootOptions, paths: &[PathBuf]) -> Result<(Boot, Vec<Disk>)> {
    // teacher begin
    // otherwise: let own = || system::open_built(tree, options.machine);
    let own = || system::open(tree, options.machine);
    if !paths.is_empty() {
        system::build_programs(tree)?;
    }
    // teacher end
    let disks = match paths {
        [] => vec![own()?],
        paths => Disk::open_all(paths)?,
    };
    // teacher begin
    // otherwise: let boot = system::boot(options)?;
    if let Some(first) = disks.first() {
        system::must_have_shell(&first.path())?;
    }
    let boot = system::boot(tree, options)?;
    // teacher end
    Ok((boot, disks))
}

fn settings(features: Features) -> Settings {
    let settings = Settings::of(features);
    // teacher begin
    let settings = Settings {
        lines: true,
        ..settings
    };
    // teacher end
    settings
}

fn or_root(paths: Vec<String>) -> Vec<String> {
    if paths.is_empty() {
        vec!["/".to_owned()]
    } else {
        paths
    }
}

/// Says what is wrong on the disk at `path`, and mends it if that is wanted. What a machine has is half written as a rule.
fn check(path: &Path, mend: bool) -> Result<ExitCode> {
    let _held = match mend {
        true => Some(Disk::open(path)?),
        false => None,
    };
    if !mend && Disk::is_taken(path)? {
        bail!("{}: a machine has it", path.display());
    }
    let mut image = Image::open(path, mend)?;
    if mend && !image.fs.is_writable() {
        bail!("{}: foreign disks are only read", path.display());
    }
    let (findings, summary) = image.check()?;
    for finding in &findings {
        out::print(format!("{finding}\n"))?;
    }
    out::print(format!(
        "{} files, {} directories, {} blocks in use, {} free\n",
        summary.files, summary.directories, summary.used, summary.free
    ))?;
    Ok(cli::verdict(mend || findings.is_empty()))
}
