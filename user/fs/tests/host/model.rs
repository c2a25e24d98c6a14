//! The same in plain maps and vectors.

use crate::rig::OPEN;
use mos_fs::Error;
use std::collections::BTreeMap;
use std::rc::Rc;

/// All that is below a path, as anybody could see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    File(Vec<u8>),
    Directory(BTreeMap<Vec<u8>, Tree>),
}

#[derive(Clone, Debug)]
pub enum Node {
    File(Vec<u8>),
    Directory(BTreeMap<Vec<u8>, usize>),
}

/// A file system that nothing can happen to.
#[derive(Clone, Debug)]
pub struct Model {
    /// All that there ever was; the root is the first.
    pub nodes: Vec<Rc<Node>>,
}

/// Most bytes of a file.
pub const MOST: u32 = 4 << 20;

type Result<T> = std::result::Result<T, Error>;

impl Default for Model {
    fn default() -> Self {
        Self {
            nodes: vec![Rc::new(Node::Directory(BTreeMap::new()))],
        }
    }
}

fn names(path: &[u8]) -> Result<Vec<&[u8]>> {
    let names = path.split(|&byte| byte == b'/');
    let names: Vec<&[u8]> = names.filter(|name| !name.is_empty()).collect();
    if path.len() >= 1024 || path.contains(&0) || names.iter().any(|name| name.len() > 127) {
        return Err(Error::BadPath);
    }
    Ok(names)
}

impl Model {
    pub fn is_directory(&self, id: usize) -> bool {
        matches!(*self.nodes[id], Node::Directory(_))
    }

    pub fn entries(&self, id: usize) -> Result<&BTreeMap<Vec<u8>, usize>> {
        match &*self.nodes[id] {
            Node::Directory(entries) => Ok(entries),
            Node::File(_) => Err(Error::NotDirectory),
        }
    }

    fn entries_mut(&mut self, id: usize) -> &mut BTreeMap<Vec<u8>, usize> {
        match Rc::make_mut(&mut self.nodes[id]) {
            Node::Directory(entries) => entries,
            Node::File(_) => panic!("a file"),
        }
    }

    pub fn lookup(&self, path: &[u8]) -> Result<usize> {
        names(path)?.into_iter().try_fold(0, |at, name| {
            self.entries(at)?.get(name).copied().ok_or(Error::NotFound)
        })
    }

    fn parent<'p>(&self, path: &'p [u8], forbidden: Option<usize>) -> Result<(usize, &'p [u8])> {
        let names = names(path)?;
        let (last, way) = names.split_last().ok_or(Error::BadPath)?;
        let mut at = 0;
        for &name in way {
            at = *self.entries(at)?.get(name).ok_or(Error::NotFound)?;
            if Some(at) == forbidden {
                return Err(Error::Invalid);
            }
        }
        if matches!(*last, b"." | b"..") {
            return Err(Error::BadPath);
        }
        self.entries(at)?;
        Ok((at, last))
    }

    /// Adds `node`, if there may be one; `open` files are open.
    pub fn add(&mut self, path: &[u8], node: Node, open: usize) -> Result<usize> {
        if matches!(node, Node::File(_)) && open >= OPEN {
            return Err(Error::TooManyOpen);
        }
        let (dir, name) = self.parent(path, None)?;
        if self.entries(dir)?.contains_key(name) {
            return Err(Error::Exists);
        }
        let id = self.nodes.len();
        self.nodes.push(Rc::new(node));
        self.entries_mut(dir).insert(name.to_vec(), id);
        Ok(id)
    }

    fn must_be_empty(&self, id: usize) -> Result<()> {
        match &*self.nodes[id] {
            Node::Directory(entries) if !entries.is_empty() => Err(Error::NotEmpty),
            _ => Ok(()),
        }
    }

    pub fn remove(&mut self, path: &[u8]) -> Result<()> {
        let id = self.lookup(path)?;
        if id == 0 {
            return Err(Error::Invalid);
        }
        self.must_be_empty(id)?;
        let (dir, name) = self.parent(path, None)?;
        self.entries_mut(dir).remove(name);
        Ok(())
    }

    pub fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<()> {
        let id = self.lookup(from)?;
        if id == 0 {
            return Err(Error::Invalid);
        }
        let (old_dir, old_name) = self.parent(from, None)?;
        let (dir, name) = self.parent(to, self.is_directory(id).then_some(id))?;
        if let Some(&target) = self.entries(dir)?.get(name) {
            if target == id {
                return Ok(());
            }
            match (self.is_directory(id), self.is_directory(target)) {
                (false, true) => return Err(Error::IsDirectory),
                (true, false) => return Err(Error::NotDirectory),
                _ => self.must_be_empty(target)?,
            }
        }
        self.entries_mut(old_dir).remove(old_name);
        self.entries_mut(dir).insert(name.to_vec(), id);
        Ok(())
    }

    /// What is in a file.
    pub fn bytes(&self, id: usize) -> Result<&Vec<u8>> {
        match &*self.nodes[id] {
            Node::File(bytes) => Ok(bytes),
            Node::Directory(_) => Err(Error::IsDirectory),
        }
    }

    fn bytes_mut(&mut self, id: usize) -> Result<&mut Vec<u8>> {
        match Rc::make_mut(&mut self.nodes[id]) {
            Node::File(bytes) => Ok(bytes),
            Node::Directory(_) => Err(Error::IsDirectory),
        }
    }

    /// Whether so many bytes can be written there.
    pub fn can_write(&self, id: usize, offset: u32, len: usize) -> Result<()> {
        self.bytes(id)?;
        match offset.checked_add(len as u32) {
            Some(end) if end <= MOST => Ok(()),
            _ => Err(Error::TooBig),
        }
    }

    pub fn write(&mut self, id: usize, offset: u32, new: &[u8]) -> Result<()> {
        self.can_write(id, offset, new.len())?;
        if new.is_empty() {
            return Ok(());
        }
        let bytes = self.bytes_mut(id)?;
        let range = offset as usize..offset as usize + new.len();
        bytes.resize(bytes.len().max(range.end), 0);
        bytes[range].copy_from_slice(new);
        Ok(())
    }

    pub fn set_size(&mut self, id: usize, size: u32) -> Result<()> {
        self.bytes(id)?;
        if size > MOST {
            return Err(Error::TooBig);
        }
        self.bytes_mut(id)?.resize(size as usize, 0);
        Ok(())
    }

    /// All that is below a node.
    pub fn tree(&self, id: usize) -> Tree {
        match &*self.nodes[id] {
            Node::File(bytes) => Tree::File(bytes.clone()),
            Node::Directory(entries) => {
                let below = |(name, &id): (&Vec<u8>, &usize)| (name.clone(), self.tree(id));
                Tree::Directory(entries.iter().map(below).collect())
            }
        }
    }
}
