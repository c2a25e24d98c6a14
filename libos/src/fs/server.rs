//! Requests to the file server.

use mos_abi::files::{PATH_MAX, SERVER_SLOT, op};
use mos_abi::layout::UTEMP;
use mos_abi::{EnvId, Error as Code, PteFlags};

use crate::io::Error;
use crate::msg::{self, Message, Parcel, Room, Sender, Timeout};
use crate::window::PRIVATE;
use crate::{Window, copy, env, family};

/// Where the paths of a request are.
const PAGE: Window = Window::at(UTEMP);

/// Who serves files.
fn server() -> EnvId {
    env::slot(SERVER_SLOT).id()
}

/// Asks for something by words alone.
///
/// # Errors
/// What the server says; `BadEnv`: there is none.
pub(crate) fn ask(words: [u32; 4]) -> Result<[u32; 4], Error> {
    let answer = msg::call(server(), words).map_err(Code::from)?;
    result(&answer)
}

/// The same with a path.
///
/// # Errors
/// As for [`ask`].
pub(crate) fn ask_path(words: [u32; 4], path: &str) -> Result<[u32; 4], Error> {
    put_path(0, path)?;
    result(&exchange(words, true, Room::NONE)?)
}

/// The same with two paths.
///
/// # Errors
/// As for [`ask`].
pub(crate) fn ask_paths(words: [u32; 4], path: &str, other: &str) -> Result<[u32; 4], Error> {
    put_path(0, path)?;
    put_path(op::SECOND, other)?;
    result(&exchange(words, true, Room::NONE)?)
}

/// Asks for pages by a path, if there is one; tells how many have come.
///
/// # Errors
/// As for [`ask`].
pub(crate) fn ask_pages(
    words: [u32; 4],
    path: Option<&str>,
    to: Window,
    count: u32,
) -> Result<([u32; 4], u32), Error> {
    if let Some(path) = path {
        put_path(0, path)?;
    }
    let answer = exchange(words, path.is_some(), Room::at(to, count))?;
    Ok((result(&answer)?, answer.pages))
}

fn exchange(words: [u32; 4], has_page: bool, room: Room) -> Result<Message, Error> {
    let parcel = Parcel::words(words);
    let parcel = if has_page {
        parcel.with_pages(PAGE, 1, PteFlags::V)
    } else {
        parcel
    };
    let server = server();
    let receive = (Sender::Only(server), room, Timeout::NEVER);
    let answer = msg::exchange((server, &parcel, Timeout::NEVER), receive);
    Ok(answer.map_err(Code::from)?)
}

fn result(answer: &Message) -> Result<[u32; 4], Error> {
    let [first, ..] = answer.words;
    Code::check(first.cast_signed())?;
    Ok(answer.words)
}

/// Puts a path into the page of requests.
fn put_path(at: usize, path: &str) -> Result<(), Error> {
    let zero = [0];
    // Those who share their memory would share the page.
    if path.len() >= PATH_MAX || family::shares() {
        return Err(Code::BadPath.into());
    }
    if PAGE.flags().is_none() {
        PAGE.alloc(PRIVATE)?;
    }
    let to = PAGE.address() + at as u32;
    // SAFETY: the page is there, and has room; there is no Rust object.
    unsafe {
        copy::store(to, path.as_bytes());
        copy::store(to + path.len() as u32, &zero);
    }
    Ok(())
}
