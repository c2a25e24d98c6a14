//! What runs meanwhile.

use crate::system::{IO, Simulated};
use mos_sh::Shell;

fn interactive(system: &mut Simulated, line: &str, shell: &mut Shell) -> String {
    shell.whole_text(system, line, IO);
    std::mem::take(&mut system.console)
}

#[test]
fn a_job_can_be_listed_and_killed() {
    let mut system = Simulated::new();
    let mut shell = Shell {
        is_interactive: true,
        ..Shell::default()
    };
    let mut run = |system: &mut Simulated, line| interactive(system, line, &mut shell);
    assert_eq!(run(&mut system, "sleep 5 &"), "[1] 00000801\n");
    assert_eq!(
        run(&mut system, "sleep 6 | sleep 7 & args $!"),
        "[2] 00001001\n<00001001>\n"
    );
    assert_eq!(
        run(&mut system, "jobs"),
        "[1] running  sleep 5\n[2] running  sleep 6 | sleep 7\n"
    );
    assert_eq!(
        run(&mut system, "kill %3"),
        "sh: kill: %3: there is no such job\n"
    );
    assert_eq!(run(&mut system, "kill -9 %2 00000801"), "");
    assert_eq!(system.killed, [0xc01, 0x1001, 0x801]);
    assert_eq!(
        run(&mut system, "jobs"),
        "[1] done     sleep 5\n[2] done     sleep 6 | sleep 7\n"
    );
    assert_eq!(run(&mut system, "jobs"), "");
    assert_eq!(run(&mut system, "fg"), "sh: fg: there is no such job\n");
}

#[test]
fn a_job_that_comes_to_the_front_has_its_status() {
    let mut system = Simulated::new();
    let mut shell = Shell::default();
    assert_eq!(
        interactive(&mut system, "status 6 & fg; args $?", &mut shell),
        "status 6\n<6>\n"
    );
    let line = "status 5 & args a & fg %1; args $?; fg; args $?";
    assert_eq!(
        interactive(&mut system, line, &mut shell),
        "<a>\nstatus 5\n<5>\nargs a\n<0>\n"
    );
}

#[test]
fn a_job_reads_nothing_of_what_is_typed() {
    let mut system = Simulated::new();
    system.input = "typed".to_owned();
    assert_eq!(system.run("cat & args a && cat &").0, "<a>\n");
    assert_eq!(system.input, "typed");
}

#[test]
fn the_last_of_a_job_says_how_it_has_ended_whoever_ends_last() {
    let mut system = Simulated::new();
    let mut shell = Shell::default();
    interactive(&mut system, "sleep 1 | status 4 &", &mut shell);
    assert!(shell.jobs.reap(&mut system).is_empty());
    interactive(&mut system, "kill %1", &mut shell);
    let done = shell.jobs.reap(&mut system);
    assert_eq!((done.len(), done[0].status), (1, Some(4)));
}
