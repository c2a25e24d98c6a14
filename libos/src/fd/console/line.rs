//! Lines as they are typed: shown, and corrected before they are read.

/// Takes the last character back; two keys do.
const BACKSPACE: u8 = 0x08;
const DELETE: u8 = 0x7f;
/// Ends the line without a newline: Ctrl-D. An empty one is the end of all input.
const END: u8 = 0x04;
/// Takes the whole line back: Ctrl-U.
const KILL: u8 = 0x15;
/// Takes the last word back: Ctrl-W.
const WORD: u8 = 0x17;

/// What takes a character back on the screen.
const ERASE: &[u8] = b"\x08 \x08";

/// Reads a line into `room` by `key`, and shows it by `show`. What has no room in it is not taken, but for its end.
pub fn edit(room: &mut [u8], mut key: impl FnMut() -> u8, mut show: impl FnMut(&[u8])) -> &[u8] {
    // exercise 6.9 begin
    let mut len = 0;
    loop {
        match key() {
            b'\r' | b'\n' => {
                show(b"\n");
                // There is always room for this one.
                room[len] = b'\n';
                return &room[..=len];
            }
            END => return &room[..len],
            BACKSPACE | DELETE => len = erase(&room[..len], &mut show),
            KILL => {
                while len > 0 {
                    len = erase(&room[..len], &mut show);
                }
            }
            WORD => {
                while room[..len].ends_with(b" ") {
                    len = erase(&room[..len], &mut show);
                }
                while !matches!(room[..len].last(), None | Some(b' ')) {
                    len = erase(&room[..len], &mut show);
                }
            }
            byte if (byte >= b' ' || byte == b'\t') && len + 1 < room.len() => {
                room[len] = byte;
                len += 1;
                show(&[byte]);
            }
            _ => {}
        }
    }
    // exercise 6.9 end
}

/// Takes the last character of `line` back, and returns how long that is then.
fn erase(line: &[u8], show: &mut impl FnMut(&[u8])) -> usize {
    // exercise 6.9 begin
    // In UTF-8 a character is a byte that continues none, and those that do.
    let start = line.iter().rposition(|byte| byte & 0xc0 != 0x80);
    if !line.is_empty() {
        show(ERASE);
    }
    start.unwrap_or(0)
    // exercise 6.9 end
}
