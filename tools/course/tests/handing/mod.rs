//! What archives say of themselves.

use mos_course::archive::{Manifest, entry};
use mos_run::lab::Lab;

/// What an archive of these files of `lab` says, whose student has seen a full score.
pub fn manifest(lab: u8, files: &[(&str, Vec<u8>)]) -> Manifest {
    Manifest {
        lab: Lab::Number(lab),
        id: "20373000".to_owned(),
        commit: String::new(),
        given: String::new(),
        score: 100,
        of: 100,
        cpus: None,
        tool: String::new(),
        forced: Vec::new(),
        files: files
            .iter()
            .map(|(name, bytes)| entry(name, bytes))
            .collect(),
    }
}
