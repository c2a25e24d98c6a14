use super::*;

fn manifest() -> Manifest {
    Manifest {
        lab: Lab::Number(4),
        id: "20373000".to_owned(),
        commit: "0123".to_owned(),
        given: "4567".to_owned(),
        score: 85,
        of: 100,
        cpus: None,
        tool: "0.1.0".to_owned(),
        forced: Vec::new(),
        files: [entry("a/b.rs", b"fn")].into(),
    }
}

/// An archive with the manifest and one more entry.
fn with(name: &str, kind: EntryType, bytes: &[u8]) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    let json = serde_json::to_vec(&manifest()).unwrap();
    for (name, kind, bytes) in [
        (MANIFEST, EntryType::Regular, &json[..]),
        (name, kind, bytes),
    ] {
        let mut header = Header::new_gnu();
        // Past the library's own care for names.
        let place = &mut header.as_gnu_mut().unwrap().name;
        place[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_entry_type(kind);
        header.set_cksum();
        tar.append(&header, bytes).unwrap();
    }
    compress_to_vec(
        tar.into_inner().unwrap().as_slice(),
        CompressionLevel::Fastest,
    )
}

fn refused(packed: &[u8]) -> String {
    format!("{:#}", unpack(packed).unwrap_err())
}

#[test]
fn an_archive_reads_back_as_it_was_packed() {
    let packed = pack(&manifest(), &[("a/b.rs", b"fn".to_vec())]).unwrap();
    let contents = unpack(&packed).unwrap();
    assert_eq!(contents.manifest, manifest());
    assert_eq!(
        contents.files,
        [("a/b.rs".to_owned(), b"fn".to_vec())].into()
    );
    assert_eq!(
        packed,
        pack(&manifest(), &[("a/b.rs", b"fn".to_vec())]).unwrap()
    );
}

#[test]
fn names_that_lead_elsewhere_are_refused_by_name() {
    for name in [
        "../x",
        "a/../../x",
        "/etc/passwd",
        "./a",
        "a//b",
        "a/",
        "a/./b",
        "a b",
        "a\nb",
        "..",
    ] {
        let error = refused(&with(name, EntryType::Regular, b""));
        assert!(error.contains(&format!("{name:?}")), "{error}");
    }
}

#[test]
fn links_and_devices_are_refused_by_name() {
    for (kind, what) in [
        (EntryType::Symlink, "a link"),
        (EntryType::Link, "a link"),
        (EntryType::Char, "a device"),
        (EntryType::Block, "a device"),
        (EntryType::Fifo, "a device"),
        (EntryType::Continuous, "no plain file"),
    ] {
        assert_eq!(
            refused(&with("a/b.rs", kind, b"")),
            format!("a/b.rs: is {what}")
        );
    }
}

#[test]
fn bombs_are_refused() {
    let bomb = vec![0; UNPACKED_MAX as usize + 1];
    let packed = compress_to_vec(bomb.as_slice(), CompressionLevel::Fastest);
    assert!(packed.len() < PACKED_MAX / 4, "it is small");
    assert!(refused(&packed).contains("unpacks to more than"));
    let large = vec![b'x'; FILE_MAX as usize + 1];
    assert!(refused(&with("a.rs", EntryType::Regular, &large)).contains("a.rs: is larger"));
    assert!(refused(&vec![0; PACKED_MAX + 1]).contains("is larger than"));
    let twice = with(MANIFEST, EntryType::Regular, b"{}");
    assert!(refused(&twice).contains("is there twice"));
}

#[test]
fn rubbish_is_refused() {
    assert_eq!(refused(b"rubbish"), "not a zstd file");
    let empty = compress_to_vec(&[][..], CompressionLevel::Fastest);
    assert_eq!(refused(&empty), "there is no manifest.json");
    let packed = pack(&manifest(), &[("a", vec![1; 5000])]).unwrap();
    assert!(unpack(&packed[..packed.len() / 2]).is_err());
}
