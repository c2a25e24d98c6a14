//! Matrix multiplication by a grid of environments, after C. A. R. Hoare, "Communicating Sequential Processes", 1978.
//!
//! Each place of the right matrix is an environment that knows nothing but its number and its neighbours. The rows of the
//! left one stream in from the west, one number for each row of the grid, and go on to the east, where they are dropped;
//! zeros come from the north, and what leaves in the south are the rows of the product. Nobody knows the whole, and nobody
//! is told when to do what: a message waits until its receiver wants it.

use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{EnvId, Error, Fork, env, fork};

use super::until_only;

/// Rows and columns.
pub const SIZE: usize = 3;
/// A matrix of numbers that wrap around.
pub type Matrix = [[u32; SIZE]; SIZE];

/// Rows and columns of the grid: the matrix, and one more on each side.
const GRID: usize = SIZE + 2;
const LAST: usize = GRID - 1;

/// The environments around one.
struct Neighbours {
    west: EnvId,
    north: EnvId,
    east: EnvId,
    south: EnvId,
}

/// The product of `left` and `right`. All environments have ended when it is there.
pub fn multiply(left: &Matrix, right: &Matrix) -> Result<Matrix, Error> {
    let (root, before) = (env::id(), env::all().count());
    let mut grid = [[EnvId::SELF; GRID]; GRID];
    for (row, column) in places() {
        match fork()? {
            Fork::Parent(child) => grid[row][column] = child,
            Fork::Child => {
                live(root, (row, column), left, right)?;
                env::exit()
            }
        }
    }
    // South of the south is who wants to know.
    let at = |row: usize, column: usize| grid.get(row).map_or(root, |row| row[column]);
    for (row, column) in places() {
        let west = at(row, column.saturating_sub(1));
        let east = at(row, (column + 1).min(LAST));
        let around = [
            west,
            at(row.saturating_sub(1), column),
            east,
            at(row + 1, column),
        ];
        send(at(row, column), around.map(|id| id.0))?;
    }
    let mut product = [[0; SIZE]; SIZE];
    for row in &mut product {
        for (number, column) in row.iter_mut().zip(1..) {
            *number = receive(at(LAST, column))?[0];
        }
    }
    until_only(before);
    Ok(product)
}

/// The places of the grid, but for its corners.
fn places() -> impl Iterator<Item = (usize, usize)> {
    let is_edge = |n: usize| n == 0 || n == LAST;
    let all = (0..GRID * GRID).map(|n| (n / GRID, n % GRID));
    all.filter(move |&(row, column)| !is_edge(row) || !is_edge(column))
}

/// What the environment at a place does, for every row of `left`.
fn live(root: EnvId, place: (usize, usize), left: &Matrix, right: &Matrix) -> Result<(), Error> {
    let [west, north, east, south] = receive(root)?.map(EnvId);
    let around = Neighbours {
        west,
        north,
        east,
        south,
    };
    for numbers in left {
        match place {
            (0, _) => send(around.south, [0; 4])?,
            (LAST, _) => send(around.south, receive(around.north)?)?,
            (row, 0) => send(around.east, [numbers[row - 1], 0, 0, 0])?,
            (_, LAST) => drop(receive(around.west)?),
            (row, column) => pass(&around, right[row - 1][column - 1])?,
        }
    }
    Ok(())
}

/// One number goes east, and its product with ours is added to what goes south.
fn pass(around: &Neighbours, ours: u32) -> Result<(), Error> {
    let [number, ..] = receive(around.west)?;
    send(around.east, [number, 0, 0, 0])?;
    let [sum, ..] = receive(around.north)?;
    let sum = sum.wrapping_add(ours.wrapping_mul(number));
    send(around.south, [sum, 0, 0, 0])
}

fn send(to: EnvId, words: [u32; 4]) -> Result<(), Error> {
    msg::send(to, &Parcel::words(words), Timeout::NEVER)
}

fn receive(from: EnvId) -> Result<[u32; 4], Error> {
    msg::receive(Sender::Only(from), Room::NONE, Timeout::NEVER).map(|message| message.words)
}
