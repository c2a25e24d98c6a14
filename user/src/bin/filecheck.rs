//! Everything that can be done with files by the names that Rust programs know.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use libos::fd;
use libos::fs::{self, File, OpenOptions};
use libos::io::{Error, Read, Seek, SeekFrom, Write};
use libos::process::{self, ExitCode};
use libos::{env, println};

/// Bytes that can be told from others.
fn pattern(len: usize, seed: usize) -> Vec<u8> {
    (0..len).map(|at| (at / 7 + seed * 31) as u8).collect()
}

fn names(path: &str) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = if entry.metadata().is_dir() { "/" } else { "" };
        names.push(entry.file_name().to_string() + kind);
    }
    names.sort_unstable();
    Ok(names)
}

fn whole_files() -> Result<(), Error> {
    assert_eq!(fs::read_to_string("/motd")?, "This is /motd\n");
    fs::write("/one", b"first")?;
    fs::write("/one", b"2nd")?;
    assert_eq!(fs::read("/one")?, b"2nd");
    let large = pattern(300_001, 1);
    fs::write("/large", &large)?;
    assert_eq!(fs::metadata("/large")?.len(), 300_001);
    assert!(fs::read("/large")? == large);
    assert!(fs::read("/none").is_err());
    println!("whole files: ok");
    Ok(())
}

fn places() -> Result<(), Error> {
    let mut options = OpenOptions::new();
    let mut file = options
        .read(true)
        .write(true)
        .create_new(true)
        .open("places")?;
    assert!(options.open("/places").is_err());
    // Behind the end: what is between is zeros.
    file.seek(SeekFrom::Start(10_000))?;
    file.write_all(b"here")?;
    assert_eq!(file.metadata()?.len(), 10_004);
    file.seek(SeekFrom::Start(4_090))?;
    let mut bytes = [1; 5_000];
    file.read_exact(&mut bytes).expect("there are so many");
    assert_eq!(bytes, [0; 5_000]);
    file.seek(SeekFrom::End(-4))?;
    let mut end = [0; 8];
    assert_eq!(file.read(&mut end)?, 4);
    assert_eq!(&end[..4], b"here");
    assert_eq!(file.read(&mut end)?, 0);
    // Two look at the same file, however it changes.
    let mut other = File::open("/places")?;
    file.set_len(3)?;
    assert_eq!(other.metadata()?.len(), 3);
    file.seek(SeekFrom::Start(0))?;
    file.write_all(b"new contents")?;
    let mut bytes = [0; 32];
    assert_eq!(other.read(&mut bytes)?, 12);
    assert_eq!(&bytes[..12], b"new contents");
    file.set_len(0)?;
    file.write_all(b"!")?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(b"again")?;
    other.seek(SeekFrom::Start(0))?;
    assert_eq!(other.read(&mut bytes)?, 13);
    assert_eq!(&bytes[..13], b"again\0\0\0\0\0\0\0!");
    assert!(other.write(b"no").is_err());
    println!("places: ok");
    Ok(())
}

/// Bytes of any number are copied from anywhere to anywhere, and none beside.
fn copies() -> Result<(), Error> {
    let whole = pattern(1_000, 2);
    fs::write("/copies", &whole)?;
    let mut file = File::open("/copies")?;
    for from in 0..8 {
        for to in 0..4 {
            for len in (0..=64)
                .step_by(7)
                .chain(64..68)
                .chain((124..=516).step_by(32))
            {
                let mut bytes = [0xee; 540];
                let (start, end) = (16 + to, 16 + to + len);
                file.seek(SeekFrom::Start(from as u64))?;
                file.read_exact(&mut bytes[start..end])
                    .expect("there are so many");
                assert_eq!(bytes[start..end], whole[from..from + len]);
                let mut beside = bytes[..start].iter().chain(&bytes[end..]);
                assert!(beside.all(|&byte| byte == 0xee), "{from} {to} {len}");
            }
        }
    }
    drop(file);
    fs::remove_file("/copies")?;
    println!("copies: ok");
    Ok(())
}

fn ends() -> Result<(), Error> {
    let mut append = OpenOptions::new();
    append.append(true).create(true);
    let (mut one, mut other) = (append.open("/log")?, append.open("/log")?);
    for n in 0..500_u32 {
        let file = if n % 2 == 0 { &mut one } else { &mut other };
        file.write_all(&[b'0' + (n % 10) as u8; 11])?;
    }
    drop((one, other));
    let log = fs::read("/log")?;
    assert_eq!(log.len(), 5_500);
    assert!(
        (0..)
            .zip(log.chunks(11))
            .all(|(n, line)| line == [b'0' + (n % 10) as u8; 11])
    );
    println!("ends: ok");
    Ok(())
}

fn directories() -> Result<(), Error> {
    fs::create_dir_all("/a/b/c")?;
    env::set_current_dir("/a/b");
    fs::write("c/../file", b"x")?;
    assert_eq!(names(".")?, ["c/", "file"]);
    fs::rename("file", "/a/moved")?;
    assert_eq!(fs::read("../moved")?, b"x");
    assert!(fs::remove_dir("/a").is_err());
    assert!(fs::remove_file("c").is_err());
    assert!(fs::remove_dir("../moved").is_err());
    assert!(fs::create_dir("c").is_err());
    assert!(fs::rename("c", "c/d").is_err());
    fs::remove_dir("c")?;
    env::set_current_dir("/");
    fs::remove_dir("a/b")?;
    fs::remove_file("/a/moved")?;
    assert_eq!(names("/a")?, Vec::<String>::new());
    for n in 0..40_u8 {
        fs::write(&["/a/", &n.to_string()].concat(), &[n])?;
    }
    assert_eq!(names("/a")?.len(), 40);
    println!("directories: ok");
    Ok(())
}

/// What one writes the other reads, and both are at the same place.
fn families() -> Result<(), Error> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .open("/shared")?;
    let mut child = match process::fork()? {
        process::Forked::Child => {
            file.write_all(b"from the child")?;
            process::exit(0);
        }
        process::Forked::Parent(child) => child,
    };
    assert!(child.wait().success());
    file.write_all(b", and its parent")?;
    assert_eq!(fs::read("/shared")?, b"from the child, and its parent");
    println!("families: ok");
    Ok(())
}

fn room() -> Result<(), Error> {
    let (_, before) = fs::space()?;
    let large = vec![9; 1 << 20];
    let mut kept = 0;
    let full = loop {
        let name = ["/fill", &kept.to_string()].concat();
        if let Err(error) = fs::write(&name, &large) {
            break error;
        }
        kept += 1;
    };
    assert_eq!(full.to_string(), "no disk space");
    assert!(fs::space()?.1 < 3, "{:?}", fs::space()?);
    for n in 0..=kept {
        fs::remove_file(&["/fill", &n.to_string()].concat())?;
    }
    let (_, after) = fs::space()?;
    assert_eq!(before, after);
    println!("room: ok");
    Ok(())
}

fn main() -> Result<ExitCode, Error> {
    // Descriptors that were not closed would show.
    whole_files()?;
    let open = fd::Fd::free()?;
    places()?;
    copies()?;
    ends()?;
    directories()?;
    families()?;
    room()?;
    assert_eq!(fd::Fd::free()?, open);
    println!("filecheck: all is well");
    Ok(ExitCode::SUCCESS)
}
