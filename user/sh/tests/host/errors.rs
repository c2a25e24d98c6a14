//! When there is no room.

use crate::system::Simulated;

#[test]
fn whatever_is_missing_nothing_stays_open() {
    for most in 3..12 {
        for line in [
            "args a | cat | cat | cat",
            "cat < motd > new 2> other",
            "cat <<< a | cat > new",
            "(cat motd | cat) > new | cat",
            "cat motd | cat > new &",
            "true && cat motd | cat &",
        ] {
            let mut system = Simulated::new();
            system.most_open = most;
            // This looks at what is open, and whether anything is closed twice.
            let (printed, shell) = system.run(line);
            let is_told = printed.contains("too many files are open");
            assert!(is_told || shell.status == 0, "{most}: {line}: {printed}");
        }
    }
}

#[test]
fn a_program_that_does_not_start_is_told_of() {
    let mut system = Simulated::new();
    system.put("/bin/large", "\x7f");
    let (printed, shell) = system.run("large");
    assert_eq!(
        (printed.as_str(), shell.status),
        ("sh: large: no memory\n", 126)
    );
    system.files.remove("/bin/sh");
    let (printed, _) = system.run("/script");
    assert_eq!(printed, "sh: /script: it is no program\n");
}
