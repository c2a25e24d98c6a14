//! What a program sees of a physical frame at UPAGES.

/// One physical frame: entry `ppn` of the array at [`crate::layout::UPAGES`]. 12 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Page {
    /// Kernel links in the course's C kernels; always 0 here.
    pub pp_link: [u32; 2],
    /// How many mappings and tables name this frame; 0 when it is free.
    pub pp_ref: u16,
    /// Padding.
    pub pp_pad: u16,
}

impl Page {
    /// A free frame.
    pub const FREE: Self = Self {
        pp_link: [0; 2],
        pp_ref: 0,
        pp_pad: 0,
    };
}

const _: () = assert!(size_of::<Page>() == 12);
