//! What is written here is a disk to the file system, and what that writes is one to us.

use fsformat::{Image, Node, Writer, look};
use mos_fs::cache::Slot;
use mos_fs::layout::{BLOCK, SECTOR};
use mos_fs::node;
use mos_fs::{Disk, DiskError, Fs, Memory};

struct Bytes(Vec<u8>);

impl Bytes {
    fn at(&mut self, sector: u32, len: usize) -> Result<&mut [u8], DiskError> {
        let start = sector as usize * SECTOR;
        self.0.get_mut(start..start + len).ok_or(DiskError)
    }
}

impl Disk for Bytes {
    fn sectors(&self) -> u32 {
        (self.0.len() / SECTOR) as u32
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        buffer.copy_from_slice(self.at(sector, buffer.len())?);
        Ok(())
    }

    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError> {
        self.at(sector, bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        Ok(())
    }
}

type Room = Memory<Vec<Slot>, Vec<[u8; BLOCK]>, Vec<u32>, Vec<node::Node>>;

fn mounted(image: Image) -> Fs<Bytes, Room> {
    let room = Memory {
        slots: vec![Slot::EMPTY; 64],
        blocks: vec![[0; BLOCK]; 64],
        bits: vec![0; 32],
        nodes: vec![node::Node::FREE; 4],
    };
    Fs::mount(Bytes(image.0), room).unwrap()
}

/// Sizes on either side of what makes a difference.
const SIZES: [usize; 7] = [0, 1, BLOCK, 10 * BLOCK, 10 * BLOCK + 1, 50_000, 300_000];

fn contents(n: usize) -> Vec<u8> {
    (0..SIZES[n]).map(|at| (at * 31 + n) as u8).collect()
}

fn written() -> Writer {
    let mut writer = Writer::new(1024);
    writer.folder("/a").unwrap();
    writer.folder("/a/b").unwrap();
    for n in 0..SIZES.len() {
        writer.file(&format!("/a/b/{n}"), &contents(n)).unwrap();
    }
    for n in 0..40 {
        writer.file(&format!("/a/f{n}"), &[n; 9]).unwrap();
    }
    for n in 0..20 {
        writer.remove(&format!("/a/f{n}")).unwrap();
    }
    writer
}

#[test]
fn the_file_system_reads_what_is_written_here() {
    let mut fs = mounted(written().finish());
    let mut findings = Vec::new();
    fs.check(&mut |finding| findings.push(*finding)).unwrap();
    assert_eq!(findings, []);
    assert!(!fs.was_in_use());
    for n in 0..SIZES.len() {
        let file = fs.open(format!("/a/b/{n}").as_bytes()).unwrap();
        let mut bytes = vec![0; fs.stat_open(file).unwrap().size as usize];
        fs.read(file, 0, &mut bytes).unwrap();
        fs.close(file).unwrap();
        assert_eq!(bytes, contents(n));
    }
    assert!(mounted(written().cut()).was_in_use());
}

#[test]
fn what_the_file_system_has_changed_is_seen_here() {
    let mut fs = mounted(written().finish());
    let file = fs.create(b"/a/new").unwrap();
    fs.write(file, 5000, b"end").unwrap();
    fs.close(file).unwrap();
    fs.remove(b"/a/b/6").unwrap();
    fs.unmount().unwrap();
    let seen = look(&Image(std::mem::take(&mut fs.disk().0)));
    assert_eq!((seen.state, seen.wrong.len()), ("closed", 0));
    let mut new = vec![0; 5000];
    new.extend(b"end");
    assert_eq!(seen.nodes["/a/new"], Node::File(new));
    assert_eq!(seen.nodes["/a/b/5"], Node::File(contents(5)));
    assert_eq!(seen.nodes["/a/b"], Node::Folder);
    assert!(!seen.nodes.contains_key("/a/b/6"));
}

#[test]
fn what_is_wrong_is_told() {
    let mut writer = written();
    let one = writer.file("/one", &[1; 5000]).unwrap();
    let two = writer.file("/two", &[2; 5000]).unwrap();
    let mut image = writer.cut();
    let block = image.number(one, 1);
    image.set_number(two, 1, block);
    image.set_number(one, 0, 5000);
    image.set_free(1023, false);
    let free = image.number(two, 0);
    image.set_free(free, true);
    let seen = look(&image);
    let wrong = [
        ("blocks in use that are free", 1),
        ("blocks of two files", 1),
        ("blocks taken that nobody has", 3),
        ("numbers that are no file's block", 1),
    ];
    assert_eq!((seen.state, seen.wrong), ("in use", wrong.into()));
    let mut fs = mounted(image);
    let mut findings = 0;
    fs.check(&mut |_| findings += 1).unwrap();
    assert!(findings > 3);
}

#[test]
fn a_folder_in_itself_has_an_end_and_a_disk_of_rubbish_too() {
    let mut writer = Writer::new(64);
    let inner = writer.folder("/a").unwrap();
    writer.file("/b", b"").unwrap();
    let mut image = writer.finish();
    let root = image.number(fsformat::image::Entry::ROOT, 0);
    image.set_number(inner, 0, root);
    image.set_size(inner, BLOCK as u32);
    assert!(look(&image).wrong.contains_key("folders without an end"));
    let mut rubbish = Image((0..64 * BLOCK).map(|at| (at * 7 / 3) as u8).collect());
    assert_eq!(look(&rubbish).state, "another magic number");
    rubbish.set_word(4096, fsformat::image::MAGIC);
    look(&rubbish);
    look(&Image(vec![0; 100]));
}

/// A folder's block whose entries are all called alike, and have this `number` as each of their blocks.
fn alike(is_folder: bool, blocks: u32, number: impl Fn(&Image) -> u32) -> Image {
    let mut writer = Writer::new(1024);
    let entries: Vec<_> = (0..16)
        .map(|n| writer.folder(&format!("/{n}")).unwrap())
        .collect();
    let mut image = writer.finish();
    let number = number(&image);
    for entry in entries {
        image.set_entry(entry, "a", is_folder);
        image.set_size(entry, blocks * BLOCK as u32);
        (0..blocks.min(10)).for_each(|index| image.set_number(entry, index, number));
        if blocks > 10 {
            image.set_indirect(entry, number);
        }
    }
    image
}

#[test]
fn a_disk_that_seems_to_hold_more_than_there_is_in_the_world_is_soon_looked_at() {
    let root = |image: &Image| image.number(fsformat::image::Entry::ROOT, 0);
    // By names alone there are but 33, and 16 ways on from each.
    let seen = look(&alike(true, 1, root));
    assert!(seen.wrong.contains_key("folders without an end"));
    // As many names as there are, each 4 MiB.
    let mut image = alike(false, fsformat::image::MOST, root);
    image.set_size(fsformat::image::Entry::ROOT, 10 * BLOCK as u32);
    let block = root(&image);
    (0..10).for_each(|index| image.set_number(fsformat::image::Entry::ROOT, index, block));
    let seen = look(&image);
    assert!(seen.wrong.contains_key("more than there is on a disk"));
}
