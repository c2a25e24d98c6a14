//! The file server, as its clients see it, and what is on its disk afterwards.

use mos_run::machine::Machine;
use mos_tests::case::{Case, Disk, Expect, run, run_c};

const FILES: Disk = Disk::Files(&[
    ("/motd", b"This is /motd\n"),
    ("/dir/notes", b"notes"),
    ("/full", &[7; 50_000]),
    ("/gone", b"here"),
]);

/// What is on a disk that fails where `/bad` is.
const BAD_AND_GOOD: &[(&str, &[u8])] = &[("/bad", &[0xbd; 3 * 4096]), GOOD];
const GOOD: (&str, &[u8]) = ("/good", &[7; 50_000]);

/// What `cfiles` makes of `/dir/notes`.
const NOTES: [u8; 2 * 4096 + 3] = {
    let mut bytes = [0; 2 * 4096 + 3];
    let (mut at, notes) = (0, b"Notes");
    while at < notes.len() {
        bytes[at] = notes[at];
        at += 1;
    }
    bytes[2 * 4096 + 1] = b'?';
    bytes[2 * 4096 + 2] = b'!';
    bytes
};

pub const CASES: &[Case] = &[
    Case {
        name: "programs_of_the_course_have_their_files",
        programs: &[run_c("cfiles"), run("fs").device()],
        disks: &[FILES],
        expect: &[
            Expect::InOrder(&[
                "^FS is running$",
                "^superblock is good$",
                "^read_bitmap is good$",
                "^cfiles: .* ok, 0 failed$",
            ]),
            Expect::OnDisk(&[
                ("/motd", Some(b"This is /motd\n")),
                ("/dir/notes", Some(&NOTES)),
                ("/new", Some(b"foo\n")),
                ("/full", Some(b"")),
                ("/gone", None),
            ]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "programs_have_files_by_the_names_that_they_know",
        programs: &[run("filecheck"), run("fs").device()],
        disks: &[FILES],
        limit: 6000,
        expect: &[
            Expect::InOrder(&["^filecheck: all is well$"]),
            Expect::OnDisk(&[
                ("/one", Some(b"2nd")),
                ("/places", Some(b"again\0\0\0\0\0\0\0!")),
                ("/shared", Some(b"from the child, and its parent")),
                ("/fill0", None),
                ("/a/39", Some(&[39])),
            ]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "several_work_at_once_and_at_the_edges",
        programs: &[run("filetests"), run("fs").device()],
        disks: &[FILES],
        limit: 6000,
        expect: &[
            Expect::InOrder(&["^filetests: 0 blocks missing$"]),
            Expect::Absent(&["panic|ended:"]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "several_fill_the_disk_and_clear_it_again",
        programs: &[run("fileroom"), run("fs").device()],
        disks: &[FILES],
        limit: 6000,
        expect: &[
            Expect::InOrder(&[
                "^fileroom: full, 0 blocks left$",
                "^fileroom: 0 blocks missing$",
            ]),
            Expect::Absent(&["panic|ended:"]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "clients_of_any_kind_cost_the_others_nothing",
        programs: &[run("fshostile"), run("fs").device()],
        disks: &[FILES],
        limit: 20_000,
        expect: &[
            Expect::InOrder(&["^fshostile: 4[0-9] kinds, 0 blocks missing$"]),
            Expect::Absent(&["panic|ended:"]),
            Expect::OnDisk(&[
                ("/motd", Some(b"This is /motd\n")),
                ("/kept", Some(b"this is kept")),
                ("/honest", None),
            ]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "a_disk_that_was_not_closed_is_mended_at_boot",
        programs: &[run("hello"), run("fs").device()],
        disks: &[Disk::Cut(&[("/motd", b"This is /motd\n")])],
        expect: &[
            Expect::InOrder(&[
                "^fs: the disk was not closed$",
                "^fs: blocks that no file has: 1; free$",
                "^read_bitmap is good$",
            ]),
            Expect::OnDisk(&[("/motd", Some(b"This is /motd\n"))]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "who_wants_what_cannot_be_read_is_told_so_and_others_have_their_files",
        programs: &[run("diskerrors"), run("fs").device()],
        disks: &[Disk::Unreadable(BAD_AND_GOOD)],
        machines: &[Machine::Malta],
        expect: &[
            Expect::InOrder(&[
                "^/bad: unspecified error$",
                "^/good: 50000 bytes$",
                "^/bad: unspecified error$",
                "^/none: file not found$",
                "^/new is on the disk$",
                "^/new: 5000 bytes$",
                "^/good: 50000 bytes$",
                "^diskerrors: the end$",
            ]),
            Expect::OnDisk(&[("/new", Some(&[1; 5000])), ("/good", Some(GOOD.1))]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "who_writes_what_cannot_be_written_is_told_so_until_it_is_given_up",
        programs: &[run("writeerrors"), run("fs").device()],
        disks: &[Disk::Unwritable(BAD_AND_GOOD)],
        machines: &[Machine::Malta],
        expect: &[
            Expect::InOrder(&[
                "^/bad: unspecified error$",
                "^/new: unspecified error$",
                "^sync: unspecified error$",
                "^/bad: 12288 bytes$",
                "^/new: 5000 bytes$",
                "^/good: 50000 bytes$",
                "^without /bad: done$",
                "^sync: done$",
            ]),
            Expect::Absent(&["panic|ended:"]),
            Expect::OnDisk(&[
                ("/bad", None),
                ("/new", Some(&[1; 5000])),
                ("/good", Some(GOOD.1)),
            ]),
        ],
        ..Case::DEFAULT
    },
    Case {
        name: "where_no_file_system_is_the_server_says_so",
        programs: &[run("hello"), run("fs").device()],
        disks: &[Disk::Zeros(8192)],
        expect: &[Expect::Present(&["^fs: no file system$"])],
        ..Case::DEFAULT
    },
];
