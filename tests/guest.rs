//! Makes a test of each case on each machine, and runs them. The environment variable `MOS_MACHINE`
//! restricts it to one machine.

#![forbid(unsafe_code)]

mod cases;

use cases::outside::output::{self, Sink};
use cases::outside::silence;
use cases::outside::{crowd, cuts, debug, disk, programs, shell, terminal};
use libtest_mimic::{Arguments, Failed, Trial};
use mos_run::machine::Machine;
use mos_run::out;
use mos_run::tree::Tree;
use mos_tests::c_programs;
use mos_tests::case::Case;
use mos_tests::judge::judge;
use mos_tests::play::play;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let built = Tree::here().and_then(|tree| c_programs::build(&tree).map(|_| tree));
    let tree = match built {
        Ok(tree) => tree,
        Err(error) => {
            out::tell(format!("{error:#}"));
            return ExitCode::FAILURE;
        }
    };
    let only = std::env::var("MOS_MACHINE").ok();
    let mut trials = Vec::new();
    for machine in Machine::ALL {
        if only.as_ref().is_some_and(|only| only != machine.name()) {
            continue;
        }
        let copy = tree.clone();
        let check = move || cases::cheats::program(&copy, machine);
        trials.push(Trial::test(format!("{machine}::cheats::program"), check));
        trials.extend(ends(&tree, machine));
        trials.extend(outside(&tree, machine));
        for (theme, cases) in cases::TABLES {
            for case in *cases {
                if case.machines.contains(&machine) {
                    let tree = tree.clone();
                    let name = format!("{machine}::{theme}::{}", case.name);
                    trials.push(Trial::test(name, move || run(&tree, case, machine)));
                }
            }
        }
    }
    if only
        .as_ref()
        .is_none_or(|only| only == Machine::Malta.name())
    {
        for (name, word, limit, end) in cases::limits::RUNS {
            let tree = tree.clone();
            let check = move || cases::limits::check(&tree, word, *limit, end);
            trials.push(Trial::test(format!("malta::limits::{name}"), check));
        }
        for (name, kernel, memory, says, end) in cases::limits::BARE {
            let tree = tree.clone();
            let check = move || cases::limits::bare(&tree, kernel, *memory, says, end);
            trials.push(Trial::test(format!("malta::limits::{name}"), check));
        }
        let copy = tree.clone();
        let check = move || cases::deaf::check(&copy);
        trials.push(Trial::test(
            "malta::deaf::the_kernel_goes_on_without_its_console",
            check,
        ));
        let copy = tree.clone();
        let check = move || cases::cheats::host(&copy);
        trials.push(Trial::test("malta::cheats::the_hosts_files", check));
        trials.extend(gdb(&tree));
        let check = move || cases::cheats::kernel(&tree, Machine::Malta);
        trials.push(Trial::test("malta::cheats::kernel", check));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// What `make debug` offers. Without gdb nothing of it can be tried.
fn gdb(tree: &Tree) -> Vec<Trial> {
    let missing = !cases::gdb::is_installed();
    let kind = if missing {
        "gdb-multiarch is missing"
    } else {
        ""
    };
    let trial = |name: &str, check: fn(&Tree) -> Result<(), Failed>| {
        let tree = tree.clone();
        let trial = Trial::test(format!("malta::gdb::{name}"), move || check(&tree));
        trial.with_kind(kind).with_ignored_flag(missing)
    };
    vec![
        trial("names_values_and_what_the_kernel_knows", cases::gdb::look),
        trial("several_cpus", cases::gdb::look_at_several),
        trial("panic_on_another", cases::gdb::panic_on_another),
        trial("a_machine_that_stays_on_says_so", cases::gdb::stays_on),
        trial("a_check_fits_the_stack", cases::gdb::deep_check),
        trial("the_system_and_its_disk", debug::system),
    ]
}

/// How the end of a run is judged.
fn ends(tree: &Tree, machine: Machine) -> Vec<Trial> {
    let trial = |name: String, check: fn(&Tree, Machine) -> Result<(), Failed>| {
        let tree = tree.clone();
        Trial::test(format!("{machine}::ends::{name}"), move || {
            check(&tree, machine)
        })
    };
    let mut trials = vec![
        trial("a_failure_stays_one".to_owned(), cases::ends::failure),
        trial(
            "an_unknown_instruction".to_owned(),
            cases::ends::unknown_instruction,
        ),
    ];
    for (name, text) in cases::ends::LAST {
        let tree = tree.clone();
        let check = move || cases::ends::good(&tree, machine, text);
        trials.push(Trial::test(
            format!("{machine}::ends::well_after_{name}"),
            check,
        ));
    }
    for (name, signal) in cases::ends::SIGNALS {
        let tree = tree.clone();
        let check = move || cases::ends::signalled(&tree, machine, *signal);
        trials.push(Trial::test(
            format!("{machine}::ends::not_well_by_{name}"),
            check,
        ));
    }
    trials
}

/// What goes wrong outside of the system.
fn outside(tree: &Tree, machine: Machine) -> Vec<Trial> {
    let mut trials = Vec::new();
    let own = terminal::events_of(machine);
    for (name, role, event) in terminal::EVENTS.iter().chain(&own) {
        let (tree, role, event) = (tree.clone(), *role, *event);
        let check = move || terminal::check(&tree, machine, role, event);
        trials.push(Trial::test(format!("{machine}::outside::{name}"), check));
    }
    let copy = tree.clone();
    let name = format!("{machine}::outside::the_monitor_is_left_when_nobody_can_answer");
    trials.push(Trial::test(name, move || silence::check(&copy, machine)));
    let copy = tree.clone();
    let name = format!("{machine}::outside::what_is_piped_to_the_monitor_is_answered_in_order");
    trials.push(Trial::test(name, move || silence::piped(&copy, machine)));
    let copy = tree.clone();
    let name = format!("{machine}::outside::what_the_monitor_has_no_room_for_waits");
    trials.push(Trial::test(name, move || silence::long(&copy, machine)));
    let copy = tree.clone();
    let name = format!("{machine}::outside::a_disk_keeps_what_was_written");
    trials.push(Trial::test(name, move || disk::check(&copy, machine)));
    type Check = fn(&Tree, Machine) -> Result<(), Failed>;
    let checks: [(&str, Check); 7] = [
        ("what_is_piped_in_is_carried_out", shell::script),
        (
            "what_is_piped_in_is_carried_out_on_four",
            shell::script_on_four,
        ),
        ("what_others_have_is_there", shell::newcomer),
        ("the_courses_programs_say_what_they_should", shell::course),
        ("the_clock_and_who_may_kill", programs::clock),
        ("a_shell_that_reads_nothing_ends_well", shell::nothing),
        ("a_person_types_edits_and_interrupts", shell::session),
    ];
    for (name, check) in checks {
        let copy = tree.clone();
        let name = format!("{machine}::shell::{name}");
        trials.push(Trial::test(name, move || check(&copy, machine)));
    }
    if machine == Machine::Malta {
        let copy = tree.clone();
        trials.push(Trial::test("malta::outside::a_crowd", move || {
            crowd::check(&copy)
        }));
        let (copy, name) = (
            tree.clone(),
            "malta::shell::every_program_gives_back_what_it_had",
        );
        trials.push(Trial::test(name, move || programs::leaks(&copy, machine)));
        let copy = tree.clone();
        let name = "malta::outside::what_was_synced_is_there_when_the_machine_is_gone";
        trials.push(Trial::test(name, move || cuts::check(&copy, machine)));
        for target in output::TARGETS {
            for (what, sink) in [("full", Sink::Full), ("gone", Sink::Gone)] {
                let (tree, name) = (tree.clone(), target.name);
                let name = format!("malta::outside::{name}_with_output_{what}");
                trials.push(Trial::test(name, move || {
                    output::check(&tree, target, sink)
                }));
            }
        }
    }
    trials
}

fn run(tree: &Tree, case: &Case, machine: Machine) -> Result<(), Failed> {
    let seen = play(tree, case, machine).map_err(|error| format!("{error:#}"))?;
    judge(tree, case, &seen).map_err(|error| {
        let console = &seen.console;
        Failed::from(format!("{error:#}\n--- the whole console\n{console}\n---"))
    })
}
