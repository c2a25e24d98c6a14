//! The words of the structures that programs see, spelled out once more than in `mos-abi`: if the two
//! disagree, so would a C program and the kernel.

use mos_abi::{Env, Page};

const ENV_WORDS: usize = 58;
const PAGE_WORDS: usize = 3;

/// Word `index` of the array at UENVS.
pub fn word_of_envs(envs: &[Env], index: usize) -> u32 {
    let env = &envs[index / ENV_WORDS];
    let tail = [
        env.env_link[0],
        env.env_link[1],
        env.env_id,
        env.env_parent_id,
        env.env_status,
        env.env_pgdir,
        env.env_cr3,
        env.env_sched_link[0],
        env.env_sched_link[1],
        env.env_pri,
        env.env_ipc_value,
        env.env_ipc_from,
        env.env_ipc_recving,
        env.env_ipc_dstva,
        env.env_ipc_perm,
        env.env_pgfault_handler,
        env.env_xstacktop,
        env.env_runs,
        env.env_nop,
    ];
    let registers = env.env_tf.to_words();
    let mut words = registers.iter().chain(&tail);
    *words.nth(index % ENV_WORDS).expect("58 words")
}

/// Word `index` of the array at UPAGES; 0 behind its end.
pub fn word_of_pages(pages: &[Page], index: usize) -> u32 {
    let Some(page) = pages.get(index / PAGE_WORDS) else {
        return 0;
    };
    match index % PAGE_WORDS {
        2 => u32::from(page.pp_ref) | u32::from(page.pp_pad) << 16,
        link => page.pp_link[link],
    }
}
