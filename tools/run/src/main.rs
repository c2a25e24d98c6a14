//! The command line of `mos-run`.

#![forbid(unsafe_code)]

use anyhow::Result;
use clap::{Parser, Subcommand};
// lab 5 begin
use mos_run::disk::{self, Disk};
// lab 5 end
use mos_run::emulator::Settings;
use mos_run::features::Features;
use mos_run::machine::Machine;
use mos_run::options::BootOptions;
use mos_run::pack::{pack, with};
use mos_run::tree::Tree;
use mos_run::{attach, build, cli, debug, files, holes, progress, run};
use std::path::PathBuf;
use std::process::ExitCode;

/// Builds, packs, runs and debugs MOS.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Cmd,
}

#[derive(Subcommand)]
enum Cmd {
    /// Build the kernel (of one machine, or of both) and the programs
    Build {
        /// The machine
        #[arg(long, value_enum)]
        machine: Option<Machine>,
    },
    /// Write a bootable ELF file
    Image {
        #[command(flatten)]
        options: BootOptions,
        /// Where to write it, if not to build/MACHINE/mos.elf
        #[arg(long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        features: Features,
    },
    /// Boot the system; the exit status is its verdict
    Run {
        #[command(flatten)]
        options: BootOptions,
        /// On malta: instructions take 2^N ns of guest time each, so that runs are repeatable
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(..=10))]
        icount: Option<u8>,
        #[command(flatten)]
        features: Features,
        // lab 5 begin
        /// Files that are the machine's disks, separated by commas
        #[arg(long, value_delimiter = ',')]
        disk: Vec<PathBuf>,
        // lab 5 end
    },
    /// Boot the system on malta under gdb
    Debug {
        #[command(flatten)]
        options: BootOptions,
        #[command(flatten)]
        features: Features,
        // lab 5 begin
        /// Files that are the machine's disks, separated by commas
        #[arg(long, value_delimiter = ',')]
        disk: Vec<PathBuf>,
        // lab 5 end
    },
    /// Run gdb for the QEMU that `debug` has started in this tree
    Gdb,
}

fn main() -> ExitCode {
    cli::main(|cli: Cli| execute(cli.command))
}

fn execute(command: Cmd) -> Result<ExitCode> {
    let tree = Tree::here()?;
    match command {
        Cmd::Build { machine } => {
            let machines = cli::machines(machine);
            let spinner = progress::spinner();
            for machine in machines {
                build::kernel(&tree, machine, &spinner)?;
            }
            build::programs(&tree, &spinner)?;
            Ok(ExitCode::SUCCESS)
        }
        Cmd::Image {
            options,
            out,
            features,
        } => {
            let folder = tree.build().join(options.machine.name());
            let out = out.unwrap_or_else(|| folder.join("mos.elf"));
            files::check(&out)?;
            let (_, image) = pack(&tree, &options, options.boot()?, features, with(features))?;
            files::write(&out, &image)?;
            Ok(ExitCode::SUCCESS)
        }
        Cmd::Run {
            options,
            icount,
            features,
            // lab 5 begin
            disk,
            // lab 5 end
        } => {
            holes::tell(&tree)?;
            // lab 5 begin
            // otherwise: let more = [];
            let disks = Disk::open_all(&disk)?;
            let more = disk::arguments(options.machine, &disks);
            // lab 5 end
            let (_, image) = pack(&tree, &options, options.boot()?, features, with(features))?;
            let settings = Settings {
                icount,
                ..Settings::of(features)
            };
            run::to_the_end(&tree, options.machine, &image, settings, &more)
        }
        Cmd::Debug {
            options,
            features,
            // lab 5 begin
            disk,
            // lab 5 end
        } => {
            let kernel = debug::kernel(features, options.machine)?;
            // lab 5 begin
            let disks = Disk::open_all(&disk)?;
            // lab 5 end
            let (boot, image) = pack(&tree, &options, options.boot()?, features, kernel)?;
            let settings = Settings::of(features);
            // lab 5 begin
            // otherwise: debug::debug(&tree, &boot, &image, settings)
            debug::debug(&tree, &boot, &image, settings, &disks)
            // lab 5 end
        }
        Cmd::Gdb => attach::attach(&tree),
    }
}
