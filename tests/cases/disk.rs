//! Devices, by their registers.

use mos_tests::case::{Case, Disk, Expect, Typed, run};

pub const CASES: &[Case] = &[
    Case {
        name: "what_is_written_to_a_disk_is_there_again",
        programs: &[run("idetest").device()],
        disks: &[Disk::Zeros(8192), Disk::Zeros(8192)],
        expect: &[Expect::Lines(&["TEST IDE read/write test passed!"])],
        ..Case::DEFAULT
    },
    Case {
        name: "where_no_disk_is_a_program_is_told",
        programs: &[run("idetest").device()],
        expect: &[Expect::InOrder(&[
            "^idetest: a disk is missing, or failed$",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "the_console_has_registers_too",
        programs: &[run("devtst").device()],
        typed: &[Typed {
            after: "devtst begin\n",
            bytes: b"fourteen bytes\r",
        }],
        expect: &[Expect::Lines(&[
            "devtst begin",
            "fourteen bytes",
            "syscall_read_dev is good",
            "end of devtst",
            "dev address is ok",
        ])],
        ..Case::DEFAULT
    },
    Case {
        name: "without_the_right_there_is_no_disk",
        programs: &[run("idetest")],
        disks: &[Disk::Zeros(8192), Disk::Zeros(8192)],
        expect: &[Expect::Lines(&["idetest: a disk is missing, or failed"])],
        ..Case::DEFAULT
    },
];
