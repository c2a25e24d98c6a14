/*
 * The file server as programs of the course call it: a request is a word and a page, sent with ipc_can_send; the answer is
 * received with ipc_recv.
 */
#ifndef FILES_H
#define FILES_H

#include "fork.h"
#include "mos.h"

enum {
	FSREQ_OPEN = 1, FSREQ_MAP, FSREQ_SET_SIZE, FSREQ_CLOSE, FSREQ_DIRTY, FSREQ_REMOVE, FSREQ_SYNC,
};

enum {
	O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x100, O_TRUNC = 0x200, O_EXCL = 0x400, O_MKDIR = 0x800,
};

enum { E_NO_DISK = 7, E_MAX_OPEN, E_BAD_PATH = 10, E_FILE_EXISTS, };

#define REQUEST (AREA + 0x100000)	/* our page for requests */
#define FDS (AREA + 0x200000)		/* pages of open files */
#define DATA (AREA + 0x400000)		/* pages of files */

#define request ((volatile u32 *)REQUEST)

/* What is at the start of the page of an open file. */
struct Filefd {
	u32 fd_dev_id, fd_offset, fd_omode, f_fileid;
	char f_name[128];
	u32 f_size, f_type, f_direct[10], f_indirect, f_dir;
};

#define filefd(va) ((volatile struct Filefd *)(va))

static inline u32 server(void) { return envs[1].env_id; }

/* Sends the page of requests, and returns the answer's word; its page goes to dstva. */
static int fsipc(u32 type, u32 dstva)
{
	int r;
	while ((r = call4(ipc_can_send, server(), type, REQUEST, RW)) == -E_IPC_NOT_RECV)
		yield();
	if (r < 0)
		return r;
	call1(ipc_recv, dstva);
	return envs[ENVX(call0(getenvid))].env_ipc_value;
}

static inline void files_begin(void) { call3(mem_alloc, 0, REQUEST, RW); }

static inline void set_path(const char *path)
{
	char *to = (char *)REQUEST;
	while ((*to++ = *path++))
		;
}

static inline int fs_open(const char *path, u32 omode, u32 fd)
{
	set_path(path);
	request[256] = omode;
	return fsipc(FSREQ_OPEN, fd);
}

/* A request of one word or two. */
static inline int fs_words(u32 type, u32 a, u32 b, u32 dstva)
{
	request[0] = a;
	request[1] = b;
	return fsipc(type, dstva);
}

static inline int fs_map(u32 id, u32 offset, u32 va) { return fs_words(FSREQ_MAP, id, offset, va); }
static inline int fs_set_size(u32 id, u32 size) { return fs_words(FSREQ_SET_SIZE, id, size, 0); }
static inline int fs_close(u32 id) { return fs_words(FSREQ_CLOSE, id, 0, 0); }
static inline int fs_dirty(u32 id, u32 offset) { return fs_words(FSREQ_DIRTY, id, offset, 0); }
static inline int fs_sync(void) { return fs_words(FSREQ_SYNC, 0, 0, 0); }

static inline int fs_remove(const char *path)
{
	set_path(path);
	return fsipc(FSREQ_REMOVE, 0);
}

static inline int is_text(u32 va, const char *text)
{
	const char *at = (const char *)va;
	while (*text)
		if (*at++ != *text++)
			return 0;
	return 1;
}

static inline u32 entry(u32 va) { return vpt[VPN(va)] & 0xfff; }

#endif
